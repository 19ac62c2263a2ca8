"""Bootstrap: how sure a mean over sentences is, or a ratio, and a difference of two systems."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Float, Int

RESAMPLES = 10_000
FEW_RESAMPLES = 200
"""Draws for a statistic that takes long."""
FEWEST_PAIRS = 5
"""Sentences, or groups of them, below which a difference gets no interval, and a ratio neither: all
may have one sign by mere luck."""
_DRAWS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Interval:
    """A statistic over sentences with its 95 % interval; NaN where there are too few values."""

    value: float
    low: float
    high: float
    count: int
    """Sentences with a value, or groups of them."""


@dataclass(frozen=True)
class Difference:
    """Mean of one system minus another's over the sentences that both have; NaN if too few."""

    value: float
    low: float
    high: float
    p: float
    """Two-sided, of no difference."""
    count: int
    """Sentences that both have, or groups of them."""

    @property
    def too_few(self) -> bool:
        """Whether nothing can be said of other sentences: fewer than `FEWEST_PAIRS` pairs."""
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


def student_interval(values: Float[np.ndarray, "values"]) -> Interval:
    """Mean and 95 % interval by Student's t, with n - 1 degrees of freedom: for few values.

    Over seeds it covers other sets of seeds, over listeners other listeners, each on the same
    held-out data. Values that are not finite are left out; a single value has no bounds (NaN).
    """
    from scipy import stats  # slow to import, and needed for few tables

    values = _finite(values)
    count = len(values)
    if not count:
        return Interval(np.nan, np.nan, np.nan, 0)
    mean = float(values.mean())
    if count == 1:
        return Interval(mean, np.nan, np.nan, 1)
    half = float(stats.t.ppf(0.975, count - 1) * values.std(ddof=1) / np.sqrt(count))
    return Interval(mean, mean - half, mean + half, count)


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


def ratio_interval(
    parts: Float[np.ndarray, "sentences"],
    wholes: Float[np.ndarray, "sentences"],
    groups: Sequence[str] | None = None,
    seed: int = 0,
) -> Interval:
    """A ratio of sums, such as errors a word, with its 95 % percentile bootstrap interval.

    `groups` names what each sentence belongs to, such as its speaker: groups are then drawn
    whole, since what belongs together errs together (Bisani & Ney 2004). Without, sentences are
    drawn. Fewer than `FEWEST_PAIRS` have no bounds (NaN), wholes of nothing no ratio either.
    """
    sums = _by_group(np.stack([parts, wholes], axis=-1), groups)
    total = sums.sum(axis=0)
    if not total[1]:
        return Interval(np.nan, np.nan, np.nan, 0)
    value = float(total[0] / total[1])
    if len(sums) < FEWEST_PAIRS:
        return Interval(value, np.nan, np.nan, len(sums))
    low, high = np.percentile(_ratios(sums, seed), (2.5, 97.5))
    return Interval(value, float(low), float(high), len(sums))


def paired_difference(
    ours: Float[np.ndarray, "sentences"],
    theirs: Float[np.ndarray, "sentences"],
    groups: Sequence[str] | None = None,
    seed: int = 0,
) -> Difference:
    """Paired bootstrap (Efron & Tibshirani 1993; Koehn 2004) over the sentences that both have.

    The same sentences, or groups of them as in `ratio_interval`, are drawn for both, so each is its
    own control, and the interval is narrower than two separate intervals suggest. The p value is
    twice the smaller share of means on either side of zero; it cannot be less than
    2 / (resamples + 1). Of fewer sentences or groups than `FEWEST_PAIRS` bounds and p are NaN.
    """
    values = np.asarray(ours, float) - np.asarray(theirs, float)
    kept = np.flatnonzero(np.isfinite(values))
    named = None if groups is None else [groups[int(place)] for place in kept]
    return _difference(values[kept], np.ones(len(kept)), named, seed)


def ratio_difference(
    ours: Float[np.ndarray, "sentences"],
    theirs: Float[np.ndarray, "sentences"],
    wholes: Float[np.ndarray, "sentences"],
    groups: Sequence[str] | None = None,
    seed: int = 0,
) -> Difference:
    """The same of two ratios of sums with the same wholes, such as two systems' errors a word."""
    return _difference(np.asarray(ours, float) - np.asarray(theirs, float), wholes, groups, seed)


def _difference(
    values: np.ndarray, wholes: np.ndarray, groups: Sequence[str] | None, seed: int
) -> Difference:
    sums = _by_group(np.stack([values, wholes], axis=-1), groups)
    total = sums.sum(axis=0)
    if not total[1]:
        return Difference(np.nan, np.nan, np.nan, np.nan, 0)
    value = float(total[0] / total[1])
    if len(sums) < FEWEST_PAIRS:
        return Difference(value, np.nan, np.nan, np.nan, len(sums))
    drawn = _ratios(sums, seed)
    low, high = np.percentile(drawn, (2.5, 97.5))
    tail = min((drawn <= 0).sum(), (drawn >= 0).sum())
    p = min(1.0, 2 * (tail + 1) / (RESAMPLES + 1))
    return Difference(value, float(low), float(high), float(p), len(sums))


def _by_group(
    values: Float[np.ndarray, "sentences 2"], groups: Sequence[str] | None
) -> Float[np.ndarray, "groups 2"]:
    values = np.asarray(values, float)
    if groups is None:
        return values
    names, places = np.unique(np.asarray(groups, str), return_inverse=True)
    sums = np.zeros((len(names), 2))
    np.add.at(sums, places, values)
    return sums


def _ratios(sums: Float[np.ndarray, "groups 2"], seed: int) -> Float[np.ndarray, " draws"]:
    drawn = np.concatenate([resample.sum(axis=1) for resample in _resamples(sums, seed)])
    return drawn[:, 0] / drawn[:, 1]


def _finite(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, float)
    return values[np.isfinite(values)]


def _resamples(
    values: Float[np.ndarray, "sentences ..."], seed: int
) -> Iterator[Float[np.ndarray, "draws sentences ..."]]:
    """All resamples, some thousand at once: a corpus of thousands of sentences fits in memory."""
    generator = np.random.default_rng(seed)
    left, at_once = RESAMPLES, max(1, _DRAWS_AT_ONCE // len(values))
    while left > 0:
        draws = min(left, at_once)
        yield values[generator.integers(0, len(values), (draws, len(values)))]
        left -= draws
