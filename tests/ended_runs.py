"""What is left of a run when its process has ended."""

import json
import subprocess
from pathlib import Path
from typing import Any

from ganspeech.config import serialize
from ganspeech.game.state import GanState
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import abstract_state

TIMING = ("minutes", "core_minutes", "steps_per_second")


def finish(process: subprocess.Popen) -> str:
    """Output of a process that ends well."""
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    return output


def final_state(run: Path) -> tuple[GanState, dict[str, Any]]:
    """Newest checkpoint, and what it says of itself."""
    experiment = serialize.loads((run / "experiment.json").read_text())
    return Checkpoints(run / "checkpoints").restore(abstract_state(experiment))


def metrics(run: Path) -> list[dict[str, float]]:
    """Lines of the log, without what differs from one run to the next."""
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k not in TIMING} for line in lines]
