"""A run that begins with weights that were trained before."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import jax
import jax.numpy as jnp

from ganspeech.config.experiment import Experiment
from ganspeech.game.contract import Tree
from ganspeech.game.state import GanState, split
from ganspeech.generators.vits.network import VITS
from ganspeech.load import load_vocoder, load_voice
from ganspeech.models.fit import require_fit, require_shapes
from ganspeech.recognizers.front import Enhanced, Fronted, MadeNoisy, Maps
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import load_run
from ganspeech.tasks.feature_enhancement import FeatureEnhancement
from ganspeech.tasks.feature_generation import FeatureGeneration
from ganspeech.tasks.features import Features
from ganspeech.tasks.noise_synthesis import NoiseSynthesis
from ganspeech.tasks.noisy_pairs import NoisyPairs
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.text_to_speech import TextToSpeech
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.training.start_source import load_start
from ganspeech.training.voice_start import with_voice

_FROM: dict[type, tuple[type[NoisyPairs], str]] = {
    Enhanced: (FeatureEnhancement, "generator"),
    MadeNoisy: (NoiseSynthesis, "generator"),
    Maps: (FeatureGeneration, "first discriminator"),
}
"""What a run of which task has for each kind of front."""


def require_start(experiment: Experiment, folder: Path) -> None:
    """`ValueError` unless a run can begin in the folder with what `experiment.start` names.

    A run that goes on from its checkpoints does without. Whether the weights fit is seen later.
    """
    if experiment.start and not Checkpoints(folder / "checkpoints").steps():
        loader, _ = _way(experiment)
        load_start(loader, experiment.start)


def start_from(state: GanState, experiment: Experiment) -> GanState:
    """The first state of a run, with the weights that `experiment.start` names.

    A vocoder's are those of another vocoder, a voice's those of another voice, a recognizer's front
    gets those of the run that trained its network; all else, and every optimizer, starts afresh.
    `ValueError` when there are no such weights, when they do not fit the networks, and when they
    were trained on features of other settings than the run's task has, which are named.
    """
    _, started = _way(experiment)
    params, mutable = split(started(state.generator.variables))
    return dataclasses.replace(
        state,
        generator=dataclasses.replace(state.generator, params=params, mutable=mutable),
        # A copy: the state is donated, and no buffer may be given away twice.
        ema=jax.tree.map(jnp.copy, (params, mutable)) if experiment.rules.ema else None,
    )


def _way(experiment: Experiment) -> tuple[Callable[[str], object], Callable[[Tree], Tree]]:
    """What loads the weights that an experiment begins with, and what makes its own of them.

    The latter takes the generator's fresh variables. `ValueError` if there are none to take.
    """
    network, task, start = experiment.generator, experiment.task, experiment.start
    if isinstance(network, Fronted) and isinstance(task, Recognition):
        return load_run, lambda variables: _with_front(variables, network, task, start)
    if isinstance(task, Vocoding):
        return load_vocoder, lambda _: _of_vocoder(task, experiment)
    if isinstance(task, TextToSpeech) and isinstance(network, VITS):
        return load_voice, lambda variables: with_voice(variables, network, task, start)
    raise ValueError(
        f"--start {start}: only vocoders, voices and recognizers behind a front "
        f"start from trained weights, not {type(network).__name__}"
    )


def _of_vocoder(task: Vocoding, experiment: Experiment) -> Tree:
    """The variables of the vocoder; other settings of its generator than the run's may differ.

    Those are the ones that change no weights: the iterations of a phase-primed vocoder, say.
    """
    vocoder = load_start(load_vocoder, experiment.start)
    vocoder.spec.require_same(task.spec, "run's task")
    require_fit(
        experiment.generator,
        vocoder.variables,
        vocoder.spec,
        lambda what: ValueError(f"--start {experiment.start}: {what}"),
    )
    return jax.tree.map(jnp.asarray, vocoder.variables)


def _with_front(variables: Tree, network: Fronted, task: Recognition, start: str) -> Tree:
    """The recognizer's variables with the front's out of a run."""
    run = load_start(load_run, start)
    wanted, player = _FROM[type(network.front)]
    trained = run.experiment.task
    if not isinstance(trained, wanted):
        raise ValueError(
            f"--start {start} was trained for {type(trained).__name__}, but a front of the kind "
            f"{type(network.front).__name__} needs a {player} of {wanted.__name__}"
        )
    _require_same_features(trained.features, task.features, start)
    front = run.variables if player == "generator" else run.discriminators[0]
    require_shapes(
        network.front_of(variables),
        front,
        lambda what: ValueError(f"--start {start}: the front's {what}"),
    )
    return network.with_front(variables, jax.tree.map(jnp.asarray, front))


def _require_same_features(there: Features, here: Features, start: str) -> None:
    here.spec.require_same(there.spec, f"run {start}")
    for field in ("kind", "coefficients", "deltas"):
        was, now = getattr(there, field), getattr(here, field)
        if was != now:
            raise ValueError(
                f"--start {start}: task.features.{field} was {was!r} there, and is {now!r} here"
            )
