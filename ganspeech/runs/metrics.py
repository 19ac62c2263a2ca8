"""Lines of metrics that a run logs, one JSON object each."""

import json
import math
from pathlib import Path
from typing import Any

METRICS = "metrics.jsonl"
"""Name of the file in a run folder."""


def metric_lines(path: Path) -> list[dict[str, Any]]:
    """Parsed lines of a file of metrics, up to one that is cut off or damaged.

    A kill, or a run that is writing, leaves half a line at the end. Without the file there is none.
    """
    found: list[dict[str, Any]] = []
    if not path.is_file():
        return found
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            break
        if not isinstance(content, dict) or not _is_step(content.get("step")):
            break
        found.append(content)
    return found


def _is_step(value: Any) -> bool:
    return is_number(value) and not math.isnan(value)


def is_number(value: Any) -> bool:
    """Returns whether a parsed value is a number that a curve can show, NaN included."""
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 2**63
    return isinstance(value, float) and not math.isinf(value)
