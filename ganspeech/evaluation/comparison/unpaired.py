"""Runs that recognize without labels, beside each other: phone errors, and the score without."""

import dataclasses
from collections.abc import Sequence

from ganspeech.evaluation.comparison.runs import first_difference
from ganspeech.evaluation.held_out import held_out_of
from ganspeech.evaluation.recognition import page
from ganspeech.evaluation.recognition import table as tables
from ganspeech.evaluation.recognition.accuracy import Recognized
from ganspeech.evaluation.recognition.style import STYLE
from ganspeech.evaluation.recognition.unpaired import page as unpaired_page
from ganspeech.evaluation.recognition.unpaired import table as unpaired_table
from ganspeech.evaluation.recognition.unpaired.readings import Readings, read_run
from ganspeech.evaluation.recognition.unpaired.scored import score_readings
from ganspeech.evaluation.request import Compared, Request
from ganspeech.runs.folder import Run


def compare_unpaired(runs: Sequence[Run], request: Request) -> Compared:
    """Scores of all runs on the utterances that all hold out; errors are paired by utterance.

    Raises ValueError, naming folders, for runs without a common utterance, and for utterances of
    one id in which other phones were said.
    """
    request = dataclasses.replace(request, among=_common(runs))
    readings = [read_run(run, request) for run in runs]
    for run, own in zip(runs[1:], readings[1:]):
        if _said(own) != _said(readings[0]):
            raise ValueError(
                f"{runs[0].folder} and {run.folder} do not count the same phones of the same "
                f"utterances: {first_difference(runs[0], run, 'corpus')}"
            )
    scored = {run.name: score_readings(own) for run, own in zip(runs, readings)}
    first = next(iter(scored.values()))
    rows = {name: one.own for name, one in scored.items()}
    answers = {name: row.answers for name, row in rows.items()}
    recognized = Recognized("Read without labels", answers, ("phone",), systems=True)
    known = bool(first.own.answers)
    text = [unpaired_table.score_table(rows, first.text_nll), unpaired_table.WHAT]
    return Compared(
        "\n\n".join([*([tables.as_text(recognized)] if known else []), *text]),
        {name: unpaired_table.as_json(one) for name, one in scored.items()},
        f"{unpaired_table.summary(first)} {unpaired_table.WHAT}",
        lambda: [
            ("Scores", unpaired_page.score_table(rows, first.text_nll)),
            *(page.in_short(recognized) if known else []),
        ],
        STYLE,
    )


def _common(runs: Sequence[Run]) -> frozenset[str]:
    """Ids of the utterances that all runs hold out."""
    every = [frozenset(one.id for one in held_out_of(run, Request())) for run in runs]
    for run, own in zip(runs[1:], every[1:]):
        if not own & every[0]:
            raise ValueError(
                f"{runs[0].folder} and {run.folder} hold no utterance out in common: "
                f"{first_difference(runs[0], run, 'corpus')}"
            )
    common = frozenset.intersection(*every)
    if not common:
        raise ValueError("no utterance is held out by all runs: compare fewer of them")
    return common


def _said(readings: Readings) -> dict[str, str | None]:
    return {
        one.id: None if one.phones is None else readings.spaced(one.phones)
        for one in readings.utterances
    }
