"""Members of an ablation: one run each, and what it leaves in its folder beside the run.

`trained.json` says how it was trained, then `result.json` how it ended.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganspeech.ablation.request import Asked, Row
from ganspeech.config.experiment import Experiment
from ganspeech.evaluation.quality.table import null_for_nan
from ganspeech.evaluation.request import Measure, Outcome
from ganspeech.process.writing import write_whole

TRAINED, RESULT = "trained.json", "result.json"
SEED = "{seed}"
"""Stands for the member's seed in `--start`, so that each one begins with a run of its own seed."""


@dataclass(frozen=True)
class AblationMember:
    """One run of an ablation."""

    row: Row
    seed: int
    folder: Path

    @property
    def experiment(self) -> Experiment:
        """The row's experiment with the member's seed, which `start` may name."""
        start = self.row.experiment.start.replace(SEED, str(self.seed))
        return dataclasses.replace(self.row.experiment, seed=self.seed, start=start)


def members_of(asked: Asked) -> list[AblationMember]:
    """All members, row by row."""
    return [
        AblationMember(row, seed, asked.folder / row.folder / f"seed-{seed}")
        for row in asked.rows
        for seed in seeds_of(asked)
    ]


def seeds_of(asked: Asked) -> range:
    """The seeds of each row: the experiment's own, and those after it."""
    first = asked.settings.experiment.seed
    return range(first, first + asked.settings.seeds)


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


@dataclass(frozen=True)
class Result:
    """Result of a member."""

    training: TrainingRecord | None
    """None where training failed."""
    outcome: Outcome | None
    """None where training or scoring failed."""
    reason: str = ""
    """Why it failed, in one line."""


def read_training(folder: Path) -> TrainingRecord | None:
    """Record of the member's training, None before it has ended."""
    content = _read(folder / TRAINED)
    return TrainingRecord(**content) if content else None


def read_result(folder: Path) -> Result | None:
    """Result of the member, None if it has none yet."""
    content = _read(folder / RESULT)
    if content is None:
        return None
    found = content["outcome"]
    if found is not None:
        metrics = {name: Measure(**measure) for name, measure in found["metrics"].items()}
        found = Outcome(metrics, found["units"], found["references"], found.get("speakers", {}))
    return Result(read_training(folder), found, content["reason"])


def write_training(folder: Path, training: TrainingRecord) -> None:
    """Notes that the training has ended."""
    write_json(folder / TRAINED, dataclasses.asdict(training))


def write_result(folder: Path, outcome: Outcome | None, reason: str = "") -> None:
    """Notes how the member ended: with its scores, or why it failed."""
    found = None if outcome is None else dataclasses.asdict(outcome)
    write_json(folder / RESULT, {"outcome": found, "reason": reason})


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Writes a file whole or not at all; NaN becomes null."""
    write_text(path, json.dumps(null_for_nan(content), indent=2, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    write_whole(path, text.encode())


def _read(path: Path) -> Any:
    if not path.exists():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}): delete it, and it is made again") from None
