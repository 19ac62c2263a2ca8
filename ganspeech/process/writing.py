"""Files that are written whole or not at all, to targets seen to be writable beforehand."""

import os
import tempfile
from pathlib import Path


class UnwritableError(ValueError):
    """A target that cannot be written; the message names it and the reason."""


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file, and its folder, so that it is there whole or not at all.

    `OSError`, naming `path`, where that cannot be.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_bytes(content)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def require_writable(target: Path, folder: Path) -> None:
    """`UnwritableError`, naming the target, unless files can be made in a folder.

    The folder need not be there yet, and is not made.
    """
    try:
        there = next(path for path in (folder, *folder.parents) if path.exists())
        # On some systems permissions alone do not tell.
        tempfile.TemporaryFile(dir=there).close()
    except NotADirectoryError:
        raise UnwritableError(f"cannot write {target}: {there} is no folder") from None
    except OSError as error:
        raise UnwritableError(f"cannot write {target}: {error.strerror}") from None
