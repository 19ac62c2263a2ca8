"""Prepared recordings, which say where their samples lie."""

import functools
import os
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from ganspeech.data.corpus import CorpusError

FULL_SCALE = 32767


class Sound(NamedTuple):
    """Samples of a recording: `samples` values from `offset` of a flat int16 file."""

    store: str
    offset: int
    samples: int

    def audio(self, start: int = 0, stop: int | None = None) -> Float32[np.ndarray, " samples"]:
        """Samples `start` to `stop`, clipped to the recording: float32 in [-0.95, 0.95]."""
        start, stop, _ = slice(start, stop).indices(self.samples)
        data = read_store(self.store, 2 * max(stop - start, 0), 2 * (self.offset + start))
        audio = np.frombuffer(data, "<i2").astype(np.float32)
        audio /= np.float32(FULL_SCALE)
        return audio


@dataclass(frozen=True)
class Recording:
    """Usable recording: `samples` values from `offset` of a flat int16 file.

    It holds no audio itself, so that it is cheap to send to a worker process.
    """

    id: str
    text: str
    speaker: str
    samples: int
    store: str
    offset: int

    def audio(self, start: int = 0, stop: int | None = None) -> Float32[np.ndarray, " samples"]:
        """Samples `start` to `stop`, clipped to the recording: float32 in [-0.95, 0.95]."""
        return Sound(self.store, self.offset, self.samples).audio(start, stop)


def read_store(path: str, count: int, at: int) -> bytes:
    """`count` bytes from a place of a cached file, which stays open.

    Raises `CorpusError` when it ends before.
    """
    file = _opened(path)  # a name, so that it stays open
    # Read, not memory-mapped: the pages of a whole corpus would count as this process' memory.
    data = file.read(count, at)
    if len(data) < count:
        raise CorpusError(f"damaged cache, delete {Path(path).parent}: it ends early")
    return data


class _Opened:
    """File that is open to be read, by several threads, until nobody reads it."""

    def __init__(self, path: str):
        self._number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self._moving = threading.Lock()
        weakref.finalize(self, os.close, self._number)

    def read(self, count: int, at: int) -> bytes:
        """Up to `count` bytes from a place."""
        if hasattr(os, "pread"):
            return os.pread(self._number, count, at)
        with self._moving:  # Windows reads at a place that all threads share
            os.lseek(self._number, at, os.SEEK_SET)
            return os.read(self._number, count)


@functools.lru_cache(maxsize=16)
def _opened(path: str) -> _Opened:
    return _Opened(path)
