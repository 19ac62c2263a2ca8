"""Folders that are computed once and reused; they appear complete or not at all."""

import contextlib
import hashlib
import json
import os
import shutil
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ganspeech.data.corpus import CorpusError
from ganspeech.process.locks import locked
from ganspeech.process.writing import write_whole

ABANDONED_AFTER_SECONDS = 24 * 3600
UNFINISHED_KEPT_SECONDS = 30 * 24 * 3600
SIZES = "sizes.json"
"""File of a folder built in parts: the sizes of the others, and of itself the rows they hold."""


def cache_root(cache: str | Path | None = None) -> Path:
    """Cache folder: `cache`, else `$GANSPEECH_CACHE`, else `~/.cache/ganspeech`."""
    return Path(cache or os.environ.get("GANSPEECH_CACHE") or "~/.cache/ganspeech").expanduser()


def digest(value: Any) -> str:
    """Short hexadecimal digest of a value that JSON can write."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def build_once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Returns `folder`, built by `fill(partial)` and one rename unless it exists already.

    A killed run leaves only a partial folder under another name, which a later build deletes after
    a day. If two processes build at once, the first to finish wins, and both use its folder.
    Raises `CorpusError` when the cache cannot be written.
    """
    if folder.is_dir():
        return folder
    partial = folder.with_name(f"{folder.name}.partial-{uuid.uuid4().hex[:12]}")
    with _writing(folder):
        try:
            partial.mkdir(parents=True)
            _sweep(folder)
            fill(partial)
            _rename(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return folder


def build_in_parts(folder: Path, fill: Callable[[Path, int], Iterator[int]]) -> Path:
    """Returns `folder`, built part after part unless it exists already.

    `fill(partial, done)` appends to files, from where `done` rows were there, and yields their new
    number whenever all of them are on disk. A build that was killed or failed goes on from the last
    such number. Several processes of one machine do not build at once: the others wait. `SIZES` has
    the sizes of all files. Raises `CorpusError` when the cache cannot be written.
    """
    if folder.is_dir():
        return folder
    # Machines do not see each other's locks on every file system: each has a folder of its own.
    partial = folder.with_name(f"{folder.name}.unfinished-{socket.gethostname()}")
    lock_file = partial.with_name(f"{partial.name}.lock")
    with _writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        waiting = f"another process prepares {folder.name}: waiting for it"
        with locked(lock_file, str(folder), waiting=waiting):
            if not folder.is_dir():
                partial.mkdir(exist_ok=True)
                _sweep(folder)
                for done in fill(partial, _kept(partial)):
                    sizes = {path.name: path.stat().st_size for path in partial.iterdir()}
                    content = json.dumps({**sizes, SIZES: done}).encode()
                    write_whole(partial / SIZES, content)
                _rename(partial, folder)
            with contextlib.suppress(PermissionError):  # Windows keeps what is open
                lock_file.unlink(missing_ok=True)
    return folder


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CorpusError(
            f"cannot write the cache {folder.parent}: {error}; set GANSPEECH_CACHE to a folder "
            "with free space"
        ) from error


def _rename(partial: Path, folder: Path) -> None:
    try:
        partial.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(partial, ignore_errors=True)


def _kept(partial: Path) -> int:
    """Cuts the files of an unfinished build to its last part; returns its number of rows."""
    try:
        sizes = json.loads((partial / SIZES).read_text(encoding="utf-8"))
        done = int(sizes.pop(SIZES))
        if any((partial / name).stat().st_size < size for name, size in sizes.items()):
            raise ValueError("a file is too short")
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        sizes, done = {}, 0
    for path in partial.iterdir():
        if path.name in sizes:
            os.truncate(path, sizes[path.name])
        elif not done or path.name != SIZES:
            path.unlink()
    return done


def _sweep(folder: Path) -> None:
    for kind, seconds in (
        ("partial", ABANDONED_AFTER_SECONDS),
        ("unfinished", UNFINISHED_KEPT_SECONDS),
    ):
        for partial in folder.parent.glob(f"*.{kind}-*"):
            try:
                newest = max(path.stat().st_mtime for path in (partial, *partial.iterdir()))
            except OSError:
                continue  # its owner has just finished
            if time.time() - newest > seconds:
                shutil.rmtree(partial, ignore_errors=True)
