"""Runs as commands name them: a folder, and which of its checkpoints if not the usual one."""

import os
from pathlib import Path

BEST, NEWEST = "best", "newest"
"""Words for checkpoints, beside the number of a step."""


def split_source(source: str | Path) -> tuple[Path, str]:
    """Splits `RUN@best`, `RUN@newest` or `RUN@STEP` into a run folder and a checkpoint.

    The second part is empty for a folder alone, and for a folder whose own name ends like that.
    Raises ValueError for another word behind a folder and `@`.
    """
    folder, at, which = str(source).rpartition("@")
    # Unlike pathlib, os.path accepts names that are too long for a file.
    if not (at and folder) or os.path.exists(source):
        return Path(source), ""
    if which in (BEST, NEWEST) or (which.isascii() and which.isdecimal()):
        return Path(folder), which
    if os.path.isdir(folder):
        raise ValueError(f"{source}: a checkpoint is {folder}@{BEST}, @{NEWEST} or @STEP")
    return Path(source), ""
