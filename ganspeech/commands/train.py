"""The command line of train.py."""

import dataclasses
from collections.abc import Sequence
from typing import Annotated

import tyro

from ganspeech import experiments
from ganspeech.config import flags
from ganspeech.config.experiment import Experiment
from ganspeech.process.errors import guard
from ganspeech.training.loop import train
from ganspeech.training.parallel import Distributed

DEFAULT = "vocoder_demo"


@dataclasses.dataclass(frozen=True)
class Settings:
    """What is trained, where it is kept, and with whom."""

    experiment: Annotated[Experiment, tyro.conf.arg(name="")]
    run: str = ""
    """Folder of the run, resumed if it has checkpoints; empty: runs/EXPERIMENT."""
    distributed: Distributed = Distributed()


def main(arguments: Sequence[str]) -> int:
    """Trains what the command line says; returns the exit status."""
    return guard(lambda: _main(arguments))


def _main(arguments: Sequence[str]) -> int:
    name, rest = DEFAULT, list(arguments)
    if rest and not rest[0].startswith("-"):
        name = rest.pop(0)
    experiment, rest = flags.swap_parts(_load(name), rest)
    settings = flags.parse(
        Settings(experiment), rest, prog=f"train.py {name}", description=_description(name)
    )
    settings.distributed.join()
    return train(settings.experiment, settings.run or f"runs/{name}")


def _load(name: str) -> Experiment:
    try:
        return experiments.load(name)
    except ValueError as error:
        raise flags.UsageError(str(error)) from None


def _description(name: str) -> str:
    known = "\n".join(f"  {n}: {experiments.describe(n)}" for n in experiments.names())
    return (
        f"Trains an experiment, here {name}: {experiments.describe(name)}\n\n"
        "Example: python train.py vocoder_demo --budget.minutes 10 --run runs/first\n\n"
        f"Experiments:\n{known}\n\n"
        "Whole parts are swapped by name before their fields are read: "
        + "; ".join(f"--{part} {'|'.join(menu)}" for part, menu in flags.MENUS.items())
    )
