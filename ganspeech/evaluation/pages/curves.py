"""Curves of training, out of a run's lines of metrics."""

import json
from pathlib import Path

from ganspeech.evaluation.pages.figures import Curve

POINTS = 300
"""Points of a curve, at most."""


def training_curves(file: Path) -> tuple[Curve, ...]:
    """A figure for each of a player's metrics (`generator/mel`) in a run's lines, if any."""
    if not file.is_file():
        return ()
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    points: dict[str, tuple[list[float], list[float]]] = {}
    for line in lines:
        for name, value in line.items():
            if "/" in name and isinstance(value, int | float):
                steps, values = points.setdefault(name, ([], []))
                steps.append(line["step"])
                values.append(value)
    return tuple(
        Curve(name, {"": (steps[:: _stride(steps)], values[:: _stride(steps)])})
        for name, (steps, values) in points.items()
        if len(steps) > 1
    )


def _stride(steps: list[float]) -> int:
    return -(-len(steps) // POINTS)
