"""Ctrl-C and SIGTERM as a flag that the loop polls between steps."""

import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType
from typing import Any


class Interrupts:
    """Context in which the first Ctrl-C or SIGTERM only sets `number`; a second acts as usual.

    The first is answered on standard error with the line `answer`, if it is not empty.
    """

    def __init__(self, answer: str = "") -> None:
        self.number = 0
        self._answer = answer
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> "Interrupts":
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()

    def _note(self, number: int, _: FrameType | None) -> None:
        self.number = number
        self._restore()
        if self._answer:
            # Not by print: the signal may have come in the middle of one.
            with contextlib.suppress(OSError):
                os.write(2, f"\n{self._answer}\n".encode())

    def _restore(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous = {}


@contextlib.contextmanager
def children_ignore_sigint() -> Iterator[None]:
    """Makes child processes ignore Ctrl-C, which terminals send to the whole process group."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
