"""Atomic writing of files, and checks in advance that targets are writable."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class UnwritableError(ValueError):
    """Unwritable target; the message names it and the reason."""


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, creating its folder.

    Raises OSError, naming `path`, on failure.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with naming_path(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_bytes(content)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def naming_path(path: Path) -> Iterator[None]:
    """Raises OSErrors anew, so that they name `path` and no temporary file."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def require_writable(target: Path, folder: Path) -> None:
    """Raises UnwritableError, naming the target, unless files can be created in a folder.

    The folder need not exist, and is not created.
    """
    try:
        there = next(path for path in (folder, *folder.parents) if path.exists())
        # Permissions alone are not reliable on all systems.
        tempfile.TemporaryFile(dir=there).close()
    except NotADirectoryError:
        raise UnwritableError(f"cannot write {target}: {there} is not a folder") from None
    except OSError as error:
        raise UnwritableError(f"cannot write {target}: {error.strerror}") from None
