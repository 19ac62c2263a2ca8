"""Statistics of a listening test: over listeners, who are drawn and not their single answers."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from ganspeech.evaluation.listening.answers import Listener, Results
from ganspeech.evaluation.listening.design import ANCHOR
from ganspeech.evaluation.pages.intervals import (
    Difference,
    Interval,
    paired_difference,
    student_interval,
)
from ganspeech.evaluation.quality.scores import RECORDING

LEAST_RATING, MOST_MISSED = 90.0, 0.15
"""ITU-R BS.1534-3: a listener who rates the hidden reference below 90 in more than 15 % of trials
is left out. (Its second rule is on an anchor of 7 kHz, which these tests do not have.)"""


@dataclasses.dataclass(frozen=True)
class Screened:
    """How a listener stands with the hidden reference."""

    name: str
    missed: int
    """Trials in which it is rated below 90."""
    trials: int

    @property
    def excluded(self) -> bool:
        """Whether the recommendation leaves the listener out."""
        return self.missed > MOST_MISSED * self.trials


@dataclasses.dataclass(frozen=True)
class Ratings:
    """Ratings of a MUSHRA test."""

    listeners: tuple[str, ...]
    """Those who count."""
    screened: tuple[Screened, ...]
    """All of them."""
    means: Mapping[str, Interval]
    """Of each system: mean over listeners of their means over items."""
    items: Mapping[str, Mapping[str, float]]
    """Of each item and system: mean over listeners."""
    differences: Mapping[tuple[str, str], Difference]
    """Of each two systems but reference and anchor: the first minus the second, by listener."""


@dataclasses.dataclass(frozen=True)
class Preference:
    """Answers to one pair of systems."""

    pair: tuple[str, str]
    first: int
    """Answers that prefer the first."""
    none: int
    second: int
    share: Interval
    """Share of the first among answers with a preference, in %: Clopper and Pearson 1934."""
    p: float
    """Binomial test, two-sided, of no preference; it takes all answers as independent."""
    difference: Difference
    """Share of answers for the first minus that for the second, in points, over listeners."""

    @property
    def answers(self) -> int:
        """All of them."""
        return self.first + self.none + self.second


def ratings(results: Results, *, screen: bool = True) -> Ratings:
    """Ratings of those who pass the post-screening, or of all.

    Raises ValueError if nobody passes.
    """
    screened = tuple(map(_screened, results.listeners))
    out = {one.name for one in screened if one.excluded and screen}
    counted = [listener for listener in results.listeners if listener.name not in out]
    if not counted:
        raise ValueError(
            "no listener passes the post-screening, all rating the hidden reference below "
            f"{LEAST_RATING:g} in more than {MOST_MISSED:.0%} of trials: --unscreened keeps them"
        )
    by_system = {system: _means(counted, system) for system in results.systems}
    tested = [system for system in results.systems if system not in (RECORDING, ANCHOR)]
    items = dict.fromkeys(answer.item for answer in counted[0].answers)
    return Ratings(
        tuple(listener.name for listener in counted),
        screened,
        {system: _on_the_scale(student_interval(own)) for system, own in by_system.items()},
        {item: _at(counted, item, results.systems) for item in items},
        {
            (ours, theirs): paired_difference(by_system[ours], by_system[theirs])
            for ours, theirs in itertools.combinations(tested, 2)
        },
    )


def preferences(results: Results) -> list[Preference]:
    """How often one of each pair is preferred to the other."""
    from scipy import stats  # slow to import, and needed for few tables

    found = []
    for pair in itertools.combinations(results.systems, 2):
        shares, counts = [], np.zeros(3, int)
        for listener in results.listeners:
            own = [a.preferred for a in listener.answers if a.pair and set(a.pair) == set(pair)]
            mine = np.array([own.count(pair[0]), own.count(None), own.count(pair[1])])
            counts += mine
            shares.append(100 * mine[[0, 2]] / len(own))
        first, none, second = map(int, counts)
        share, p = Interval(np.nan, np.nan, np.nan, 0), np.nan
        if decided := first + second:
            test = stats.binomtest(first, decided)
            bounds = test.proportion_ci(0.95, "exact")
            share = Interval(100 * first / decided, 100 * bounds.low, 100 * bounds.high, decided)
            p = float(test.pvalue)
        ours, theirs = np.array(shares).T
        difference = paired_difference(ours, theirs)
        found.append(Preference(pair, first, none, second, share, p, difference))
    return found


def _screened(listener: Listener) -> Screened:
    given = [answer.ratings[RECORDING] for answer in listener.answers]
    return Screened(listener.name, sum(value < LEAST_RATING for value in given), len(given))


def _means(listeners: Sequence[Listener], system: str) -> Float[np.ndarray, " listeners"]:
    return np.array(
        [np.mean([answer.ratings[system] for answer in li.answers]) for li in listeners]
    )


def _on_the_scale(found: Interval) -> Interval:
    """Bounds that few listeners lay beyond what can be rated, cut to it."""
    low, high = np.clip((found.low, found.high), 0.0, 100.0)
    return Interval(found.value, float(low), float(high), found.count)


def _at(listeners: Sequence[Listener], item: str, systems: Sequence[str]) -> dict[str, float]:
    """Mean ratings of an item."""
    given = [answer.ratings for li in listeners for answer in li.answers if answer.item == item]
    return {system: float(np.mean([own[system] for own in given])) for system in systems}
