"""How well speech was recognized: edits, error rates with intervals, differences of systems."""

import functools
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float
from rapidfuzz.distance import Levenshtein

from ganspeech.evaluation.pages.intervals import (
    Difference,
    Interval,
    ratio_difference,
    ratio_interval,
)

Unit = Literal["word", "character", "phone"]
"""Units that are counted; a space between words is a character."""
RATES: dict[Unit, str] = {"word": "WER", "character": "CER", "phone": "PER"}
FEWEST_SPEAKERS = 5
"""Below, utterances are drawn for intervals, and not speakers."""


@dataclass(frozen=True)
class Edits:
    """The fewest changes that make a hypothesis of a reference.

    Where several ways have as few, one is taken; the number of errors does not depend on it.
    """

    substitutions: int
    deletions: int
    insertions: int
    correct: int
    pairs: tuple[tuple[str | None, str | None], ...]
    """The tokens of both beside each other, in order; None where the other has one too many."""

    @property
    def errors(self) -> int:
        """All of them."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def length(self) -> int:
        """Tokens of the reference."""
        return self.substitutions + self.deletions + self.correct


@dataclass(frozen=True)
class Answer:
    """One utterance: reference and hypothesis, their words separated by spaces."""

    id: str
    reference: str
    hypothesis: str
    speaker: str = ""
    noise: str = ""
    """Name of the noise, if any."""
    snr_db: float | None = None
    """How loud the speech was beside the noise."""

    def edits(self, unit: Unit) -> Edits:
        """Errors of the alignment."""
        return _edits(self.reference, self.hypothesis, unit)


@dataclass(frozen=True)
class Recognized:
    """Hypotheses, ready to be scored: of one recognizer in several conditions, or of several.

    All rows have the same utterances, but for how often they were heard.
    """

    title: str
    rows: Mapping[str, Sequence[Answer]]
    """Answers by condition (clean, 10 dB), or by system."""
    units: tuple[Unit, ...]
    """Units that are counted, the main one first."""
    systems: bool = False
    """Whether rows are systems, which are compared."""
    notes: tuple[str, ...] = ()
    """How it was made."""
    problems: tuple[str, ...] = ()
    """Problems: what was left out or converted, one line each."""

    @property
    def first(self) -> Sequence[Answer]:
        """The answers of the first row."""
        return next(iter(self.rows.values()))

    @property
    def noises(self) -> dict[str, dict[str, list[Answer]]]:
        """The answers in each noise, by row, where there was noise."""
        found: dict[str, dict[str, list[Answer]]] = {}
        for row, answers in self.rows.items():
            for answer in answers:
                if answer.noise:
                    found.setdefault(answer.noise, {}).setdefault(row, []).append(answer)
        return dict(sorted(found.items()))


@dataclass(frozen=True)
class ErrorRate:
    """Errors over the tokens of all references."""

    unit: Unit
    substitutions: int
    deletions: int
    insertions: int
    length: int
    """Tokens of the references."""
    interval: Interval
    """The rate in %, and its 95 % interval over speakers, or utterances: see `grouping`."""

    @property
    def value(self) -> float:
        """The rate in %; above 100 where more is inserted than is right."""
        return self.interval.value


def edits(reference: Sequence[str], hypothesis: Sequence[str]) -> Edits:
    """Aligns two lists of tokens with the fewest substitutions, deletions and insertions together.

    Each of these costs one (Levenshtein 1966).
    """
    pairs: list[tuple[str | None, str | None]] = []
    counts: Counter[str] = Counter()
    for change in Levenshtein.opcodes(list(reference), list(hypothesis)):
        said = reference[change.src_start : change.src_end]
        heard = hypothesis[change.dest_start : change.dest_end]
        counts[change.tag] += max(len(said), len(heard))
        pairs += itertools.zip_longest(said, heard)  # as many, or one of them has none
    return Edits(
        counts["replace"], counts["delete"], counts["insert"], counts["equal"], tuple(pairs)
    )


def tokens(text: str, unit: Unit) -> list[str]:
    """Units of a text: its words or phones, separated by spaces, or its characters."""
    parts = text.split()
    return list(" ".join(parts)) if unit == "character" else parts


def error_rate(answers: Sequence[Answer], unit: Unit) -> ErrorRate:
    """Errors over tokens, in %, with a 95 % bootstrap interval over `grouping`'s groups.

    No error at all would leave the bootstrap without width. The upper bound is then the share of
    utterances with an error that so many without one still allow with 95 % certainty (the rule of
    three, Hanley & Lippman-Hand 1983).
    """
    found = [answer.edits(unit) for answer in answers]
    errors = np.array([100.0 * one.errors for one in found])
    lengths = np.array([one.length for one in found], float)
    interval = ratio_interval(errors, lengths, grouping(answers)[1])
    if interval.value == 0.0 and np.isfinite(interval.high):
        utterances = len({answer.id for answer in answers})
        high = 100 * (1 - 0.05 ** (1 / utterances))
        interval = Interval(0.0, 0.0, high, interval.count)
    return ErrorRate(
        unit,
        sum(one.substitutions for one in found),
        sum(one.deletions for one in found),
        sum(one.insertions for one in found),
        int(lengths.sum()),
        interval,
    )


def error_difference(ours: Sequence[Answer], theirs: Sequence[Answer], unit: Unit) -> Difference:
    """The first's rate minus the second's, in points, by paired bootstrap.

    Over what both heard: the same utterances, in the same noise where there is any. ValueError
    where the two do not agree on what was said.
    """
    others = {_heard(answer): answer for answer in theirs}
    pairs = [(own, others[_heard(own)]) for own in ours if _heard(own) in others]
    for own, other in pairs:
        if tokens(own.reference, unit) != tokens(other.reference, unit):
            raise ValueError(f"{own.id} has two references: {own.reference}; {other.reference}")
    mine = [(own.edits(unit), other.edits(unit)) for own, other in pairs]
    return ratio_difference(
        np.array([100.0 * own.errors for own, _ in mine]),
        np.array([100.0 * other.errors for _, other in mine]),
        np.array([own.length for own, _ in mine], float),
        grouping([own for own, _ in pairs])[1],
    )


def grouping(answers: Sequence[Answer]) -> tuple[Literal["speakers", "utterances"], list[str]]:
    """Unit of resampling, and each answer's group.

    Speakers, where all are known and there are at least `FEWEST_SPEAKERS`; else utterances. One
    utterance in several noises is one group.
    """
    speakers = [answer.speaker for answer in answers]
    if all(speakers) and len(set(speakers)) >= FEWEST_SPEAKERS:
        return "speakers", speakers
    return "utterances", [answer.id for answer in answers]


def shares(answers: Sequence[Answer], unit: Unit) -> dict[str, float]:
    """Each utterance's part in the rate, so that their mean is the rate in %.

    That is its errors over the mean number of tokens. Two systems' shares of the same utterances
    can be paired, and their mean difference is that of the rates.
    """
    errors: Counter[str] = Counter()
    lengths: Counter[str] = Counter()
    for answer in answers:
        found = answer.edits(unit)
        errors[answer.id] += found.errors
        lengths[answer.id] += found.length
    mean = lengths.total() / max(len(lengths), 1)
    return {id: 100 * errors[id] / mean for id in lengths}


def right(answers: Sequence[Answer], unit: Unit) -> Float[np.ndarray, " answers"]:
    """1 for each utterance that was heard without an error, 0 for the others."""
    return np.array([answer.edits(unit).errors == 0 for answer in answers], float)


def by_speaker(answers: Sequence[Answer]) -> dict[str, list[Answer]]:
    """The answers of each known speaker, by name."""
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.speaker:
            found.setdefault(answer.speaker, []).append(answer)
    return dict(sorted(found.items()))


def confusions(answers: Sequence[Answer], unit: Unit) -> list[tuple[str, str, int]]:
    """Confusions: reference, hypothesis and count, the most frequent first."""
    return [(*pair, count) for pair, count in Counter(_confused(answers, unit)).most_common()]


def _confused(answers: Sequence[Answer], unit: Unit) -> Iterator[tuple[str, str]]:
    for answer in answers:
        for said, heard in answer.edits(unit).pairs:
            if said != heard:
                yield said or "", heard or ""


def _heard(answer: Answer) -> tuple[str, str, float | None]:
    return answer.id, answer.noise, answer.snr_db


@functools.lru_cache(maxsize=1 << 16)
def _edits(reference: str, hypothesis: str, unit: Unit) -> Edits:
    return edits(tokens(reference, unit), tokens(hypothesis, unit))
