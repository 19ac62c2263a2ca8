"""Random segments of recordings: training batches of waveform models."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from ganspeech.data.feed import Feed
from ganspeech.data.pipeline import Batches, batches, shuffled
from ganspeech.data.prepare import Recording

if TYPE_CHECKING:
    import grain


def segments(recordings: Sequence[Recording], feed: Feed, *, length: int) -> Batches:
    """Endless `{"audio": float32 [batch, length]}`.

    A recording of n samples takes part `ceil(n / length)` times an epoch, each time with a segment
    that starts at a random place of another equal share of its possible starts. So an epoch covers
    the corpus evenly: recordings count by their length. One shorter than `length` is padded with
    zeros at its end. Every epoch has another order and other segments.

    Example i depends on the recordings, `length`, the feed's seed and i alone.
    """
    return batches(cut_segments(recordings, length, feed.seed), feed)


def cut_segments(recordings: Sequence[Recording], length: int, seed: int) -> "grain.MapDataset":
    """Endless examples of `segments`, one by one."""
    if not recordings:
        raise ValueError("recordings is empty: there is nothing to cut segments from")
    if length < 1:
        raise ValueError(f"length must be 1 or more, not {length}")
    cut = _Cut(recordings, length)
    return shuffled(cut.total, seed).random_map(cut)


class _Cut:
    """Cuts the segment for a place in an epoch; sent to the worker processes."""

    def __init__(self, recordings: Sequence[Recording], length: int):
        self._recordings, self._length = list(recordings), length
        shares = [-(-recording.samples // length) for recording in recordings]
        self._ends = np.cumsum(shares)
        self.total = int(self._ends[-1])

    def __call__(
        self, place: int, rng: np.random.Generator
    ) -> dict[str, Float32[np.ndarray, " samples"]]:
        which = int(np.searchsorted(self._ends, place, side="right"))
        recording = self._recordings[which]
        shares = -(-recording.samples // self._length)
        share = place - int(self._ends[which]) + shares
        starts = max(recording.samples - self._length, 0) + 1
        first, last = share * starts // shares, (share + 1) * starts // shares
        start = int(rng.integers(first, max(last, first + 1)))
        audio = recording.audio(start, start + self._length)
        return {"audio": np.pad(audio, (0, self._length - len(audio)))}
