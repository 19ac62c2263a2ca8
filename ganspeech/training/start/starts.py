"""Runs that start from trained weights: one entry per task and kind of network."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import jax
import jax.numpy as jnp
from flax import linen

from ganspeech.config.experiment import Experiment
from ganspeech.game.contract import Tree
from ganspeech.game.state import GanState, split
from ganspeech.generators.acoustic.fast_speech import FastSpeech
from ganspeech.generators.phone_generator import PhoneGenerator
from ganspeech.generators.vits.network import VITS
from ganspeech.load import load_vocoder, load_voice
from ganspeech.recognizers.divided_reader import DividedReader
from ganspeech.recognizers.front import Fronted
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import load_run
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.unlabeled.boundary_learning import BoundaryLearning
from ganspeech.tasks.unlabeled.unpaired_recognition import UnpairedRecognition
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.tasks.voices.text_to_mel import TextToMel
from ganspeech.tasks.voices.text_to_speech import TextToSpeech
from ganspeech.training.start.discriminators import load_discriminators, with_discriminators
from ganspeech.training.start.encoder import with_encoder
from ganspeech.training.start.reader import with_phones, with_reader
from ganspeech.training.start.voice import with_voice
from ganspeech.training.start.weights import load_start, with_front, with_vocoder


@dataclasses.dataclass(frozen=True)
class Start:
    """Source of initial weights for runs of one task and kind of network."""

    task: type
    """Class of the tasks."""
    network: type[linen.Module]
    """Class of the generators."""
    load: Callable[[str], object]
    """Loads the source of the weights."""
    weights: Callable[[Tree, Experiment], Tree]
    """Combines a generator's fresh variables with those that the experiment starts from."""
    needed: str = ""
    """What to start from, where a run cannot learn without; empty where it can."""


STARTS = (
    Start(Vocoding, linen.Module, load_vocoder, with_vocoder),
    Start(TextToSpeech, VITS, load_voice, with_voice),
    Start(TextToMel, FastSpeech, load_voice, with_voice),
    Start(Recognition, Fronted, load_run, with_front),
    Start(Recognition, linen.Module, load_run, with_encoder),
    Start(UnpairedRecognition, PhoneGenerator, load_run, with_phones),
    Start(
        BoundaryLearning,
        DividedReader,
        load_run,
        with_reader,
        "a run of the task unpaired-recognition",
    ),
)
"""All of them; the first that fits counts."""


def require_start(experiment: Experiment, folder: Path) -> None:
    """Raises ValueError unless a run in the folder can load `experiment.start`, or needs none.

    Resumed runs do not need it. Shapes of the weights are checked later.
    """
    if Checkpoints(folder / "checkpoints").steps():
        return
    if experiment.start:
        load_start(_start_of(experiment).load, experiment.start)
        if experiment.game_goes_on:
            load_discriminators(experiment.start)
    for start in STARTS:
        if start.needed and isinstance(experiment.task, start.task) and not experiment.start:
            raise ValueError(
                f"{start.task.__name__} learns from what another model reads: name "
                f"{start.needed} with --start RUN"
            )


def start_from(state: GanState, experiment: Experiment) -> GanState:
    """Initial state of a run, with the weights that `experiment.start` names.

    Optimizers, and variables that the weights do not cover, start fresh. Raises ValueError if there
    are no such weights, if they do not fit the networks, and, naming the settings, if they were
    trained on other features than those of the run's task.
    """
    started = _start_of(experiment).weights(state.generator.variables, experiment)
    params, mutable = split(started)
    discriminator = state.discriminator
    if experiment.game_goes_on:
        discriminator = with_discriminators(discriminator, experiment)
    return dataclasses.replace(
        state,
        discriminator=discriminator,
        generator=dataclasses.replace(state.generator, params=params, mutable=mutable),
        # Copied, since no buffer of a donated state may occur twice.
        ema=jax.tree.map(jnp.copy, (params, mutable)) if experiment.rules.ema else None,
    )


def _start_of(experiment: Experiment) -> Start:
    for start in STARTS:
        fits = isinstance(experiment.generator, start.network)
        if fits and isinstance(experiment.task, start.task):
            return start
    raise ValueError(
        f"--start {experiment.start}: only vocoders, voices, recognizers and readers of phones "
        f"start from trained weights, not {type(experiment.generator).__name__}"
    )
