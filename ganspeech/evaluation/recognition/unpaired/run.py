"""A run of recognition without labels: its scores, as a report and as an outcome."""

import math

import numpy as np

from ganspeech.evaluation.recognition.accuracy import shares
from ganspeech.evaluation.recognition.unpaired import page, table
from ganspeech.evaluation.recognition.unpaired.boundaries import JOINED
from ganspeech.evaluation.recognition.unpaired.readings import read_run
from ganspeech.evaluation.recognition.unpaired.scored import READ, ScoredRow, score_readings
from ganspeech.evaluation.request import Measure, Outcome, Report, Request
from ganspeech.runs.folder import Run

METRICS = {
    "per": ("PER", "%", 1, False),
    "unsupervised": ("Unsupervised score", "nats", 2, False),
    "nll": ("NLL under the text", "nats", 2, False),
    "phones_used": ("Phones used", "%", 1, True),
    "boundary_f1": ("Boundary F1", "%", 1, True),
}
"""Label, unit, digits, and whether higher is better, of each metric."""


def unpaired_report(run: Run, request: Request) -> Report:
    """Report on what a run reads in held-out utterances."""
    scored = score_readings(read_run(run, request))
    return Report(table.as_text(scored), table.as_json(scored), lambda: page.render(scored))


def unpaired_outcome(run: Run, request: Request) -> Outcome:
    """Scores of a run on held-out utterances, by which errors and likelihoods pair.

    Without known phones there is no error rate; a score that is not finite is left out.
    """
    scored = score_readings(read_run(run, request))
    units = {"nll": scored.own.score.nll_of}
    if scored.own.answers:
        units["per"] = shares(scored.own.answers, "phone")
    values = _values(scored.own)
    if scored.boundaries:
        values["boundary_f1"] = 100 * scored.boundaries[JOINED].exact.f1
    baselines = {name: _values(row) for name, row in scored.rows.items() if name != READ}
    return Outcome(
        {name: Measure(*METRICS[name], value) for name, value in values.items()},
        units,
        references=baselines if request.baseline else {},
    )


def _values(row: ScoredRow) -> dict[str, float]:
    found = {
        "per": float(np.mean(list(shares(row.answers, "phone").values() or [math.nan]))),
        "unsupervised": row.score.unsupervised,
        "nll": row.score.nll,
        "phones_used": 100 * row.score.phones_used,
    }
    return {name: value for name, value in found.items() if math.isfinite(value)}
