"""Copies: clips that hold the same sound, perhaps in another format or at another level."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

CELL = 0.02
"""Seconds of the windows of an envelope."""
DEPTH = 50.0
"""dB below the loudest window at which an envelope ends, so that noise hides no copy."""
LONGER = 2
"""Windows by which two copies may differ in length."""
SAME = 0.995
"""Correlation of envelopes from which clips are copies; other readings of a text reach 0.9."""

Envelope = Float32[np.ndarray, " frames"]


def envelope(clip: Float32[np.ndarray, " samples"], rate: int) -> Envelope:
    """Levels in dB, at most `DEPTH` below the loudest."""
    found = levels(clip, round(CELL * rate))
    return np.maximum(found, found.max() - DEPTH).astype(np.float32)


def levels(audio: Float32[np.ndarray, " samples"], cell: int) -> np.ndarray:
    """Level of each window of `cell` samples in dB, the last one padded with zeros."""
    cells = np.pad(audio, (0, -len(audio) % cell)).reshape(-1, cell)
    return 10 * np.log10(np.square(cells, dtype=np.float64).mean(axis=1) + 1e-12)


def copies(envelopes: Sequence[Envelope | None]) -> dict[int, int]:
    """Clips that are copies of earlier ones, by numbers."""
    order = sorted(
        (n for n, one in enumerate(envelopes) if one is not None),
        key=lambda n: (len(envelopes[n]), n),  # type: ignore[arg-type]
    )
    found: dict[int, int] = {}
    for place, n in enumerate(order):
        for other in order[place + 1 :]:
            ours, theirs = envelopes[n], envelopes[other]
            assert ours is not None and theirs is not None
            if len(theirs) - len(ours) > LONGER:
                break
            first, second = sorted((n, other))
            if first not in found and second not in found and _same(ours, theirs):
                found[second] = first
    return found


def _same(ours: Envelope, theirs: Envelope) -> bool:
    """Whether two envelopes correlate at any shift that their lengths leave."""
    shorter = len(ours)
    for shift in range(len(theirs) - shorter + 1):
        part = theirs[shift : shift + shorter]
        if ours.std() > 0 and part.std() > 0 and np.corrcoef(ours, part)[0, 1] >= SAME:
            return True
    return False
