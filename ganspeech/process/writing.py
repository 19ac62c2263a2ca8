"""Atomic writing of files, full disks, and checks in advance that targets are writable."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganspeech.process.errors import UsageError

FULL = (errno.ENOSPC, errno.EDQUOT)
"""Errors of full disks, and of users who may not have more of them."""


class UnwritableError(ValueError):
    """Unwritable target; the message names it and the reason."""


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, creating its folder.

    Raises OSError, naming `path`, on failure.
    """
    partial = partial_of(path)
    with naming_path(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_bytes(content)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def partial_of(path: Path) -> Path:
    """Hidden file beside a file that this process writes, until it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}.partial")


@contextmanager
def naming_path(path: Path) -> Iterator[None]:
    """Names a file in OSErrors of its writing, and what is free where a disk is full."""
    try:
        yield
    except OSError as error:
        reason = error.strerror
        if error.errno in FULL:
            there = next(folder for folder in path.absolute().parents if folder.exists())
            reason = f"{reason}: {shutil.disk_usage(there).free / 1e6:.1f} MB are free"
        raise OSError(error.errno, reason, str(path)) from error


@contextmanager
def temporary_files() -> Iterator[None]:
    """Raises UnwritableError, naming their folder, where temporary files find no space.

    Their own errors name nothing.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        folder = tempfile.gettempdir()
        raise UnwritableError(
            f"cannot write temporary files to {folder}: {error.strerror}; set TMPDIR to a folder "
            "with free space"
        ) from error


def require_file(path: Path, overwrite: bool) -> None:
    """Sees that a file can be written, before its content is made.

    Raises UsageError for a folder or a device, ValueError for a file that exists and is not to be
    replaced, and UnwritableError where none can be created; each names the path.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file")
    if is_device(path):
        raise UsageError(f"{path} is a device or a pipe: name a file")
    if path.exists() and not overwrite:
        raise ValueError(f"{path} exists; --overwrite replaces it")
    require_writable(path, path.parent)


def is_device(path: Path) -> bool:
    """Whether a path is a pipe or the like, such as /dev/stdout, which nothing may replace."""
    return path.exists() and not path.is_file() and not path.is_dir()


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
