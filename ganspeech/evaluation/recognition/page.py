"""The page of recognition: rates, and every error in its place, to read and to hear."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from ganspeech.evaluation.checkpoints import CheckpointScores
from ganspeech.evaluation.pages import figures
from ganspeech.evaluation.pages.choice import at_even_places
from ganspeech.evaluation.pages.figures import Curve
from ganspeech.evaluation.pages.intervals import Interval
from ganspeech.evaluation.pages.media import audio_uri, loudest, spectrogram_uri
from ganspeech.evaluation.pages.page import page
from ganspeech.evaluation.pages.tiles import tile
from ganspeech.evaluation.quality.metrics import Audio
from ganspeech.evaluation.quality.table import TOO_FEW, show, verdict
from ganspeech.evaluation.recognition.accuracy import (
    RATES,
    Answer,
    Recognized,
    Unit,
    by_speaker,
    confusions,
    error_rate,
    right,
)
from ganspeech.evaluation.recognition.style import LEGEND, SCRIPT, STYLE
from ganspeech.evaluation.recognition.table import differences, mark, summary

SHOWN = 48
"""Utterances with their errors marked."""
SECONDS = 300
"""Seconds of audio that a page holds at most."""
CONFUSIONS = 20
COLORS = tuple(f"--system-{i}" for i in range(6))
KINDS = {"S": "substituted", "D": "deleted", "I": "inserted"}


@dataclass(frozen=True)
class RecognitionExhibit:
    """Content of a page beside the rates and the texts."""

    rate: int = 16000
    sound: Callable[[Answer], Audio] | None = None
    """The audio as it was heard, where there is any."""
    sections: Callable[[Sequence[Answer]], list[tuple[str, str]]] | None = None
    """More sections on the utterances that the page shows: titles, and bodies in HTML."""
    checkpoints: CheckpointScores | None = None
    """Every checkpoint that is kept, if asked for."""


def render(recognized: Recognized, exhibit: RecognitionExhibit = RecognitionExhibit()) -> str:
    """The page as text: a single HTML file that needs nothing else."""
    chosen = choose(recognized)
    more = exhibit.sections([a for _, a in chosen]) if exhibit.sections else []
    sections = [
        ("Rates", _rates(recognized) + _by_noise(recognized)),
        ("Differences", difference_table(recognized)),
        *([exhibit.checkpoints.section()] if exhibit.checkpoints else []),
        ("Errors", _errors(recognized, chosen, exhibit)),
        *more,
        ("Confusions", _confusions(recognized)),
        ("Speakers", _speakers(recognized)),
        ("Notes", _notes(recognized)),
    ]
    title = recognized.title
    about = f"{summary(recognized).capitalize()}."
    return page("recognition", title, title, [about], sections, style=STYLE)


def in_short(recognized: Recognized) -> list[tuple[str, str]]:
    """Rates and errors as two sections of another page, whose style has `STYLE` in it."""
    rates = _rates(recognized) + difference_table(recognized) + _notes(recognized)
    errors = _errors(recognized, choose(recognized), RecognitionExhibit())
    return [("Heard", rates), ("Misheard", errors)]


def choose(recognized: Recognized, count: int = SHOWN) -> list[tuple[str, Answer]]:
    """Rows and answers to show: errors first, an equal part of each row, evenly over its errors."""
    unit, each = recognized.units[0], max(count // len(recognized.rows), 1)
    chosen: list[tuple[str, Answer]] = []
    for row, answers in recognized.rows.items():
        wrong = [answer for answer in answers if answer.edits(unit).errors]
        rest = [answer for answer in answers if not answer.edits(unit).errors]
        picked = at_even_places(wrong, each)
        picked += at_even_places(rest, each - len(picked))
        chosen += [(row, answer) for answer in picked]
    return sorted(chosen[:count], key=lambda pair: pair[1].edits(unit).errors == 0)


def _rates(recognized: Recognized) -> str:
    unit, *others = recognized.units
    heads = [RATES[unit], "Substituted", "Deleted", "Inserted", f"Of {unit}s"]
    heads += [*(RATES[other] for other in others), "Utterances right"]
    body = ""
    for name, answers in recognized.rows.items():
        rate = error_rate(answers, unit)
        counts = (rate.substitutions, rate.deletions, rate.insertions, rate.length)
        cells = rate_cell(rate.interval) + "".join(f"<td>{count}</td>" for count in counts)
        cells += "".join(rate_cell(error_rate(answers, other).interval) for other in others)
        cells += f"<td>{100 * right(answers, unit).mean():.1f} %</td>"
        body += f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'
    return wide_table(["", *heads], body)


def _by_noise(recognized: Recognized) -> str:
    """How each noise harms: a table, and a curve over the rows."""
    unit, noises = recognized.units[0], recognized.noises
    names = [row for row in recognized.rows if any(row in by_row for by_row in noises.values())]
    if not names:
        return ""
    body, lines = "", {}
    for noise, by_row in noises.items():
        rates = [error_rate(by_row[row], unit).interval for row in names]
        body += f'<tr><th scope="row">{escape(noise)}</th>{"".join(map(rate_cell, rates))}</tr>'
        snrs = [float(by_row[row][0].snr_db or 0) for row in names]
        lines[noise] = (snrs, [rate.value for rate in rates])
    drawn = figures.curves(Curve(RATES[unit], lines, x_label="dB"), COLORS)
    figure = (
        f"<div class='figures'><figure class='chart'><figcaption>{RATES[unit]} over the SNR, %"
        f"</figcaption>{drawn}</figure></div>"
    )
    table = wide_table([f"{RATES[unit]} by noise", *names], body)
    return table + (figure if drawn and len(names) > 1 else "")


def _errors(
    recognized: Recognized, chosen: Sequence[tuple[str, Answer]], exhibit: RecognitionExhibit
) -> str:
    unit = recognized.units[0]
    rows = "".join(f"<option>{escape(row)}</option>" for row in recognized.rows)
    kinds = "".join(f'<option value="{letter}">{kind}</option>' for letter, kind in KINDS.items())
    filters = (
        '<div class="filters"><label>Show <select id="row"><option value="">all rows</option>'
        f'{rows}</select></label><label>with <select id="kind"><option value="">anything</option>'
        f"{kinds}</select></label><output></output></div>"
    )
    wrong = sum(a.edits(unit).errors > 0 for own in recognized.rows.values() for a in own)
    total = sum(map(len, recognized.rows.values()))
    hint = (
        f"{wrong} of {total} utterances have an error. Shown are {len(chosen)}: an equal part of "
        "each row, and of a row those with errors first, evenly over all of them."
    )
    left = SECONDS * exhibit.rate
    articles = ""
    for row, answer in chosen:
        played = ""
        if exhibit.sound is not None:
            audio = exhibit.sound(answer)
            left -= len(audio)
            if left >= 0:
                played = player(answer, audio, exhibit.rate)
        articles += _article(row, answer, unit, played)
    return (
        f"<p class='hint'>{hint}</p>{LEGEND}{filters}<div class='all'>{articles}</div>"
        f"<script>{SCRIPT}</script>"
    )


def _article(row: str, answer: Answer, unit: Unit, played: str) -> str:
    found = answer.edits(unit)
    letters = "".join(sorted({mark(*pair) for pair in found.pairs}))
    where = " · ".join(filter(None, (row, answer.noise, answer.speaker, answer.id)))
    rate = f"{found.errors} of {found.length} wrong" if found.errors else "right"
    return (
        f'<article class="sentence heard" data-row="{escape(row)}" data-kinds="{letters}">'
        f"<h3><small>{escape(where)}</small><small class='outcome'>{rate}</small></h3>"
        f"{played}{aligned(answer, unit)}</article>"
    )


def aligned(answer: Answer, unit: Unit) -> str:
    """What was said over what was heard, token by token."""
    body = "".join(_pair(said, heard) for said, heard in answer.edits(unit).pairs)
    return f'<p class="aligned">{body}</p>'


def _pair(said: str | None, heard: str | None) -> str:
    """One token over the other; what is right is there once."""
    kind = mark(said, heard)
    if not kind:
        return f"<span class='pair'><b>{escape(said or '')}</b></span>"
    return (
        f'<span class="pair {kind}" title="{KINDS[kind]}"><b>{escape(said or "·")}</b>'
        f"<i>{escape(heard or '·')}</i><kbd>{kind}</kbd></span>"
    )


def player(answer: Answer, audio: Audio, rate: int) -> str:
    """The audio as it was heard, with its spectrogram."""
    return tile(
        answer.id,
        spectrogram_uri(audio, rate, loudest(audio, rate)),
        audio_uri(audio, rate),
        COLORS[1],
        alt="Spectrogram as heard",
        caption=False,
    )


def difference_table(recognized: Recognized) -> str:
    """Each pair of systems; nothing where rows are none."""
    rows = ""
    for ours, theirs, unit, d in differences(recognized):
        kind = {"+": "better", "-": "worse", "=": "not"}[verdict(d, higher_is_better=False)]
        certainty = "<td></td><td></td>"
        if not d.too_few:
            certainty = f"<td>{d.low:+.1f} … {d.high:+.1f}</td><td>{d.p:.4f}</td>"
        word = TOO_FEW if d.too_few else "not certain" if kind == "not" else kind
        rows += (
            f'<tr class="{kind}"><td>{escape(ours)} − {escape(theirs)}</td><td>{RATES[unit]}</td>'
            f"<td>{d.value:+.1f}</td>{certainty}<td>{word}</td></tr>"
        )
    heads = ["Systems", "Rate", "Difference, points", "95 % interval", "p", "The first is"]
    return wide_table(heads, rows, "pairs") if rows else ""


def _confusions(recognized: Recognized) -> str:
    unit, body = recognized.units[0], ""
    for name, answers in recognized.rows.items():
        found = confusions(answers, unit)[:CONFUSIONS]
        told = "".join(
            f"<li>{escape(said or '(nothing)')} → {escape(heard or '(nothing)')}"
            f" <small>{count} ×</small></li>"
            for said, heard, count in found
        )
        if told:
            body += f"<article class='sentence'><h3>{escape(name)}</h3><ul>{told}</ul></article>"
    hint = "What was said, and what was heard instead, the most frequent first."
    return f"<p class='hint'>{hint}</p><div class='confusions'>{body}</div>" if body else ""


def _speakers(recognized: Recognized) -> str:
    unit = recognized.units[0]
    rates = {
        row: {speaker: error_rate(own, unit) for speaker, own in by_speaker(answers).items()}
        for row, answers in recognized.rows.items()
    }
    speakers = list(next(iter(rates.values())))
    if len(speakers) < 2:
        return ""
    body = ""
    for speaker in speakers:
        cells = "".join(f"<td>{show(of[speaker].value, 1)}</td>" for of in rates.values())
        body += f'<tr><th scope="row">{escape(speaker)}</th>{cells}</tr>'
    return wide_table([f"{RATES[unit]}, %", *recognized.rows], body)


def _notes(recognized: Recognized) -> str:
    groups = [
        ("How it was made", recognized.notes),
        ("Left out or mended", recognized.problems),
    ]
    return "".join(
        f"<details open><summary>{title}</summary><ul>"
        f"{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul></details>"
        for title, lines in groups
        if lines
    )


def wide_table(heads: Sequence[str], body: str, kind: str = "") -> str:
    """A table that scrolls by itself: plain heads, and rows in HTML."""
    first, *others = heads
    cells = "".join(f'<th scope="col">{escape(head)}</th>' for head in others)
    top = f"<th>{escape(first)}</th>" if first else "<td></td>"
    return (
        f'<div class="wide"><table class="{kind}"><thead><tr>{top}{cells}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def rate_cell(found: Interval) -> str:
    """A rate in %, with its interval."""
    low, high = show(found.low, 1), show(found.high, 1)
    bounds = f"<small>{low} – {high}</small>" if low != "-" else ""
    return f"<td>{show(found.value, 1)} %{bounds}</td>"
