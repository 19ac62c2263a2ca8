"""Runs as commands name them: a folder, and which of its checkpoints if not the usual one."""

from pathlib import Path

BEST, NEWEST = "best", "newest"
"""Words for checkpoints, beside the number of a step."""


def split_source(source: str | Path) -> tuple[Path, str]:
    """Splits `RUN@best`, `RUN@newest` or `RUN@STEP` into a run folder and a checkpoint.

    The second part is empty for a folder alone, and for a folder whose own name ends like that.
    """
    folder, at, which = str(source).rpartition("@")
    named = which in (BEST, NEWEST) or (which.isascii() and which.isdecimal())
    if not (at and folder and named) or Path(source).exists():
        return Path(source), ""
    return Path(folder), which
