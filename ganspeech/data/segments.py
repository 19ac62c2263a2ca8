"""Random segments of recordings: training batches of waveform models."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from ganspeech.data.feed import Feed
from ganspeech.data.pipeline import Batches, batches, shuffled
from ganspeech.data.recordings import Recording
from ganspeech.data.table import lengths, sound_of

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
        self._recordings, self._length = recordings, length
        self._ends = np.cumsum(-(-lengths(recordings) // length))
        self.total = int(self._ends[-1])

    def __call__(
        self, place: int, rng: np.random.Generator
    ) -> dict[str, Float32[np.ndarray, " samples"]]:
        length = self._length
        which = int(self._ends.searchsorted(place, side="right"))
        sound = sound_of(self._recordings, which)
        shares = -(-sound.samples // length)
        share = place - int(self._ends[which]) + shares
        starts = max(sound.samples - length, 0) + 1
        first, last = share * starts // shares, (share + 1) * starts // shares
        start = int(rng.integers(first, max(last, first + 1)))
        audio = sound.audio(start, start + length)
        if len(audio) < length:
            audio = np.concatenate([audio, np.zeros(length - len(audio), np.float32)])
        return {"audio": audio}
