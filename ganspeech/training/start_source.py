"""What `--start` names, loaded or refused in one line before a corpus is read for it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ganspeech import experiment as experiments
from ganspeech.experiment import Experiment
from ganspeech.generators.vits import VITS
from ganspeech.inference import Vocoder, load
from ganspeech.recognizers.front import Fronted
from ganspeech.speaking import Voice, load_voice
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.text_to_speech import TextToSpeech
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.training.checkpoints import Checkpoints
from ganspeech.training.runs import Run, load_run

Source = TypeVar("Source")


def require_start(experiment: Experiment, folder: Path) -> None:
    """``ValueError`` unless a run can begin in the folder with what `experiment.start` names.

    A run that goes on from its checkpoints does without. Whether the weights fit is seen later.
    """
    if experiment.start and not Checkpoints(folder / "checkpoints").steps():
        load_start(loader_of(experiment), experiment.start)


def loader_of(experiment: Experiment) -> Callable[[str], Run | Vocoder | Voice]:
    """What loads the weights that an experiment begins with; ``ValueError`` if it takes none."""
    network, task = experiment.generator, experiment.task
    if isinstance(network, Fronted) and isinstance(task, Recognition):
        return load_run
    if isinstance(task, Vocoding):
        return load
    if isinstance(task, TextToSpeech) and isinstance(network, VITS):
        return load_voice
    raise ValueError(
        f"--start {experiment.start}: only vocoders, voices and recognisers behind a front "
        f"start from trained weights, not {type(network).__name__}"
    )


def load_start(loader: Callable[[str], Source], start: str) -> Source:
    """What `start` names, by its loader; ``ValueError``s begin with the flag.

    Of a run that is not there, the message says by which experiment it is trained.
    """
    name = Path(start).name
    if not os.path.exists(start) and name in experiments.names():
        raise ValueError(
            f"--start {start}: there is no such run; first train the experiment that it is of, by "
            f"`python train.py {name}`, or start from another"
        )
    try:
        return loader(start)
    except ValueError as error:
        raise ValueError(f"--start {start}: {error}") from None
