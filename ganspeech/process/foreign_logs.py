"""Logging of other packages, and what their native code writes to standard error."""

import contextlib
import logging
import os
import threading
from collections.abc import Iterator

STANDARD_ERROR = 2


class _Silence:
    """Standard error replaced while any thread wants silence."""

    def __init__(self):
        self._lock = threading.Lock()
        self._inside = 0
        self._usual: int | None = None

    def begin(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside > 1:
                return
            try:
                self._usual = os.dup(STANDARD_ERROR)
            except OSError:  # closed, which is silent already
                return
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, STANDARD_ERROR)
            os.close(nowhere)

    def end(self) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._usual is not None:
                os.dup2(self._usual, STANDARD_ERROR)
                os.close(self._usual)
                self._usual = None


_SILENCE = _Silence()


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """Discards what is written to standard error, by native code and by all threads."""
    _SILENCE.begin()
    try:
        yield
    finally:
        _SILENCE.end()


@contextlib.contextmanager
def quieted(name: str, level: int) -> Iterator[None]:
    """Passes only messages of a level and above of the logger of that name."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)
