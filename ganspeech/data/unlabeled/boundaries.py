"""How well found boundaries of segments match true ones."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

ROUNDING = 1e-6
"""Seconds by which times may differ from rounding alone."""


class BoundaryScores(NamedTuple):
    """Scores of boundaries, 1 at best."""

    precision: float
    """Share of found boundaries that match a true one."""
    recall: float
    """Share of true boundaries that match a found one."""
    f1: float
    """Harmonic mean of precision and recall."""
    r_value: float
    """Closeness to full recall without too many boundaries (Räsänen et al. 2009); it may be below
    0."""


def boundary_scores(
    found: Sequence[Sequence[float]], true: Sequence[Sequence[float]], tolerance: float = 0.02
) -> BoundaryScores:
    """Compares boundaries of utterances, in seconds and ascending in each, all taken together.

    A boundary matches at most one other, at most `tolerance` seconds away, so that as many as
    possible match; frames do as well as seconds. Raises ValueError for unequal numbers of
    utterances, for boundaries that do not ascend, a negative tolerance, and when there is no true
    boundary.
    """
    if len(found) != len(true):
        raise ValueError(f"boundaries of {len(found)} utterances, true ones of {len(true)}")
    if tolerance < 0:
        raise ValueError(f"tolerance must be at least 0 seconds, not {tolerance}")
    for row in (*found, *true):
        if any(after < before for before, after in pairwise(row)):
            raise ValueError("boundaries must ascend within an utterance")
    hits = sum(_matches(ours, theirs, tolerance) for ours, theirs in zip(found, true))
    ours, theirs = sum(map(len, found)), sum(map(len, true))
    if not theirs:
        raise ValueError("no true boundaries to compare with")
    precision, recall = hits / ours if ours else 0.0, hits / theirs
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    too_many = ours / theirs - 1
    from_ideal = ((1 - recall) ** 2 + too_many**2) ** 0.5
    from_line = abs(recall - 1 - too_many) / 2**0.5
    return BoundaryScores(precision, recall, f1, 1 - (from_ideal + from_line) / 2)


def _matches(found: Sequence[float], true: Sequence[float], tolerance: float) -> int:
    """Most pairs within the tolerance: of ascending times, each takes the first that is left."""
    count = place = 0
    for time in found:
        while place < len(true) and true[place] < time - tolerance - ROUNDING:
            place += 1
        if place < len(true) and true[place] <= time + tolerance + ROUNDING:
            count, place = count + 1, place + 1
    return count
