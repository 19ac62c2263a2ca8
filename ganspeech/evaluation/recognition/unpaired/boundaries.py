"""Boundaries of the segments that a run reads, beside those of the phones that were said."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ganspeech.data.unlabeled.boundaries import BoundaryScores, boundary_scores
from ganspeech.evaluation.recognition.unpaired.readings import Readings
from ganspeech.tasks.unlabeled.phone_reading import joined_ends, step_ends

JOINED = "segments read alike joined"
"""Name of the row by which runs are compared: segments may be shorter than phones, as long as the
same is read in them."""
EVEN = "as many at even places"
"""Name of the baseline."""


@dataclass(frozen=True)
class BoundaryRow:
    """Scores of boundaries of all utterances."""

    exact: BoundaryScores
    """Those at the very frame."""
    near: BoundaryScores
    """Those at most one frame away, 20 ms at the usual 50 frames a second."""


def boundary_rows(readings: Readings) -> Mapping[str, BoundaryRow]:
    """Scores of a run's boundaries, and of as many at even places, which need no network.

    Both ends of an utterance are left out. Empty where true boundaries, or places of what is read,
    are unknown.
    """
    if readings.segments_a_step is None:
        return {}
    found: dict[str, list[list[float]]] = {"segments": [], JOINED: [], EVEN: []}
    true: list[list[float]] = []
    for one, steps in zip(readings.utterances, readings.steps, strict=True):
        if one.ends is None or one.true_ends is None:
            continue
        ends = step_ends(one.ends, readings.segments_a_step)
        joined = joined_ends(ends, steps)
        even = np.linspace(0, ends[-1], len(joined) + 1)[1:].round()
        for rows, row in zip((*found.values(), true), (ends, joined, even, one.true_ends)):
            rows.append(row[:-1].tolist())
    if not any(true):
        return {}
    return {
        name: BoundaryRow(boundary_scores(rows, true, 0), boundary_scores(rows, true, 1))
        for name, rows in found.items()
    }
