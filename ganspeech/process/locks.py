"""Locks between processes, which the system frees when their holder ends, however it ends."""

import contextlib
import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FAR = 2**30
"""Byte that Windows locks: beyond the holder's name, which others could not read otherwise."""


class LockedError(ValueError):
    """A lock that another process holds; the message names its machine and process."""


@contextlib.contextmanager
def locked(path: Path, what: str, *, waiting: str = "") -> Iterator[int]:
    """Holds the lock of a file, which is made, and yields its descriptor.

    A child process that inherits the descriptor holds the lock as well, so that it is free once all
    of them have ended. `what` names what is locked in the LockedError raised while another process
    holds it; with a line to print, `waiting`, this process waits for the other instead. Raises
    OSError if the file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            _lock(descriptor, wait=False)
        except OSError:
            if not waiting:
                raise LockedError(f"{what} is in use by {_holder(path)}") from None
            print(waiting, file=sys.stderr)
            _lock(descriptor, wait=True)
        me = json.dumps({"host": socket.gethostname(), "process": os.getpid()})
        os.truncate(path, 0)
        os.write(descriptor, me.encode())
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, wait: bool) -> None:
    if sys.platform == "win32":
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
                break
            except OSError:  # LK_LOCK gives up after ten seconds
                if not wait:
                    raise
        os.lseek(descriptor, 0, os.SEEK_SET)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def _holder(path: Path) -> str:
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        return f"process {found['process']} on {found['host']}"
    except (OSError, ValueError, LookupError, TypeError):
        return "another process"
