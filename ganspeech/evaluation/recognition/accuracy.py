"""Accuracy of recognition: edits, error rates with intervals, differences between systems."""

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
"""Units to count errors in; a space between words is a character."""
RATES: dict[Unit, str] = {"word": "WER", "character": "CER", "phone": "PER"}
FEWEST_SPEAKERS = 5
"""Minimum number of speakers to resample for intervals; with fewer, utterances are resampled."""


@dataclass(frozen=True)
class Edits:
    """Minimal edits that turn a reference into a hypothesis.

    Of several minimal alignments one is taken; the number of errors does not depend on it.
    """

    substitutions: int
    deletions: int
    insertions: int
    correct: int
    pairs: tuple[tuple[str | None, str | None], ...]
    """Aligned tokens of reference and hypothesis, in order; None for a missing counterpart."""

    @property
    def errors(self) -> int:
        """Total number of errors."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def length(self) -> int:
        """Number of tokens in the reference."""
        return self.substitutions + self.deletions + self.correct


@dataclass(frozen=True)
class Answer:
    """Reference and hypothesis of one utterance, words separated by spaces."""

    id: str
    reference: str
    hypothesis: str
    speaker: str = ""
    noise: str = ""
    """Name of the noise, if any."""
    snr_db: float | None = None
    """Signal-to-noise ratio in dB, if there is noise."""

    def edits(self, unit: Unit) -> Edits:
        """Aligns the texts in tokens of `unit`."""
        return _edits(self.reference, self.hypothesis, unit)


@dataclass(frozen=True)
class Recognized:
    """Hypotheses to score, of one recognizer in several conditions or of several recognizers.

    All rows have the same utterances, though not equally often.
    """

    title: str
    rows: Mapping[str, Sequence[Answer]]
    """Answers by condition (clean, 10 dB), or by system."""
    units: tuple[Unit, ...]
    """Units to count errors in, the main one first."""
    systems: bool = False
    """Whether rows are systems to compare."""
    notes: tuple[str, ...] = ()
    """Notes on the method, one line each."""
    problems: tuple[str, ...] = ()
    """Skipped or repaired items, one line each."""

    @property
    def first(self) -> Sequence[Answer]:
        """Answers of the first row."""
        return next(iter(self.rows.values()))

    @property
    def noises(self) -> dict[str, dict[str, list[Answer]]]:
        """Answers in each noise, by row."""
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
    """Number of tokens in the references."""
    interval: Interval
    """Rate in %, and its 95 % interval over speakers or utterances; see `grouping`."""

    @property
    def value(self) -> float:
        """Rate in %; above 100 if insertions outnumber correct tokens."""
        return self.interval.value


def edits(reference: Sequence[str], hypothesis: Sequence[str]) -> Edits:
    """Aligns two lists of tokens with the fewest substitutions, deletions and insertions in all.

    Each costs one (Levenshtein 1966).
    """
    pairs: list[tuple[str | None, str | None]] = []
    counts: Counter[str] = Counter()
    for change in Levenshtein.opcodes(list(reference), list(hypothesis)):
        old = reference[change.src_start : change.src_end]
        new = hypothesis[change.dest_start : change.dest_end]
        counts[change.tag] += max(len(old), len(new))
        pairs += itertools.zip_longest(old, new)  # equally long, or one is empty
    return Edits(
        counts["replace"], counts["delete"], counts["insert"], counts["equal"], tuple(pairs)
    )


def tokens(text: str, unit: Unit) -> list[str]:
    """Splits a text into words or phones, separated by spaces, or into characters."""
    parts = text.split()
    return list(" ".join(parts)) if unit == "character" else parts


def error_rate(answers: Sequence[Answer], unit: Unit) -> ErrorRate:
    """Computes errors over tokens, in %, with a 95 % bootstrap interval over `grouping`'s groups.

    Without any error the bootstrap interval would have no width. Its upper bound is then the 95 %
    bound on the share of utterances with an error (the rule of three, Hanley & Lippman-Hand 1983).
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
    """Computes the first rate minus the second, in points, by paired bootstrap.

    Uses the utterances that both have in the same noise, if any. Raises ValueError, naming the
    utterance, if their references differ.
    """
    others = {_key(answer): answer for answer in theirs}
    pairs = [(own, others[_key(own)]) for own in ours if _key(own) in others]
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
    """Returns the unit of resampling, and each answer's group.

    Speakers if all are known and there are at least `FEWEST_SPEAKERS`, else utterances. One
    utterance in several noises is one group.
    """
    speakers = [answer.speaker for answer in answers]
    if all(speakers) and len(set(speakers)) >= FEWEST_SPEAKERS:
        return "speakers", speakers
    return "utterances", [answer.id for answer in answers]


def shares(answers: Sequence[Answer], unit: Unit) -> dict[str, float]:
    """Computes each utterance's share of the rate; the mean of all is the rate in %.

    A share is the utterance's errors over the mean number of tokens. Two systems' shares of the
    same utterances can be paired; their mean difference is that of the rates.
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
    """Returns 1 for each utterance recognized without an error, 0 for the others."""
    return np.array([answer.edits(unit).errors == 0 for answer in answers], float)


def by_speaker(answers: Sequence[Answer]) -> dict[str, list[Answer]]:
    """Groups answers by speaker, in order of names; unknown speakers are left out."""
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.speaker:
            found.setdefault(answer.speaker, []).append(answer)
    return dict(sorted(found.items()))


def confusions(answers: Sequence[Answer], unit: Unit) -> list[tuple[str, str, int]]:
    """Counts confusions: reference, hypothesis and count, most frequent first."""
    return [(*pair, count) for pair, count in Counter(_confused(answers, unit)).most_common()]


def spread(answers: Sequence[Answer], count: int) -> list[Answer]:
    """Selects evenly spaced answers, so that the selection is unbiased."""
    places = np.linspace(0, len(answers) - 1, min(count, len(answers))).round().astype(int)
    return [answers[place] for place in places]


def _confused(answers: Sequence[Answer], unit: Unit) -> Iterator[tuple[str, str]]:
    for answer in answers:
        for reference, hypothesis in answer.edits(unit).pairs:
            if reference != hypothesis:
                yield reference or "", hypothesis or ""


def _key(answer: Answer) -> tuple[str, str, float | None]:
    return answer.id, answer.noise, answer.snr_db


@functools.lru_cache(maxsize=1 << 16)
def _edits(reference: str, hypothesis: str, unit: Unit) -> Edits:
    return edits(tokens(reference, unit), tokens(hypothesis, unit))
