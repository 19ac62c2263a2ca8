"""Runs that recognize, beside each other: error rates by condition, and what each run heard."""

import itertools
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from ganspeech.evaluation.comparison.runs import among_common, unlike_inputs
from ganspeech.evaluation.pages import figures
from ganspeech.evaluation.pages.choice import at_even_places
from ganspeech.evaluation.pages.figures import Curve
from ganspeech.evaluation.quality.table import TOO_FEW, columns, show, verdict
from ganspeech.evaluation.recognition import page
from ganspeech.evaluation.recognition import table as tables
from ganspeech.evaluation.recognition.accuracy import (
    RATES,
    Answer,
    Recognized,
    error_rate,
)
from ganspeech.evaluation.recognition.page import RecognitionExhibit
from ganspeech.evaluation.recognition.style import LEGEND, STYLE
from ganspeech.evaluation.recognition.systems import recognized_by_run
from ganspeech.evaluation.request import Compared, Request
from ganspeech.runs.folder import Run

SHOWN = 24
"""Utterances with what each run heard."""
OWN_STYLE = """
.by{margin:.7rem 0 .1rem;color:var(--color);font-weight:600}
#differences h3{margin:1.4rem 0 .5rem}
"""


def compare_recognition(runs: Sequence[Run], request: Request) -> Compared:
    """Error rates of all runs on the utterances that all hold out, clean and in unseen noises.

    Differences are paired by utterance. Raises ValueError as `among_common` does, and for runs that
    count other words or hear other noises.
    """
    request, notes = among_common(runs, request)
    heard = [recognized_by_run(run, request) for run in runs]
    conditions = _by_condition(runs, heard)
    told = [*notes, *(note for recognized, _ in heard for note in recognized.notes)]
    for run, (recognized, _) in zip(runs, heard):
        if more := [name for name in recognized.rows if name not in conditions]:
            told.append(f"{run.name} alone was heard at {', '.join(more)}, which is left out.")
    first = next(iter(conditions.values()))
    return Compared(
        "\n\n".join([_as_text(conditions), *dict.fromkeys(told)]),
        {name: tables.as_json(recognized) for name, recognized in conditions.items()},
        f"{tables.summary(first).capitalize()}.",
        lambda: _sections(conditions, heard[0][1]),
        STYLE + OWN_STYLE,
    )


def _by_condition(
    runs: Sequence[Run], heard: Sequence[tuple[Recognized, RecognitionExhibit]]
) -> dict[str, Recognized]:
    """Of each condition that all runs have, the answers of all, to the same sounds."""
    first, exhibit = heard[0]
    common = [name for name in first.rows if all(name in own.rows for own, _ in heard)]
    conditions = {}
    for run, (own, other) in zip(runs, heard):
        if own.units != first.units or _said(own) != _said(first):
            raise ValueError(
                f"{runs[0].folder} and {run.folder} do not count the same words of the same "
                "utterances: compare runs of one task.vocabulary"
            )
        for name in common:
            answers, theirs = own.rows[name], first.rows[name]
            if [(a.id, a.noise) for a in answers] != [(a.id, a.noise) for a in theirs]:
                raise unlike_inputs(runs[0], run)
            assert exhibit.sound and other.sound  # runs have their recordings
            # Noises of one name may come from different folders.
            if answers and not np.array_equal(exhibit.sound(answers[0]), other.sound(answers[0])):
                raise unlike_inputs(runs[0], run)
    for name in common:
        rows = {run.name: own.rows[name] for run, (own, _) in zip(runs, heard)}
        conditions[name] = Recognized(name, rows, first.units, systems=True)
    return conditions


def _said(recognized: Recognized) -> list[tuple[str, str]]:
    return sorted((answer.id, answer.reference) for answer in recognized.first)


def _as_text(conditions: Mapping[str, Recognized]) -> str:
    first = next(iter(conditions.values()))
    rates, pairs = [["", *first.rows]], [["", *_pairs(first)]]
    for name, recognized in conditions.items():
        for unit in recognized.units:
            cells = [tables.rate_of(answers, unit) for answers in recognized.rows.values()]
            rates.append([f"{RATES[unit]} % {name}", *cells])
            found = [d for _, _, counted, d in tables.differences(recognized) if counted == unit]
            marks = [
                f"{verdict(d, False)} {tables.cell(d)} "
                f"{f'({TOO_FEW})' if d.too_few else f'p {show(d.p, 4)}'}"
                for d in found
            ]
            pairs.append([f"{RATES[unit]} {name}", *marks])
    head = "Differences, points [95 % paired bootstrap interval]: + better, - worse, = not certain"
    return "\n\n".join([tables.summary(first), columns(rates), head, columns(pairs)])


def _pairs(recognized: Recognized) -> list[str]:
    return [f"{ours} - {theirs}" for ours, theirs in itertools.combinations(recognized.rows, 2)]


def _sections(
    conditions: Mapping[str, Recognized], exhibit: RecognitionExhibit
) -> list[tuple[str, str]]:
    differences = "".join(
        f"<h3>{escape(name)}</h3>{page.difference_table(recognized)}"
        for name, recognized in conditions.items()
    )
    return [
        ("Rates", _rates(conditions)),
        ("Differences", differences),
        ("Utterances", _utterances(conditions, exhibit)),
    ]


def _rates(conditions: Mapping[str, Recognized]) -> str:
    """A table of all conditions, and a curve over those in noise."""
    first = next(iter(conditions.values()))
    body = ""
    for name, recognized in conditions.items():
        for unit in recognized.units:
            found = (error_rate(answers, unit).interval for answers in recognized.rows.values())
            title = f"{RATES[unit]} <small>↓ {escape(name)}</small>"
            cells = "".join(map(page.rate_cell, found))
            body += f'<tr><th scope="row">{title}</th>{cells}</tr>'
    noisy = [one for one in conditions.values() if one.first and one.first[0].snr_db is not None]
    snrs = [float(one.first[0].snr_db or 0) for one in noisy]
    unit = first.units[0]
    lines = {
        run: (snrs, [error_rate(one.rows[run], unit).value for one in noisy]) for run in first.rows
    }
    drawn = figures.curves(Curve(RATES[unit], lines, x_label="dB"), page.COLORS)
    figure = figures.chart(f"{RATES[unit]} over the SNR, %", drawn if len(noisy) > 1 else "")
    table = page.wide_table(["", *first.rows], body)
    return table + (f"<div class='figures'>{figure}</div>" if figure else "")


def _utterances(conditions: Mapping[str, Recognized], exhibit: RecognitionExhibit) -> str:
    """Utterances that some run heard wrongly, those that runs hear differently first."""
    unit = next(iter(conditions.values())).units[0]
    different: list[tuple[str, dict[str, Answer]]] = []
    alike: list[tuple[str, dict[str, Answer]]] = []
    for name, recognized in conditions.items():
        for answers in zip(*recognized.rows.values()):
            by_run = dict(zip(recognized.rows, answers))
            if len({answer.hypothesis for answer in answers}) > 1:
                different.append((name, by_run))
            elif answers[0].edits(unit).errors:
                alike.append((name, by_run))
    shown = at_even_places(different, SHOWN)
    shown += at_even_places(alike, SHOWN - len(shown))
    hint = (
        f"The runs hear {len(different)} utterances differently, and {len(alike)} alike but "
        f"wrongly. Shown are {len(shown)}, evenly over all conditions, differing ones first."
    )
    body, left = "", page.SECONDS * exhibit.rate
    for name, by_run in shown:
        answer = next(iter(by_run.values()))
        played = ""
        if exhibit.sound is not None:
            audio = exhibit.sound(answer)
            left -= len(audio)
            played = page.player(answer, audio, exhibit.rate) if left >= 0 else ""
        heard = "".join(
            f'<p class="by" style="--color:var({color})">{escape(run)}</p>{page.aligned(own, unit)}'
            for (run, own), color in zip(by_run.items(), itertools.cycle(page.COLORS))
        )
        where = " · ".join(filter(None, (name, answer.noise, answer.speaker, answer.id)))
        body += (
            f'<article class="sentence heard"><h3><small>{escape(where)}</small></h3>'
            f"{played}{heard}</article>"
        )
    return f"<p class='hint'>{hint}</p>{LEGEND}<div class='all'>{body}</div>"
