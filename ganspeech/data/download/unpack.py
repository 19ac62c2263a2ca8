"""Archives, unpacked into a folder that appears at the end; unsafe ones are refused by name."""

import os
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from tqdm import tqdm

from ganspeech.data.corpus import CorpusError
from ganspeech.data.download.published import Archive
from ganspeech.process.damage import reason_of
from ganspeech.process.messages import printable

SUFFIX = ".unpacking"
"""End of the name of the folder that is unpacked into."""


def unpack(archive: Archive, path: Path, folder: Path, work: Path) -> None:
    """Unpacks an archive so that its content appears as `folder`/`archive.holds`, or not at all.

    Other files beside that content, such as licenses, come to `folder` too; existing ones stay.
    `work` is a folder on the same file system for what is unfinished. A file that is no archive is
    copied. Raises CorpusError, in one line, for an archive with absolute paths, with .., links or
    devices, naming the member; for a damaged one; for one without `holds`; and when the disk is
    full.
    """
    partial = work / f"{archive.file}{SUFFIX}"
    shutil.rmtree(partial, ignore_errors=True)
    top = partial / archive.holds if archive.flat else partial
    try:
        top.mkdir(parents=True)
        _extract(path, top)
        if not (partial / archive.holds).exists():
            raise CorpusError(f"{path} does not hold {archive.holds}")
        _install(partial, folder, archive.holds)
    except CorpusError:
        raise
    except Exception as error:
        # Parsers of archives raise many types, among them OSErrors without a number.
        if not isinstance(error, OSError) or error.errno is None:
            raise CorpusError(f"{path} is damaged: {reason_of(error)}; delete it") from None
        raise CorpusError(
            f"cannot unpack {path} to {folder}: {error.strerror}; it stays, and the same command "
            "unpacks it again"
        ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _extract(path: Path, into: Path) -> None:
    name = path.name
    if name.endswith(".zip"):
        _extract_zip(path, into)
    elif ".tar" in name:
        _extract_tar(path, into)
    else:
        shutil.copyfile(path, into / name)


def _extract_tar(path: Path, into: Path) -> None:
    with (
        open(path, "rb") as raw,
        tqdm.wrapattr(
            raw,
            "read",
            path.stat().st_size,
            desc=f"unpacking {path.name}",
            unit="B",
            unit_scale=True,
            dynamic_ncols=True,
        ) as file,
        tarfile.open(fileobj=file, mode="r|*") as tar,
    ):
        for member in tar:
            _require_safe(path, member.name)
            if not (member.isfile() or member.isdir()):
                raise _unsafe(path, member.name, "a link" if member.linkname else "a device")
            # The filter drops owners and special permissions.
            tar.extract(member, into, filter="data")


def _extract_zip(path: Path, into: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        for member in members:
            _require_safe(path, member.filename)
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _unsafe(path, member.filename, "a link or a device")
        for member in tqdm(members, f"unpacking {path.name}", unit="file", dynamic_ncols=True):
            archive.extract(member, into)


def _require_safe(path: Path, name: str) -> None:
    """Raises CorpusError for the name of a member that could lie outside the folder."""
    if name.startswith("/") or "\\" in name or ":" in name.partition("/")[0]:
        raise _unsafe(path, name, "an absolute path")
    if ".." in PurePosixPath(name).parts:
        raise _unsafe(path, name, "a path out of the folder")


def _unsafe(path: Path, name: str, what: str) -> CorpusError:
    return CorpusError(f"{path} is not unpacked: {printable(name)!r} in it is {what}")


def _install(partial: Path, folder: Path, holds: str) -> None:
    """Moves what was unpacked to its folder, the content last and at once."""
    content = partial / holds
    for file in sorted(path for path in partial.rglob("*") if path.is_file()):
        if content == file or content in file.parents:
            continue
        target = folder / file.relative_to(partial)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, target)
    (folder / holds).parent.mkdir(parents=True, exist_ok=True)
    os.replace(content, folder / holds)
