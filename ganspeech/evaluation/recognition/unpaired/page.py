"""The page of recognition without labels: scores, what went wrong, and what was read."""

from collections.abc import Callable, Mapping
from html import escape

import numpy as np

from ganspeech.evaluation.pages.choice import at_even_places
from ganspeech.evaluation.pages.media import color_uri
from ganspeech.evaluation.pages.page import page
from ganspeech.evaluation.quality.table import show
from ganspeech.evaluation.recognition.page import aligned, rate_cell, wide_table
from ganspeech.evaluation.recognition.style import LEGEND, STYLE
from ganspeech.evaluation.recognition.unpaired import drawings
from ganspeech.evaluation.recognition.unpaired.readings import Readings
from ganspeech.evaluation.recognition.unpaired.scored import Scored, ScoredRow
from ganspeech.evaluation.recognition.unpaired.table import (
    BOUNDARY_HEADS,
    HEADS,
    WHAT,
    boundary_cells,
    summary,
)

SHOWN = 24
"""Utterances with their errors marked."""
PICTURES = 3
"""Utterances whose probabilities are drawn."""
OWN_STYLE = """
.confused{max-width:54rem;background:var(--card);border:1px solid var(--line);border-radius:14px}
.confused text{font-size:9px}
.confused .right{fill:var(--good)}.confused .wrong{fill:var(--bad)}
.failure{border-left:5px solid var(--good)}.failure.found{border-left-color:var(--bad)}
.failure.found h3{color:var(--bad)}
"""
OF_FIGURES = (
    "How each known failure was looked for. The red ones were found; what to change is in bold."
)
OF_CONFUSIONS = (
    "Each row is a phone that was said, the most frequent above, and each column one that was read "
    "for it; rows are shares. Aligned by the fewest edits, with · for nothing."
)
OF_PROBABILITIES = "Features above, and the probabilities of all phones below, silence at the foot."


def render(scored: Scored) -> str:
    """The page as text: a single HTML file that needs nothing else."""
    readings = scored.readings
    sections = [
        ("Scores", score_table(scored.rows, scored.text_nll)),
        ("Boundaries", _boundaries(scored)),
        ("Diagnosis", _diagnosis(scored)),
        ("Confusions", _confusions(scored)),
        ("Utterances", _utterances(scored)),
        ("Probabilities", _probabilities(readings)),
        ("Notes", _notes(readings)),
    ]
    title = readings.title
    introduction = [summary(scored), WHAT]
    kind = "recognition without labels"
    return page(kind, title, title, introduction, sections, style=STYLE + OWN_STYLE)


def score_table(rows: Mapping[str, ScoredRow], text_nll: float) -> str:
    """Rows of scores, and the likelihood of the text itself, in HTML."""
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{_cells(row)}</tr>' for name, row in rows.items()
    )
    empty = "<td></td>"
    body += f'<tr><th scope="row">text</th>{4 * empty}<td>{show(text_nll, 2)}</td>{2 * empty}</tr>'
    return wide_table(["", *HEADS], body)


def _cells(row: ScoredRow) -> str:
    errors, score = row.errors, row.score
    cells = "<td>-</td>" * 4
    if errors:
        counts = (errors.substitutions, errors.deletions, errors.insertions)
        cells = rate_cell(errors.interval) + "".join(f"<td>{count}</td>" for count in counts)
    collapsed = "<small><em>collapsed</em></small>" * score.collapsed
    return (
        f"{cells}<td>{show(score.nll, 2)}</td><td>{show(100 * score.phones_used, 1)}{collapsed}"
        f"</td><td>{show(score.unsupervised, 2)}</td>"
    )


def _boundaries(scored: Scored) -> str:
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        f"{''.join(f'<td>{cell}</td>' for cell in boundary_cells(row))}</tr>"
        for name, row in scored.boundaries.items()
    )
    return wide_table(["", *BOUNDARY_HEADS], body) if body else ""


def _diagnosis(scored: Scored) -> str:
    readings = scored.readings
    # One picture for each failure, where there is something to see.
    drawn: Mapping[str, Callable[[Readings], str]] = {
        "mode collapse": drawings.phones,
        "length mismatch": drawings.lengths,
        "inventory or language-model mismatch": drawings.differing,
        "features without phonetic content": drawings.apart,
    }
    body = ""
    for one in scored.diagnoses:
        remedy = f" <b>{_sentence(one.remedy)}.</b>" if one.found else ""
        figure = drawn[one.name](readings) if one.name in drawn else ""
        body += (
            f'<article class="sentence failure{" found" * one.found}"><h3>'
            f"{_sentence(one.title)}</h3><p>{_sentence(one.figures)}.{remedy}</p>"
            f"{figure}</article>"
        )
    return f"<p class='hint'>{OF_FIGURES}</p>{body}"


def _sentence(text: str) -> str:
    return escape(text[:1].upper() + text[1:])


def _confusions(scored: Scored) -> str:
    drawn = drawings.confusions(scored.readings, scored.own.answers)
    return f"<p class='hint'>{OF_CONFUSIONS}</p>{drawn}" if drawn else ""


def _utterances(scored: Scored) -> str:
    shown = at_even_places(scored.own.answers, SHOWN)
    articles = ""
    for answer in shown:
        found = answer.edits("phone")
        articles += (
            f'<article class="sentence heard"><h3><small>{escape(answer.id)}</small>'
            f"<small class='outcome'>{found.errors} of {found.length} wrong</small></h3>"
            f"{aligned(answer, 'phone')}</article>"
        )
    if articles:
        return f"{LEGEND}<div class='all'>{articles}</div>"
    readings = scored.readings
    rows = at_even_places(list(zip(readings.utterances, readings.read)), SHOWN)
    return "".join(
        f'<article class="sentence"><h3><small>{escape(one.id)}</small></h3>'
        f"<p>{escape(readings.spaced(row))}</p></article>"
        for one, row in rows
    )


def _probabilities(readings: Readings) -> str:
    # Matplotlib is slow to import, and only pages draw.
    from ganspeech.tasks.pictures import picture_of_probabilities

    places = at_even_places(range(len(readings.utterances)), PICTURES)
    body = ""
    for place in places:
        one, steps = readings.utterances[place], readings.steps[place]
        image = picture_of_probabilities(one.features, np.exp(steps), one.id)
        alt = f"Features of {escape(one.id)}, and probabilities of phones"
        body += f'<img class="drawn" alt="{alt}" src="{color_uri(image)}">'
    return f"<p class='hint'>{OF_PROBABILITIES}</p>{body}"


def _notes(readings: Readings) -> str:
    lines = (*readings.notes, *readings.problems)
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>" if lines else ""
