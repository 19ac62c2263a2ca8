"""Run folders as training leaves them, of weights that no training made."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ganspeech.config.experiment import Experiment
from ganspeech.game.state import GanState, create_state
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import abstract_state, spec_digest, write_experiment


def initial_state(experiment: Experiment, seed: int = 0) -> GanState:
    """State before the first step."""
    return _created(experiment)(jax.random.PRNGKey(seed))


@functools.lru_cache(maxsize=1)
def _created(experiment: Experiment) -> Callable[[jax.Array], GanState]:
    return jax.jit(lambda key: create_state(experiment, key, 1))


def positive_state(experiment: Experiment, seed: int = 0) -> GanState:
    """State of small positive numbers, integers being zero; it takes no compilation."""
    rng = np.random.default_rng(seed)
    return jax.tree.map(
        lambda leaf: (0.1 * np.abs(rng.normal(size=leaf.shape))).astype(leaf.dtype),
        abstract_state(experiment),
    )


def make_run(
    folder: Path,
    experiment: Experiment,
    steps: Sequence[int] = (1,),
    *,
    state: Callable[[Experiment, int], GanState] = initial_state,
    seed: int = 0,
    **about: Any,
) -> Path:
    """A run with checkpoints of those steps, each of other weights; returns its folder."""
    write_experiment(folder, experiment)
    checkpoints = Checkpoints(folder / "checkpoints", keep=len(steps))
    for number, step in enumerate(steps):
        weights = state(experiment, seed + number)
        checkpoints.save(step, weights, {"audio_spec": spec_digest(experiment), **about})
    checkpoints.wait()
    return folder
