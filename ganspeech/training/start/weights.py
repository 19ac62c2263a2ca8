"""Initial weights of a vocoder, or of the front of a recognizer, from `--start`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import jax
import jax.numpy as jnp

from ganspeech import experiments
from ganspeech.config.experiment import Experiment
from ganspeech.game.contract import Tree
from ganspeech.load import load_vocoder
from ganspeech.models.fit import require_fit, require_shapes
from ganspeech.recognizers.front import Enhanced, Fronted, MadeNoisy, Maps
from ganspeech.runs.folder import load_run
from ganspeech.tasks.feature_enhancement import FeatureEnhancement
from ganspeech.tasks.feature_generation import FeatureGeneration
from ganspeech.tasks.features import Features
from ganspeech.tasks.noise_synthesis import NoiseSynthesis
from ganspeech.tasks.noisy_pairs import NoisyPairs
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.vocoding import Vocoding

Source = TypeVar("Source")

_FROM: dict[type, tuple[type[NoisyPairs], str]] = {
    Enhanced: (FeatureEnhancement, "generator"),
    MadeNoisy: (NoiseSynthesis, "generator"),
    Maps: (FeatureGeneration, "first discriminator"),
}
"""Task and player that provide the weights of each kind of front."""


def load_start(loader: Callable[[str], Source], start: str) -> Source:
    """Loads the model of `start`; messages of ValueErrors begin with the flag.

    For a missing run, the message names the experiment that trains it.
    """
    name = Path(start).name
    if not os.path.exists(start) and name in experiments.names():
        raise ValueError(
            f"--start {start}: there is no such run; first train it with "
            f"`python train.py {name}`, or start from another"
        )
    try:
        return loader(start)
    except ValueError as error:
        raise ValueError(f"--start {start}: {error}") from None


def with_vocoder(variables: Tree, experiment: Experiment) -> Tree:
    """Variables of the vocoder that `start` names.

    Settings without weights, such as the iterations of a phase-primed vocoder, may differ.
    """
    task = experiment.task
    assert isinstance(task, Vocoding)
    vocoder = load_start(load_vocoder, experiment.start)
    vocoder.spec.require_same(task.spec, "run's task")
    require_fit(
        experiment.generator,
        vocoder.variables,
        vocoder.spec,
        lambda what: ValueError(f"--start {experiment.start}: {what}"),
    )
    return jax.tree.map(jnp.asarray, vocoder.variables)


def with_front(variables: Tree, experiment: Experiment) -> Tree:
    """Replaces the front's variables of a recognizer by those of a run."""
    network, task, start = experiment.generator, experiment.task, experiment.start
    assert isinstance(network, Fronted) and isinstance(task, Recognition)
    run = load_start(load_run, start)
    wanted, player = _FROM[type(network.front)]
    trained = run.experiment.task
    if not isinstance(trained, wanted):
        raise ValueError(
            f"--start {start} was trained for {type(trained).__name__}, but a front of the kind "
            f"{type(network.front).__name__} needs a {player} of {wanted.__name__}"
        )
    require_same_features(trained.features, task.features, start)
    front = run.variables if player == "generator" else run.discriminators[0]
    require_shapes(
        network.front_of(variables),
        front,
        lambda what: ValueError(f"--start {start}: the front's {what}"),
    )
    return network.with_front(variables, jax.tree.map(jnp.asarray, front))


def require_same_features(there: Features, here: Features, start: str) -> None:
    """Raises ValueError, naming the setting, unless a run's features are those of `--start`."""
    here.spec.require_same(there.spec, f"run {start}")
    for field in ("kind", "coefficients", "deltas"):
        was, now = getattr(there, field), getattr(here, field)
        if was != now:
            raise ValueError(
                f"--start {start}: task.features.{field} was {was!r} there, and is {now!r} here"
            )
