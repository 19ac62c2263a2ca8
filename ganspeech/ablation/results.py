"""What a member leaves in its folder beside its run: `trained.json`, then `result.json`."""

import dataclasses
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganspeech.evaluation.quality.table import null_for_nan
from ganspeech.evaluation.request import Measure, Outcome

TRAINED, RESULT = "trained.json", "result.json"


@dataclass(frozen=True)
class Training:
    """How a member was trained."""

    step: int
    minutes: float
    """Wall time of training, over all resumed parts."""
    core_minutes: float
    """Processor time in it."""
    fingerprint: str
    """Of the data."""
    memory: Mapping[str, float | None]
    """Peaks in MiB of the process that ended the training."""
    device: Mapping[str, Any]
    versions: Mapping[str, str]
    code: Mapping[str, Any] | None


@dataclass(frozen=True)
class Result:
    """How a member ended."""

    training: Training | None
    """None where training failed."""
    outcome: Outcome | None
    """None where training or scoring failed."""
    reason: str = ""
    """Why it failed, in one line."""


def read_training(folder: Path) -> Training | None:
    """How the member was trained, None before that has ended."""
    content = _read(folder / TRAINED)
    return Training(**content) if content else None


def read_result(folder: Path) -> Result | None:
    """How the member ended, None if it has not."""
    content = _read(folder / RESULT)
    if content is None:
        return None
    found = content["outcome"]
    if found is not None:
        metrics = {name: Measure(**measure) for name, measure in found["metrics"].items()}
        found = Outcome(metrics, found["units"], found["references"], found.get("speakers", {}))
    return Result(read_training(folder), found, content["reason"])


def write_training(folder: Path, training: Training) -> None:
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
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def _read(path: Path) -> Any:
    if not path.exists():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}): delete it, and it is made again") from None
