"""Locks between processes, which the system frees when their holder ends, however it ends."""

import contextlib
import errno
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FAR = 2**30
"""Byte that Windows locks: beyond the holder's name, which others could not read otherwise."""
_BEAT_SECONDS = 5.0
"""Time between two signs of life of a holder, for machines that do not see each other's locks."""


class LockedError(ValueError):
    """A lock that another process holds; the message names its machine and process."""


@contextlib.contextmanager
def locked(path: Path, what: str, *, waiting: str = "") -> Iterator[int]:
    """Holds the lock of a file, which is made, and yields its descriptor.

    A child process that inherits the descriptor holds the lock as well, so that it is free once all
    of them have ended. `what` names what is locked in the LockedError raised while another process
    holds it; with a line to print, `waiting`, this process waits for the other instead. Raises
    OSError if the file cannot be made.

    Some shared file systems have no locks, or locks of each machine alone. Hence a holder on
    another machine is watched for two signs of life before its lock is taken.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        while not _lock(descriptor, wait=False) or _lives_elsewhere(path):
            if not waiting:
                raise LockedError(f"{what} is in use by {_name(_holder(path))}")
            print(waiting, file=sys.stderr)
            _lock(descriptor, wait=True)
        _write(descriptor, _ourselves())
        ended = threading.Event()
        threading.Thread(target=_beat, args=(path, ended), daemon=True).start()
        try:
            yield descriptor
        finally:
            ended.set()
            _write(descriptor, {})
    finally:
        os.close(descriptor)


def require_ours(path: Path, what: str) -> None:
    """Raises LockedError if a lock file names another process: ours was removed with its folder."""
    holder = _holder(path)
    if holder and holder != _ourselves():
        raise LockedError(f"{what} was removed, and is in use by {_name(holder)} now")


def _lock(descriptor: int, wait: bool) -> bool:
    """Whether the lock is held now; True on file systems without locks."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        return error.errno in (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK)
    return True


def _lives_elsewhere(path: Path) -> bool:
    """Whether the process that a file names is on another machine and shows signs of life."""
    holder = _holder(path)
    if not holder or holder.get("host") == socket.gethostname():
        return False
    print(f"seeing whether {_name(holder)} still lives", file=sys.stderr)
    seen = path.stat().st_mtime_ns
    for _ in range(10):  # not by the clock: those of two machines differ
        time.sleep(_BEAT_SECONDS / 4)
        if path.stat().st_mtime_ns != seen:
            return True
    return False


def _beat(path: Path, ended: threading.Event) -> None:
    while not ended.wait(_BEAT_SECONDS):
        with contextlib.suppress(OSError):  # its folder was removed
            os.utime(path)


def _ourselves() -> dict[str, Any]:
    return {"host": socket.gethostname(), "process": os.getpid()}


def _write(descriptor: int, holder: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # a full disk is no reason to stop
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps(holder).encode())


def _holder(path: Path) -> dict[str, Any]:
    """Machine and process of a holder; empty if nobody is named."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _name(holder: dict[str, Any]) -> str:
    if not holder:
        return "another process"
    return f"process {holder.get('process')} on {holder.get('host')}"
