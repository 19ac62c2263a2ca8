"""Archives of corpora, fetched through pooch and verified by their published checksums."""

import os
import sys
from pathlib import Path

import pooch

from ganspeech.data.corpus import CorpusError
from ganspeech.data.download.published import Archive
from ganspeech.data.download.transfer import Resuming

DOWNLOADS = "downloads"
"""Folder, in the target folder, of archives and of what is unfinished."""


def fetch(archive: Archive, folder: Path, page: str) -> Path:
    """Path of a verified archive, downloaded to `folder`/downloads unless it is there.

    A file of its name that somebody put into `folder` itself is used if it is the published one.
    Raises CorpusError, in one line, if it is not, if the download fails (what came stays, and is
    gone on from), and if the checksum is not the published one (the file is removed then).
    """
    given = folder / archive.file
    if given.is_file():
        _checking(archive)
        algorithm, _, digest = archive.checksum.partition(":")
        if pooch.file_hash(str(given), alg=algorithm) == digest:
            return given
        raise CorpusError(
            f"{given} is not the published file, its {_algorithm(archive)} differs: delete it, or "
            f"get it again from {page}"
        )
    downloads = folder / DOWNLOADS
    downloads.mkdir(parents=True, exist_ok=True)
    part = part_of(archive, folder)
    if (downloads / archive.file).is_file():
        _checking(archive)
    pooch.get_logger().setLevel("WARNING")
    try:
        path = pooch.retrieve(
            archive.url,
            archive.checksum,
            fname=archive.file,
            path=downloads,
            downloader=Resuming(part, page),
        )
    except CorpusError:
        raise
    except ValueError:  # pooch's, of the checksum
        part.unlink(missing_ok=True)
        raise CorpusError(
            f"{archive.file}: its {_algorithm(archive)} is not the published one, so it was "
            f"removed: try again, or see {page}"
        ) from None
    except OSError as error:
        raise CorpusError(f"cannot write {downloads}: {error.strerror or error}") from None
    part.unlink(missing_ok=True)
    return Path(path)


def part_of(archive: Archive, folder: Path) -> Path:
    """File of what has come of an archive so far."""
    return folder / DOWNLOADS / f"{archive.file}.part"


def fetched(archive: Archive, folder: Path) -> int:
    """Bytes of an archive that lie in a folder already."""
    places = (folder / archive.file, folder / DOWNLOADS / archive.file, part_of(archive, folder))
    return max(place.stat().st_size if place.is_file() else 0 for place in places)


def drop(path: Path, folder: Path) -> None:
    """Deletes an archive that was downloaded; one that somebody put there stays."""
    if path.parent == folder / DOWNLOADS:
        os.remove(path)


def _algorithm(archive: Archive) -> str:
    return archive.checksum.partition(":")[0].upper()


def _checking(archive: Archive) -> None:
    print(f"{archive.file} is there: checking its {_algorithm(archive)}", file=sys.stderr)
