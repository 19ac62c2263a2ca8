"""A public corpus in a folder: space, download, unpacking, and the commands that use it."""

import contextlib
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote

from ganspeech.data.corpus import CorpusError
from ganspeech.data.download.fetch import DOWNLOADS, drop, fetch, fetched
from ganspeech.data.download.published import Archive, PublishedCorpus
from ganspeech.data.download.transfer import gigabytes
from ganspeech.data.download.unpack import unpack
from ganspeech.process.locks import LockedError, locked
from ganspeech.process.writing import require_writable

LEFT_BY_POOCH = "tmp????????"
"""Temporary files of pooch, which a killed process leaves."""
TRAINING = "train"
"""Start of the names of parts that are meant to be trained on."""


def obtain(corpus: PublishedCorpus, parts: Sequence[str], folder: Path) -> list[str]:
    """Downloads and unpacks parts of a corpus unless they are there; returns commands that use it.

    What was downloaded is deleted once it is unpacked. Raises CorpusError, in one line, for too
    little space, failed downloads, wrong checksums and unsafe archives, and UnwritableError for a
    folder that cannot be written; the same call goes on from what is there.
    """
    wanted = [archive for part in parts for archive in corpus.parts[part].archives]
    missing = [archive for archive in wanted if not (folder / archive.holds).exists()]
    for archive in wanted:
        if archive not in missing:
            print(f"{folder / archive.holds} is there already", file=sys.stderr)
    if missing:
        require_writable(folder, folder)
        require_space(missing, folder)
        work = folder / DOWNLOADS
        work.mkdir(parents=True, exist_ok=True)
        with _alone(work):
            for stale in work.glob(LEFT_BY_POOCH):
                stale.unlink()
            for archive in missing:
                path = fetch(archive, folder, corpus.page)
                unpack(archive, path, folder, work)
                drop(path, folder)
        with contextlib.suppress(OSError):  # if there is anything else in it
            work.rmdir()
    return commands(corpus, parts, folder)


def require_space(archives: Sequence[Archive], folder: Path) -> None:
    """Raises CorpusError if the archives and their content do not fit on the disk."""
    needed = unpacked = 0
    for archive in archives:
        to_come = max(archive.size - fetched(archive, folder), 0)
        needed = max(needed, unpacked + to_come + archive.unpacked)
        unpacked += archive.unpacked
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    if needed > free:
        raise CorpusError(
            f"{folder}: {gigabytes(needed)} are needed, for archives and their content, and "
            f"{gigabytes(free)} are free: choose another folder, or fewer parts"
        )


def commands(corpus: PublishedCorpus, parts: Sequence[str], folder: Path) -> list[str]:
    """Commands that use the parts, the exact folders in them.

    Several training parts are read at once if nothing else lies beside them.
    """
    roots = {part: folder / corpus.parts[part].archives[0].holds for part in parts}
    training = [part for part in parts if part.startswith(TRAINING)]
    if corpus.shared and len(training) > 1 and _only_training(corpus, folder):
        roots = {part: root for part, root in roots.items() if part not in training}
        roots[training[0]] = folder / corpus.shared
    return [
        command.format(root=quote(str(root)), dir=quote(str(folder)))
        for part, root in roots.items()
        for command in corpus.parts[part].commands
    ]


def _only_training(corpus: PublishedCorpus, folder: Path) -> bool:
    return not any(
        (folder / archive.holds).exists()
        for name, part in corpus.parts.items()
        if not name.startswith(TRAINING)
        for archive in part.archives
    )


@contextlib.contextmanager
def _alone(work: Path) -> Iterator[None]:
    """Keeps a second process out of the folder, until this one ends."""
    lock_file = work / ".lock"
    try:
        with locked(lock_file, str(work.parent)):
            yield
            with contextlib.suppress(PermissionError):  # Windows keeps what is open
                lock_file.unlink(missing_ok=True)
    except LockedError as error:
        raise CorpusError(f"{error}, which downloads to it: wait for it") from None
