"""Clips of another speaker than most, by embeddings of Resemblyzer (package `resemblyzer`)."""

import importlib.util
from collections.abc import Sequence
from functools import cache

import numpy as np
from jaxtyping import Float32

from ganspeech.corpora.sound.activity import RATE
from ganspeech.evaluation.quality.speakers import PACKAGE, embedding

ROUNDS = 5
"""Times that the center is moved to the clips near it."""
MOST_COMPARED = 1000
"""Clips among which the first center is looked for."""
NEAR = 0.6
"""Share of the clips, the nearest ones, that make the center: others may be someone else."""

Audio = Float32[np.ndarray, " samples"]
Embedding = Float32[np.ndarray, " 256"]


@cache
def lacking() -> bool:
    """Whether the package is missing."""
    return importlib.util.find_spec(PACKAGE) is None


def speaker_of(clip: Audio) -> Embedding | None:
    """Embedding of who speaks at 16 kHz; None without the package, `Undefined` for silence."""
    return None if lacking() else embedding(clip, RATE)


def similarities(speakers: Sequence[Embedding]) -> Float32[np.ndarray, " clips"]:
    """Cosine of each clip's speaker and of whoever speaks most clips.

    The center begins at the clip that most others are near to, and is moved to the mean of the
    nearest 60 %, so that it belongs to one speaker even where four clips of ten are another's.
    """
    vectors = np.stack(speakers)
    some = vectors[:: -(-len(vectors) // MOST_COMPARED)]
    center = some[np.argmax(np.median(some @ some.T, axis=1))]
    for _ in range(ROUNDS):
        near = np.argsort(-(vectors @ center))[: max(1, round(NEAR * len(vectors)))]
        center = vectors[near].mean(axis=0)
        center /= np.linalg.norm(center)
    return vectors @ center
