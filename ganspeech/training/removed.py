"""A run folder that was removed while it was trained: what was computed is saved in it anew."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ganspeech.config.experiment import Experiment
from ganspeech.game.contract import Tree
from ganspeech.process.locks import LockedError
from ganspeech.runs import folder as runs
from ganspeech.runs.checkpoints import CheckpointError, Checkpoints

TRIES = 3
"""Saves that are tried: a removal takes its time, and takes the first with it."""


def save(
    folder: Path,
    experiment: Experiment,
    checkpoints: Checkpoints,
    step: int,
    state: Tree,
    about: dict[str, Any],
    then: Callable[[int], None] | None = None,
) -> str:
    """Saves a checkpoint; returns why training cannot go on, empty if the folder is as it was.

    `then` is called as `Checkpoints.save` says. Raises CheckpointError if it cannot be saved, or
    the one before could not.
    """
    broken = None
    try:
        checkpoints.wait()
    except CheckpointError as error:  # a removal breaks the save that it meets
        broken = error
    try:
        if not runs.was_removed(folder):
            if broken:
                raise broken
            checkpoints.save(step, state, about, then)
            return ""
    except LockedError as error:
        return f"{error}; nothing more is saved there"
    for left in reversed(range(TRIES)):
        try:
            runs.write_experiment(folder, experiment)
            checkpoints.save(step, state, about)
            checkpoints.wait()
            break
        except CheckpointError:
            if not left:
                raise
            time.sleep(1)
    return (
        f"{folder} was removed while it was trained; it is there again, with the checkpoint of "
        f"step {step} and without earlier metrics: the same command resumes it"
    )
