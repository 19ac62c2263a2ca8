"""Curves of training, out of runs' lines of metrics."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ganspeech.evaluation.pages.figures import Curve, chart, curves
from ganspeech.runs.best import read_scores
from ganspeech.runs.metrics import is_number, metric_lines

POINTS = 300
"""Points of a curve, at most."""


def training_curves(file: Path) -> tuple[Curve, ...]:
    """A figure for each of a player's metrics (`generator/mel`) in a run's lines, if any."""
    points: dict[str, tuple[list[float], list[float]]] = {}
    for line in metric_lines(file):
        for name, value in line.items():
            if "/" in name and is_number(value):
                steps, values = points.setdefault(name, ([], []))
                steps.append(line["step"])
                values.append(value)
    return tuple(
        Curve(name, {"": (steps[:: _stride(steps)], values[:: _stride(steps)])})
        for name, (steps, values) in points.items()
        if len(steps) > 1
    )


def score_curves(folder: Path) -> tuple[Curve, ...]:
    """The figure of the scores by which a run keeps its best checkpoint, if it has two or more."""
    scores = read_scores(folder)
    if scores is None or scores.best is None or len(scores.values) == 1:
        return ()
    values = [math.nan if value is None else value for value in scores.values.values()]
    title = f"{scores.label}, {scores.shown(scores.best)} at best, step {scores.best}"
    return (Curve(f"{title} (held out)", {"": (list(scores.values), values)}),)


@dataclass(frozen=True)
class Training:
    """One run in figures of several."""

    name: str
    color: str
    file: Path
    """Its lines of metrics."""


def training_figures(
    trainings: Sequence[Training], colors: Mapping[str, str], fewest: int = 1
) -> str:
    """HTML: a figure for each metric that at least `fewest` runs have, each run in its color.

    `colors` is the legend. Empty where there is nothing to draw.
    """
    lines: dict[str, dict[str, tuple]] = {}
    tints: dict[str, list[str]] = {}
    for training in trainings:
        for curve in training_curves(training.file):
            lines.setdefault(curve.title, {})[training.name] = curve.lines[""]
            tints.setdefault(curve.title, []).append(training.color)
    drawn = "".join(
        chart(escape(title), curves(Curve(title, own), tints[title], legend=False))
        for title, own in lines.items()
        if len(own) >= fewest
    )
    if not drawn:
        return ""
    legend = "".join(
        f'<li style="--color:var({color})"><i></i>{escape(name)}</li>'
        for name, color in colors.items()
    )
    return f"<ul class='keys'>{legend}</ul><div class=\"figures\">{drawn}</div>"


def _stride(steps: list[float]) -> int:
    return -(-len(steps) // POINTS)
