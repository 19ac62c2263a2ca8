"""The page one listens to: a single HTML file that needs nothing else, on paper or in the dark."""

from collections.abc import Sequence
from html import escape

import numpy as np

from ganspeech.evaluation.pages import figures, tiles
from ganspeech.evaluation.pages.choice import at_even_places
from ganspeech.evaluation.pages.figures import Curve
from ganspeech.evaluation.pages.intervals import Difference, Interval, interval, paired_difference
from ganspeech.evaluation.pages.media import color_uri
from ganspeech.evaluation.pages.page import page
from ganspeech.evaluation.quality.material import Material
from ganspeech.evaluation.quality.metrics import Metric
from ganspeech.evaluation.quality.scores import GRIFFIN_LIM, RECORDING, Facts, Scores
from ganspeech.evaluation.quality.table import (
    TOO_FEW,
    differences,
    show,
    show_count,
    speed,
    verdict,
)

SENTENCES = 8
"""To listen to; from the best to the worst, so that the choice flatters no one."""
COLORS = tuple(f"--system-{i}" for i in range(6))


def render(
    scores: Scores,
    material: Material,
    *,
    sentences: int = SENTENCES,
    more: Sequence[tuple[str, str]] = (),
    style: str = "",
) -> str:
    """The page as text: audio, spectrograms, scores, figures, differences and what went wrong.

    `more` are sections, titles and bodies in HTML, and `style` is CSS for them.
    """
    title, shown = material.title, sections(scores, material, sentences=sentences, more=more)
    return page("speech quality", title, title, [summary(scores)], shown, style=style)


def sections(
    scores: Scores,
    material: Material,
    *,
    sentences: int = SENTENCES,
    more: Sequence[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """Titles and bodies of its sections."""
    return [
        ("Listen", _listening(scores, material, chosen(scores, sentences))),
        ("Scores", _score_table(scores) + _score_figures(scores)),
        ("Differences", _difference_table(scores)),
        *more,
        ("Training", _training(material.curves)),
        ("Notes", _notes(scores, material)),
    ]


def summary(scores: Scores) -> str:
    """How much was scored, and what intervals are over."""
    count = len(scores.sentences)
    return (
        f"{count} sentence{'s' * (count != 1)} at {scores.rate / 1000:g} kHz. Intervals are 95 % "
        "bootstrap intervals over sentences; a bold value is better than all others with that "
        "certainty."
    )


def chosen(scores: Scores, count: int) -> list[str]:
    """Sentences at even ranks of the first system's first metric, the best one first."""
    if not scores.metrics:
        return list(scores.sentences[:count])
    metric = scores.metrics[0]
    values = scores.of(scores.compared[0], metric) * (1 if metric.higher_is_better else -1)
    ranked = [scores.sentences[i] for i in np.argsort(-np.nan_to_num(values, nan=-np.inf))]
    return at_even_places(ranked, count)


def _color(scores: Scores, name: str) -> str:
    if name == RECORDING:
        return "--recording"
    others = [system for system in scores.compared if system != GRIFFIN_LIM]
    return "--baseline" if name == GRIFFIN_LIM else COLORS[others.index(name) % len(COLORS)]


def _listening(scores: Scores, material: Material, sentences: list[str]) -> str:
    return tiles.KEYS + "".join(_sentence(scores, material, sentence) for sentence in sentences)


def _sentence(scores: Scores, material: Material, sentence: str) -> str:
    made = {RECORDING: material.reference[sentence]}
    for name in scores.compared:
        if sentence in material.systems[name]:
            made[name] = material.systems[name][sentence]
    shown = [
        tiles.Version(
            name, np.nan_to_num(audio), _color(scores, name), _chips(scores, name, sentence)
        )
        for name, audio in made.items()
    ]
    text = material.texts.get(sentence, "")
    name = ", ".join(filter(None, (sentence, material.conditions.get(sentence))))
    title = f"<q>{escape(text)}</q><small>{escape(name)}</small>" if text else escape(name)
    return tiles.versions(title, shown, scores.rate, _pictures(material, sentence))


def _pictures(material: Material, sentence: str) -> str:
    if material.pictures is None:
        return ""
    return "".join(
        f'<details><summary>{escape(caption)}</summary><img class="drawn" alt="{escape(caption)}" '
        f'src="{color_uri(image)}"></details>'
        for caption, image in material.pictures(sentence).items()
    )


def _chips(scores: Scores, name: str, sentence: str) -> str:
    i, chips = scores.sentences.index(sentence), []
    for metric in scores.metrics:
        if metric.name in ("pesq", "dnsmos") and name in scores.systems:
            value = scores.of(name, metric)[i]
            if np.isfinite(value):
                chips.append(f"<span>{metric.label.split()[0]} {show(value, metric.digits)}</span>")
    return "".join(chips)


def _score_table(scores: Scores) -> str:
    head = "".join(
        f'<th scope="col" style="--color:var({_color(scores, name)})"><i></i>{escape(name)}</th>'
        for name in scores.systems
    )
    rows = []
    for metric in scores.metrics:
        found = {name: interval(scores.of(name, metric)) for name in scores.systems}
        best = _best(scores, metric)
        count = len(scores.sentences)
        cells = "".join(_cell(found[n], metric.digits, n == best, count) for n in found)
        rows.append(f'<tr><th scope="row">{_metric_name(metric)}</th>{cells}</tr>')
    facts = [scores.facts.get(name, Facts()) for name in scores.systems]
    if any(fact.real_time for fact in facts):
        cells = "".join(_cell(speed(fact), 1, False, len(fact.real_time)) for fact in facts)
        rows.append(f'<tr><th scope="row">Speed <small>× real time</small></th>{cells}</tr>')
        seconds = [f.compile_seconds for f in facts]
        cells = "".join("<td></td>" if s is None else f"<td>{s:.1f}</td>" for s in seconds)
        rows.append(f'<tr><th scope="row">Compilation <small>s</small></th>{cells}</tr>')
    if any(fact.parameters is not None for fact in facts):
        counts = [f.parameters for f in facts]
        cells = "".join("<td></td>" if n is None else f"<td>{show_count(n)}</td>" for n in counts)
        rows.append(f'<tr><th scope="row">Parameters</th>{cells}</tr>')
    return (
        f'<div class="wide"><table><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _best(scores: Scores, metric: Metric) -> str | None:
    """The system that is better than each other one with certainty."""
    for name in scores.compared:
        rivals = [other for other in scores.compared if other != name]
        pairs = [
            paired_difference(scores.of(name, metric), scores.of(other, metric)) for other in rivals
        ]
        if pairs and all(verdict(pair, metric.higher_is_better) == "+" for pair in pairs):
            return name
    return None


def _cell(found: Interval, digits: int, best: bool, sentences: int) -> str:
    if not found.count:
        return "<td></td>"
    lost = f" <em>{sentences - found.count} missing</em>" if found.count < sentences else ""
    mark = ' class="best"' if best else ""
    bounds = f"{show(found.low, digits)} – {show(found.high, digits)}" if found.count > 1 else ""
    return f"<td{mark}>{show(found.value, digits)}<small>{bounds}{lost}</small></td>"


def _metric_name(metric: Metric) -> str:
    arrow = "↑" if metric.higher_is_better else "↓"
    return f"{escape(metric.label)} <small>{arrow} {escape(metric.unit)}</small>"


def _score_figures(scores: Scores) -> str:
    drawn = []
    for metric in scores.metrics:
        names = scores.compared if metric.compares else scores.systems
        rows = []
        for name in names:
            values, found = scores.of(name, metric), interval(scores.of(name, metric))
            text = show(found.value, metric.digits)
            rows.append(figures.FigureRow(name, _color(scores, name), found, values, text))
        drawn.append(figures.chart(_metric_name(metric), figures.intervals(rows, metric.label)))
    return f'<div class="figures">{"".join(drawn)}</div>'


def _difference_table(scores: Scores) -> str:
    rows = "".join(
        _difference_row(f"{ours} − {theirs}", metric, d)
        for ours, theirs, metric, d in differences(scores)
        if d.count
    )
    if not rows:
        return ""
    return (
        "<p class='hint'>Paired bootstrap over the same sentences: the first system minus the "
        "second.</p>"
        '<div class="wide"><table class="pairs"><thead><tr><th>Systems</th><th>Metric</th>'
        "<th>Difference</th><th>95 % interval</th><th>p</th><th>The first is</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _difference_row(systems: str, metric: Metric, d: Difference) -> str:
    digits = metric.digits
    kind = {"+": "better", "-": "worse", "=": "not"}[verdict(d, metric.higher_is_better)]
    certainty = "<td></td><td></td>"
    if not d.too_few:
        certainty = f"<td>{d.low:+.{digits}f} … {d.high:+.{digits}f}</td><td>{d.p:.4f}</td>"
    word = TOO_FEW if d.too_few else "not certain" if kind == "not" else kind
    return (
        f'<tr class="{kind}"><td>{escape(systems)}</td><td>{escape(metric.label)}</td>'
        f"<td>{d.value:+.{digits}f}</td>{certainty}<td>{word}</td></tr>"
    )


def _training(curves: Sequence[Curve]) -> str:
    drawn = "".join(figures.chart(escape(c.title), figures.curves(c, COLORS)) for c in curves)
    return f'<div class="figures">{drawn}</div>' if drawn else ""


def _notes(scores: Scores, material: Material) -> str:
    failures = [f"{f.system}: {f.sentence}: {f.metric}: {f.reason}" for f in scores.failures]
    definitions = [
        f"{m.label}: {(m.function.__doc__ or '').splitlines()[0]}" for m in scores.metrics
    ]
    groups = [
        ("Problems with the audio", scores.problems, True),
        ("Values missing", failures, True),
        ("Metrics left out", scores.missing, True),
        ("How the audio was made", material.notes, True),
        ("What the metrics are", definitions, False),
    ]
    return "".join(
        f"<details{' open' * opened}><summary>{title} ({len(lines)})</summary><ul>"
        f"{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul></details>"
        for title, lines, opened in groups
        if lines
    )
