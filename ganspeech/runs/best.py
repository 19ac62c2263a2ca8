"""Scores of a run's checkpoints while it trains, and its best checkpoint.

runs/NAME/best.json     by what checkpoints are scored, and the score of each
runs/NAME/best/STEP/    the best one, kept when newer ones replace it
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ganspeech.process.damage import damage
from ganspeech.process.writing import write_whole
from ganspeech.runs.checkpoints import CheckpointError

SCORES, FOLDER = "best.json", "best"
"""Names in a run folder."""
MOST_DIGITS = 9
"""Digits behind the point that a score is shown with, at most."""


@dataclass(frozen=True)
class Criterion:
    """How checkpoints are scored."""

    metric: str
    """Name of a metric, such as `pesq`."""
    sentences: int
    """The first held-out sentences that are scored; 0: all."""
    recognizer: str
    """Recognizer of a metric of what is heard; empty for others."""

    def __str__(self) -> str:
        plural = "s" * (self.sentences != 1)
        sentences = f"{self.sentences} sentence{plural}" if self.sentences else "all sentences"
        heard = f" as {self.recognizer} hears them" if self.recognizer else ""
        return f"{self.metric} of {sentences}{heard}"


@dataclass(frozen=True)
class Score:
    """Score of one checkpoint."""

    step: int
    value: float | None
    """The metric; None where it has no value."""
    reason: str = ""
    """Why it has none."""
    label: str = ""
    """The metric's name in tables, with its unit."""
    higher_is_better: bool = True
    digits: int = 2
    """Digits behind the point."""


@dataclass(frozen=True)
class Scores:
    """Scores of a run's checkpoints, all by one criterion."""

    criterion: Criterion
    label: str = ""
    """The metric's name in tables, with its unit; empty before the first score."""
    higher_is_better: bool = True
    digits: int = 2
    values: Mapping[int, float | None] = field(default_factory=dict)
    """Value by step, in order of steps."""

    @property
    def best(self) -> int | None:
        """Step with the best value, the earliest of equal ones; None without values."""
        found = {step: value for step, value in self.values.items() if value is not None}
        sign = -1 if self.higher_is_better else 1
        return min(found, key=lambda step: (sign * found[step], step), default=None)

    @property
    def since_best(self) -> int:
        """Number of scores after the best one; missing values do not count."""
        best = self.best
        return sum(
            value is not None and step > best if best is not None else False
            for step, value in self.values.items()
        )

    def shown(self, step: int) -> str:
        """Value of a step for people."""
        value = self.values[step]
        return "-" if value is None else f"{value:.{self.digits}f}"

    def with_score(self, score: Score) -> "Scores":
        """The scores and one more."""
        values = dict(sorted({**self.values, score.step: score.value}.items()))
        if score.value is None:
            return replace(self, values=values)
        return Scores(self.criterion, score.label, score.higher_is_better, score.digits, values)


def read_scores(folder: Path) -> Scores | None:
    """Scores of a run folder; None without any.

    Raises CheckpointError, naming the file, for a damaged one.
    """
    path = folder / SCORES
    if not path.exists():
        return None
    remedy = "remove it, and training scores the kept checkpoints anew"
    with damage(CheckpointError, f"{path} is damaged: {remedy}"):
        content = json.loads(path.read_text(encoding="utf-8"))
        values = {int(step): _number(value) for step, value in content["values"].items()}
        by, digits = content["criterion"], int(content["digits"])
        if not 0 <= digits <= MOST_DIGITS:
            raise ValueError(f"{digits} digits")
        return Scores(
            Criterion(str(by["metric"]), int(by["sentences"]), str(by["recognizer"])),
            str(content["label"]),
            bool(content["higher_is_better"]),
            digits,
            dict(sorted(values.items())),
        )


def write_scores(folder: Path, scores: Scores) -> None:
    """Writes the scores to a run folder, whole or not at all."""
    write_whole(folder / SCORES, (json.dumps(asdict(scores), indent=2) + "\n").encode())


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if not math.isfinite(number := float(value)):
        raise ValueError(f"{value!r} is no score")
    return number
