"""Members of an ablation: one run each, and further files in its folder.

`trained.json` records its training, `result.json` its scores or failure.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganspeech.ablation.request import Ablation, Row
from ganspeech.config.experiment import Experiment
from ganspeech.evaluation.quality.table import null_for_nan
from ganspeech.evaluation.request import Measure, Outcome
from ganspeech.process.damage import damage
from ganspeech.process.writing import write_whole

TRAINED, RESULT = "trained.json", "result.json"
SEED = "{seed}"
"""Placeholder for the member's seed in `--start`, to start from the run of the same seed."""


class ResultError(ValueError):
    """A member's file that cannot be used; the message names it."""


@dataclass(frozen=True)
class AblationMember:
    """One run of an ablation."""

    row: Row
    seed: int
    folder: Path

    @property
    def experiment(self) -> Experiment:
        """Experiment of the row with the member's seed, also in `start` and in the task's texts."""
        planned, seed = self.row.experiment, str(self.seed)
        task: Any = planned.task
        texts = {
            field.name: value.replace(SEED, seed)
            for field in dataclasses.fields(task)
            if isinstance(value := getattr(task, field.name), str) and SEED in value
        }
        return dataclasses.replace(
            planned,
            seed=self.seed,
            start=planned.start.replace(SEED, seed),
            task=dataclasses.replace(task, **texts) if texts else task,
        )


def members_of(ablation: Ablation) -> list[AblationMember]:
    """All members, row by row."""
    return [
        AblationMember(row, seed, ablation.folder / row.folder / f"seed-{seed}")
        for row in ablation.rows
        for seed in seeds_of(ablation)
    ]


def seeds_of(ablation: Ablation) -> range:
    """Seeds of each row, counted from that of the experiment."""
    first = ablation.settings.experiment.seed
    return range(first, first + ablation.settings.seeds)


@dataclass(frozen=True)
class TrainingRecord:
    """Record of a member's training."""

    step: int
    minutes: float
    """Wall time of training, over all resumed parts."""
    core_minutes: float
    """Processor time in it."""
    fingerprint: str
    """Digest of the data."""
    memory: Mapping[str, float | None]
    """Peaks in MiB of the process that ended the training."""
    device: Mapping[str, Any]
    versions: Mapping[str, str]
    code: Mapping[str, Any] | None
    collapses: Sequence[str] = ()
    """Collapses, and what became of them."""


@dataclass(frozen=True)
class Result:
    """Result of a member."""

    training: TrainingRecord | None
    """None where training failed."""
    outcome: Outcome | None
    """None where training or scoring failed."""
    reason: str = ""
    """Reason of a failure, in one line."""


def read_training(folder: Path) -> TrainingRecord | None:
    """Record of the member's training, None before it is finished."""
    with _parsed(folder / TRAINED) as content:
        if content is None:
            return None
        return TrainingRecord(**content | {"collapses": tuple(content.get("collapses", ()))})


def read_result(folder: Path) -> Result | None:
    """Result of the member, None if it has none yet."""
    with _parsed(folder / RESULT) as content:
        if content is None:
            return None
        found = content["outcome"]
        if found is not None:
            metrics = {name: Measure(**measure) for name, measure in found["metrics"].items()}
            found = Outcome(metrics, found["units"], found["references"], found.get("speakers", {}))
        return Result(read_training(folder), found, content["reason"])


def write_training(folder: Path, training: TrainingRecord) -> None:
    """Records a finished training."""
    write_json(folder / TRAINED, dataclasses.asdict(training))


def write_result(folder: Path, outcome: Outcome | None, reason: str = "") -> None:
    """Records the scores of a member, or why it failed."""
    found = None if outcome is None else dataclasses.asdict(outcome)
    write_json(folder / RESULT, {"outcome": found, "reason": reason})


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Writes a file whole or not at all; NaN becomes null."""
    write_text(path, json.dumps(null_for_nan(content), indent=2, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    write_whole(path, text.encode())


@contextmanager
def _parsed(path: Path) -> Iterator[Any]:
    """Content of a file, None if it is not there; errors of its use are damage, too."""
    with damage(ResultError, f"{path} is damaged, delete it to compute it again"):
        yield json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
