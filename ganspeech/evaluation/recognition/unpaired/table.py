"""Scores of recognition without labels: plain text for the terminal, and JSON."""

from collections.abc import Mapping
from typing import Any

from ganspeech.evaluation.pages.choice import at_even_places
from ganspeech.evaluation.quality.table import columns, null_for_nan, show
from ganspeech.evaluation.recognition.table import cell, rate_json, side_by_side
from ganspeech.evaluation.recognition.unpaired.boundaries import BoundaryRow
from ganspeech.evaluation.recognition.unpaired.scored import Scored, ScoredRow

SHOWN = 4
"""Utterances that the text shows; JSON has all."""
HEADS = ("PER %", "S", "D", "I", "NLL", "phones used %", "unsupervised")
BOUNDARY_HEADS = (
    "precision %",
    "recall %",
    "boundary F1 %",
    "F1 within a frame %",
    "R-value",
)
WHAT = (
    "PER: phone errors in % of what was said [95 % bootstrap interval over utterances]. "
    "NLL: nats a phone under a 4-gram model of the text. Unsupervised: NLL - log(share of phones "
    "used), by which members are selected without labels. Lower is better; baselines take no "
    "training."
)


def as_text(scored: Scored) -> str:
    """Some utterances, the rates, and what is wrong, a line each."""
    shown = at_even_places(scored.own.answers, SHOWN)
    lines = [line for answer in shown for line in (answer.id, *side_by_side(answer, "phone"))]
    parts = [
        "\n".join(lines),
        scored.readings.title,
        score_table(scored.rows, scored.text_nll),
        boundary_table(scored.boundaries),
        summary(scored),
        WHAT,
        "\n".join(one.line() for one in scored.diagnoses),
        "\n".join(scored.readings.notes),
        "\n".join(scored.readings.problems),
    ]
    return "\n\n".join(filter(None, parts))


def score_table(rows: Mapping[str, ScoredRow], text_nll: float) -> str:
    """Rows of scores, and the likelihood of the text itself, in columns."""
    lines = [["", *HEADS], *([name, *_cells(row)] for name, row in rows.items())]
    return columns([*lines, ["text", "", "", "", "", show(text_nll, 2), "", ""]])


def boundary_table(rows: Mapping[str, BoundaryRow]) -> str:
    """Rows of scores of boundaries, in columns; empty without any."""
    lines = [["", *BOUNDARY_HEADS], *([name, *boundary_cells(row)] for name, row in rows.items())]
    return columns(lines) if rows else ""


def boundary_cells(row: BoundaryRow) -> list[str]:
    """Scores in the order of `BOUNDARY_HEADS`."""
    shares = (row.exact.precision, row.exact.recall, row.exact.f1, row.near.f1)
    return [*(show(100 * share, 1) for share in shares), show(row.exact.r_value, 2)]


def summary(scored: Scored) -> str:
    """How much was read, and how much of it can be compared."""
    count, known = len(scored.readings.utterances), len(scored.own.answers)
    about = f"{count} utterance{'s' * (count != 1)} held out"
    if not known:
        return f"{about}, none with known phones: there are no error rates."
    return f"{about}, {known} with known phones."


def as_json(scored: Scored) -> dict[str, Any]:
    """Everything, each utterance's phones too, as plain JSON values."""
    readings, nll = scored.readings, scored.own.score.nll_of
    known = {answer.id: answer for answer in scored.own.answers}
    return null_for_nan(
        {
            "title": readings.title,
            "phones": list(readings.phones),
            "rows": {name: _row_json(row) for name, row in scored.rows.items()},
            "text_nll": scored.text_nll,
            "boundaries": {
                name: {"exact": row.exact._asdict(), "within_a_frame": row.near._asdict()}
                for name, row in scored.boundaries.items()
            },
            "diagnoses": [
                {
                    "name": one.name,
                    "found": one.found,
                    "judged": one.judged,
                    "figures": one.figures,
                    "remedy": one.remedy,
                }
                for one in scored.diagnoses
            ],
            "utterances": [
                {
                    "id": one.id,
                    "said": known[one.id].reference if one.id in known else None,
                    "read": readings.spaced(row),
                    "errors": known[one.id].edits("phone").errors if one.id in known else None,
                    "nll": nll[one.id],
                }
                for one, row in zip(readings.utterances, readings.read)
            ],
            "notes": list(readings.notes),
            "problems": list(readings.problems),
        }
    )


def _cells(row: ScoredRow) -> list[str]:
    errors, score = row.errors, row.score
    counts = ["-"] * 4
    if errors:
        counts = [
            cell(errors.interval),
            *map(str, (errors.substitutions, errors.deletions, errors.insertions)),
        ]
    collapsed = " (collapsed)" * score.collapsed
    return [
        *counts,
        show(score.nll, 2),
        show(100 * score.phones_used, 1) + collapsed,
        show(score.unsupervised, 2),
    ]


def _row_json(row: ScoredRow) -> dict[str, Any]:
    return {
        "per": rate_json(row.errors) if row.errors else None,
        "nll": row.score.nll,
        "phones_used": row.score.phones_used,
        "unsupervised": row.score.unsupervised,
        "collapsed": row.score.collapsed,
    }
