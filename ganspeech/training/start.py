"""Runs that begin with trained weights: one line a task says what it may start from."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

import jax
import jax.numpy as jnp
from flax import linen

from ganspeech.config.experiment import Experiment
from ganspeech.game.contract import Tree
from ganspeech.game.state import GanState, split
from ganspeech.generators.vits.network import VITS
from ganspeech.load import load_vocoder, load_voice
from ganspeech.recognizers.front import Fronted
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import load_run
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.text_to_speech import TextToSpeech
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.training.start_voice import with_voice
from ganspeech.training.start_weights import load_start, with_front, with_vocoder


@dataclasses.dataclass(frozen=True)
class Start:
    """Source of first weights for runs of one task."""

    network: type[linen.Module]
    """Generators that can."""
    load: Callable[[str], object]
    """Loads what `--start` names."""
    weights: Callable[[Tree, Experiment], Tree]
    """Makes a generator's first variables of fresh ones and of what the experiment starts from."""


STARTS: Mapping[type, Start] = {
    Vocoding: Start(linen.Module, load_vocoder, with_vocoder),
    TextToSpeech: Start(VITS, load_voice, with_voice),
    Recognition: Start(Fronted, load_run, with_front),
}


def require_start(experiment: Experiment, folder: Path) -> None:
    """Raises ValueError unless a run can begin in the folder with what `experiment.start` names.

    A run that goes on from its checkpoints does without. Whether the weights fit is seen later.
    """
    if experiment.start and not Checkpoints(folder / "checkpoints").steps():
        load_start(_start_of(experiment).load, experiment.start)


def start_from(state: GanState, experiment: Experiment) -> GanState:
    """The first state of a run, with the weights that `experiment.start` names.

    Every optimizer, and whatever else the weights do not cover, starts afresh. Raises ValueError
    when there are no such weights, when they do not fit the networks, and when they were trained on
    features of other settings than the run's task has, which are named.
    """
    started = _start_of(experiment).weights(state.generator.variables, experiment)
    params, mutable = split(started)
    return dataclasses.replace(
        state,
        generator=dataclasses.replace(state.generator, params=params, mutable=mutable),
        # A copy: the state is donated, and no buffer may be given away twice.
        ema=jax.tree.map(jnp.copy, (params, mutable)) if experiment.rules.ema else None,
    )


def _start_of(experiment: Experiment) -> Start:
    for kind, start in STARTS.items():
        if isinstance(experiment.task, kind) and isinstance(experiment.generator, start.network):
            return start
    raise ValueError(
        f"--start {experiment.start}: only vocoders, voices and recognizers behind a front "
        f"start from trained weights, not {type(experiment.generator).__name__}"
    )
