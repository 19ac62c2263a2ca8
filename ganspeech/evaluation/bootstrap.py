"""Bootstrap: how sure a mean over sentences is, and a difference between two systems."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Float, Int

RESAMPLES = 10_000
FEW_RESAMPLES = 200
"""Of a statistic that takes long."""
FEWEST_PAIRS = 5
"""Sentences below which a difference gets no interval: all may have one sign by mere luck."""
_DRAWS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Interval:
    """A statistic over sentences with its 95 % interval; NaN where there are too few values."""

    value: float
    low: float
    high: float
    count: int
    """Sentences with a value."""


@dataclass(frozen=True)
class Difference:
    """Mean of one system minus another's over the sentences that both have; NaN if too few."""

    value: float
    low: float
    high: float
    p: float
    """Two-sided, of no difference."""
    count: int
    """Sentences that both have."""

    @property
    def too_few(self) -> bool:
        """Whether nothing can be said of other sentences: fewer than ``FEWEST_PAIRS`` pairs."""
        return self.count < FEWEST_PAIRS


def interval(
    values: Float[np.ndarray, "sentences"],
    statistic: Literal["mean", "median"] = "mean",
    seed: int = 0,
) -> Interval:
    """95 % percentile bootstrap interval over sentences (Efron & Tibshirani 1993).

    Values that are not finite are left out. One value has no bounds (NaN), none no value either.
    """
    values = _finite(values)
    if not len(values):
        return Interval(np.nan, np.nan, np.nan, 0)
    if len(values) < 2:
        return Interval(float(values[0]), np.nan, np.nan, 1)
    function: Any = np.mean if statistic == "mean" else np.median
    drawn = np.concatenate([function(r, axis=1) for r in _resamples(values, seed)])
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Interval(float(function(values)), float(low), float(high), len(values))


def statistic_interval(
    statistic: Callable[[Int[np.ndarray, " places"]], float], count: int, seed: int = 0
) -> Interval:
    """The same for a statistic of `count` examples at once, given the places of those drawn.

    A sample drawn with replacement repeats examples, which biases a statistic that depends on how
    many there are. So the percentiles are taken around the mean of the draws, and are laid around
    the statistic itself.
    """
    value = statistic(np.arange(count))
    if count < 2:
        return Interval(value, np.nan, np.nan, count)
    generator = np.random.default_rng(seed)
    drawn = np.array([statistic(generator.integers(0, count, count)) for _ in range(FEW_RESAMPLES)])
    low, high = np.percentile(drawn - drawn.mean(), (2.5, 97.5))
    return Interval(value, value + float(low), value + float(high), count)


def paired_difference(
    ours: Float[np.ndarray, "sentences"], theirs: Float[np.ndarray, "sentences"], seed: int = 0
) -> Difference:
    """Paired bootstrap (Efron & Tibshirani 1993; Koehn 2004) over the sentences that both have.

    The same sentences are drawn for both, so each is its own control, and the interval is narrower
    than two separate intervals suggest. The p value is twice the smaller share of means on either
    side of zero; it cannot be less than 2 / (resamples + 1). Of fewer than ``FEWEST_PAIRS``
    sentences the bounds and p are NaN.
    """
    values = _finite(np.asarray(ours, float) - np.asarray(theirs, float))
    if not len(values):
        return Difference(np.nan, np.nan, np.nan, np.nan, 0)
    if len(values) < FEWEST_PAIRS:
        return Difference(float(values.mean()), np.nan, np.nan, np.nan, len(values))
    drawn = np.concatenate([r.mean(axis=1) for r in _resamples(values, seed)])
    low, high = np.percentile(drawn, (2.5, 97.5))
    tail = min((drawn <= 0).sum(), (drawn >= 0).sum())
    p = min(1.0, 2 * (tail + 1) / (RESAMPLES + 1))
    return Difference(float(values.mean()), float(low), float(high), float(p), len(values))


def _finite(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, float)
    return values[np.isfinite(values)]


def _resamples(values: np.ndarray, seed: int) -> Iterator[Float[np.ndarray, "draws sentences"]]:
    """All resamples, some thousand at once: a corpus of thousands of sentences fits in memory."""
    generator = np.random.default_rng(seed)
    left, at_once = RESAMPLES, max(1, _DRAWS_AT_ONCE // len(values))
    while left > 0:
        draws = min(left, at_once)
        yield values[generator.integers(0, len(values), (draws, len(values)))]
        left -= draws
