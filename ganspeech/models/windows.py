"""Recordings of any length as frames of a network that is compiled for a few lengths."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from jaxtyping import Float

from ganspeech.audio.pieces import Audio

Frames = Float[np.ndarray, "frames width"]

SECONDS = (1, 2, 3, 4, 6, 8, 11, 15, 20, 25, 30)
"""Lengths to which audio is padded, each compiled when it is first needed."""
LONGEST = SECONDS[-1]
"""Seconds that a network sees at once."""
CONTEXT = 2
"""Seconds on either side of a cut that are computed and left out."""


def padded(audio: Audio, rate: int) -> Audio:
    """Audio of at most `LONGEST` seconds with zeros up to the next of `SECONDS`."""
    whole = next(seconds * rate for seconds in SECONDS if seconds * rate >= len(audio))
    return np.pad(audio, (0, whole - len(audio)))


def in_windows(
    pieces: Iterable[Audio], frames: Callable[[Audio], Frames], *, rate: int, hop: int
) -> Iterator[Frames]:
    """Yield the frames of a recording, `LONGEST` seconds at a time.

    `frames` makes those of audio at `rate` Hz, one every `hop` samples from the start. Of a longer
    recording each window overlaps the one before, and frames with less than `CONTEXT` seconds
    between them and a cut are left out.
    """
    window, context = LONGEST * rate // hop * hop, CONTEXT * rate // hop
    kept, spoiled = np.zeros(0, np.float32), 0
    for piece in pieces:
        kept = np.concatenate([kept, piece])
        while len(kept) > window:
            made = frames(kept[:window])
            end = len(made) - context
            yield made[spoiled:end]
            kept, spoiled = kept[(end - context) * hop :], context
    yield frames(kept)[spoiled:]
