"""`ganspeech train`: an experiment, trained."""

import dataclasses
from collections.abc import Sequence
from typing import Annotated

import tyro

from ganspeech import experiments
from ganspeech.config import flags
from ganspeech.config.experiment import Experiment
from ganspeech.process.errors import guard
from ganspeech.training.processes import Distributed

DEFAULT = "vocoder_demo"


@dataclasses.dataclass(frozen=True)
class TrainSettings:
    """Settings of training: experiment, folder and processes."""

    experiment: Annotated[Experiment, tyro.conf.arg(name="")]
    run: str = ""
    """Folder of the run, resumed if it has checkpoints; empty: runs/EXPERIMENT."""
    distributed: Distributed = Distributed()
    profile: int = 0
    """Steps to trace for TensorBoard, XProf and Perfetto once the program is compiled; 0: none."""


def main(arguments: Sequence[str]) -> int:
    """Trains, as train.py does; returns the exit status: 2 on misuse, 1 and one line on failure."""
    return guard(lambda: train(arguments, "train.py"))


def train(arguments: Sequence[str], prog: str) -> int:
    """Trains an experiment; returns the exit status."""
    name, rest = DEFAULT, list(arguments)
    if rest and not rest[0].startswith("-"):
        name = rest.pop(0)
    experiment, rest = flags.swap_parts(load_named(name), rest)
    settings = flags.parse(
        TrainSettings(experiment), rest, prog=f"{prog} {name}", description=_description(name, prog)
    )
    if settings.profile < 0:
        raise flags.UsageError(f"--profile must be at least 0, not {settings.profile}")
    # Imported here: training takes a second to import, and help does not need it.
    from ganspeech.evaluation.judging import training

    with settings.distributed.joined():
        folder = settings.run or f"runs/{name}"
        return training.train(settings.experiment, folder, profile=settings.profile)


def load_named(name: str) -> Experiment:
    """Experiment of a name on the command line; raises UsageError for an unknown one."""
    try:
        return experiments.load(name)
    except ValueError as error:
        raise flags.UsageError(str(error)) from None


def _description(name: str, prog: str) -> str:
    known = "\n".join(f"  {n}: {experiments.describe(n)}" for n in experiments.names())
    return (
        f"Trains an experiment, here {name}: {experiments.describe(name)}\n\n"
        f"Example: {prog} vocoder_demo --budget.minutes 10 --run runs/first\n\n"
        f"Experiments:\n{known}\n\n"
        "Whole parts are swapped by name before their fields are read: "
        + "; ".join(f"--{part} {'|'.join(menu)}" for part, menu in flags.MENUS.items())
    )
