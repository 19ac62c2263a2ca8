"""Initial weights of discriminators, from `--start`."""

import dataclasses
import os

import jax
import jax.numpy as jnp

from ganspeech import shipped
from ganspeech.config.experiment import Experiment
from ganspeech.game.state import Player, split
from ganspeech.models.discriminators import Discriminators
from ganspeech.models.fit import require_shapes
from ganspeech.runs.folder import load_run
from ganspeech.runs.sources import split_source
from ganspeech.training.start.weights import load_start


def load_discriminators(start: str) -> Discriminators:
    """Discriminators of a run folder or of a model file that holds them.

    Raises ValueError, beginning with the flag, for a source without.
    """
    return load_start(_loaded, start)


def with_discriminators(player: Player, experiment: Experiment) -> Player:
    """Replaces fresh discriminators by those of the source that `start` names.

    Settings without weights may differ. Raises ValueError for others, by count or by shapes.
    """
    start = experiment.start
    theirs = load_discriminators(start).variables
    ours = player.variables
    if len(theirs) != len(ours):
        raise ValueError(
            f"--start {start} has {len(theirs)} discriminators, but the run has {len(ours)}: give "
            "it the same, or --start-discriminators False"
        )
    for number, (fresh, trained) in enumerate(zip(ours, theirs)):
        require_shapes(
            fresh,
            trained,
            lambda what, number=number: ValueError(
                f"--start {start}: of discriminator {number} {what}"
            ),
        )
    parts = [split(jax.tree.map(jnp.asarray, one)) for one in theirs]
    return dataclasses.replace(
        player,
        params=tuple(params for params, _ in parts),
        mutable=tuple(rest for _, rest in parts),
    )


def _loaded(start: str) -> Discriminators:
    if os.path.isdir(split_source(start)[0]):
        return Discriminators.from_run(load_run(start))
    return Discriminators.read(shipped.path(start) if shipped.kind(start) else start)
