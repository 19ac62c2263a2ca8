"""All scores of a run of recognition without labels, beside baselines that take no training."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ganspeech.evaluation.recognition.accuracy import Answer, ErrorRate, error_rate
from ganspeech.evaluation.recognition.unpaired.boundaries import BoundaryRow, boundary_rows
from ganspeech.evaluation.recognition.unpaired.diagnosis import Diagnosis, diagnose
from ganspeech.evaluation.recognition.unpaired.probe import probe
from ganspeech.evaluation.recognition.unpaired.readings import Readings, Rows, baselines
from ganspeech.evaluation.recognition.unpaired.score import (
    UnsupervisedScore,
    language_of,
    text_nll,
    unsupervised_score,
)

READ = "read"
"""Name of the run's own row."""


@dataclass(frozen=True)
class ScoredRow:
    """What a run, or a baseline, reads in the utterances."""

    score: UnsupervisedScore
    answers: Sequence[Answer]
    """What was said beside it, of utterances whose phones are known."""

    @property
    def errors(self) -> ErrorRate | None:
        """Phone errors with their interval; None where nothing is known."""
        return error_rate(self.answers, "phone") if self.answers else None


@dataclass(frozen=True)
class Scored:
    """Scores of a run, ready to be shown."""

    readings: Readings
    rows: Mapping[str, ScoredRow]
    """The run's own, named `READ`, and baselines."""
    text_nll: float
    """Likelihood of the text itself."""
    boundaries: Mapping[str, BoundaryRow]
    """Scores of boundaries, the run's own and a baseline's; empty where nothing is known."""

    @functools.cached_property
    def diagnoses(self) -> Sequence[Diagnosis]:
        """Each known failure, found or not."""
        return diagnose(
            self.readings,
            self.own.score,
            text_nll=self.text_nll,
            random_nll=self.rows["unigram"].score.nll,
            probed=probe(self.readings),
        )

    @property
    def own(self) -> ScoredRow:
        """The run's row."""
        return self.rows[READ]


def score_readings(readings: Readings) -> Scored:
    """Scores what was read."""
    language = language_of(readings)

    def row(read: Rows) -> ScoredRow:
        return ScoredRow(unsupervised_score(readings, read, language), readings.answers(read))

    rows = {READ: row(readings.read)}
    rows |= {name: row(read) for name, read in baselines(readings).items()}
    return Scored(readings, rows, text_nll(readings), boundary_rows(readings))
