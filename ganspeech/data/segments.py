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

Segment = Float32[np.ndarray, " samples"]


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
    cut = Cut(recordings, length)
    return shuffled(cut.total, seed).random_map(cut)


class Cut:
    """Cuts the segment for a place in an epoch; sent to the worker processes."""

    def __init__(self, recordings: Sequence[Recording], length: int, step: int = 1):
        """Segments of `length` samples start at multiples of `step`."""
        if not recordings:
            raise ValueError("recordings is empty: there is nothing to cut segments from")
        if length < 1:
            raise ValueError(f"length must be 1 or more, not {length}")
        self._recordings, self._length, self._step = recordings, length, step
        self._ends = np.cumsum(-(-lengths(recordings) // length))
        self.total = int(self._ends[-1])

    def __call__(self, place: int, rng: np.random.Generator) -> dict[str, Segment]:
        """The segment as `{"audio": float32 [length]}`."""
        return {"audio": self._audio(*self._drawn(place, rng))}

    def _drawn(self, place: int, rng: np.random.Generator) -> tuple[int, int]:
        """Index of the recording for a place, and the drawn start in it."""
        which = int(self._ends.searchsorted(place, side="right"))
        samples = sound_of(self._recordings, which).samples
        shares = -(-samples // self._length)
        share = place - int(self._ends[which]) + shares
        starts = max(samples - self._length, 0) // self._step + 1
        first, last = share * starts // shares, (share + 1) * starts // shares
        return which, self._step * int(rng.integers(first, max(last, first + 1)))

    def _audio(self, which: int, start: int) -> Segment:
        audio = sound_of(self._recordings, which).audio(start, start + self._length)
        if len(audio) < self._length:
            audio = np.concatenate([audio, np.zeros(self._length - len(audio), np.float32)])
        return audio
