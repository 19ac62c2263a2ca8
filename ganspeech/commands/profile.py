"""`ganspeech profile`: operations, memory and expected times of an experiment's update."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import tyro

from ganspeech import experiments
from ganspeech.commands.train import load_named
from ganspeech.config import flags
from ganspeech.config.experiment import Experiment


@dataclasses.dataclass(frozen=True)
class ProfileSettings:
    """Settings of a profile."""

    experiment: Annotated[Experiment, tyro.conf.arg(name="")]
    compile: bool = True
    """Compile the update here for its peak memory and XLA's own counts; may take minutes."""
    page: Path | None = None
    """HTML page to write: rooflines of the cards, and times by part."""


def profile(arguments: Sequence[str], prog: str) -> int:
    """Counts operations, memory and expected times of an experiment's update, by part."""
    rest = list(arguments)
    if not rest or (rest[0].startswith("-") and rest[0] not in ("-h", "--help")):
        raise flags.UsageError(f"name an experiment: {', '.join(experiments.names())}")
    name = "vocoder_demo" if rest[0].startswith("-") else rest.pop(0)
    experiment, rest = flags.swap_parts(load_named(name), rest)
    settings = flags.parse(
        ProfileSettings(experiment), rest, prog=f"{prog} {name}", description=_description(name)
    )
    # Imported here: help needs none of it.
    from ganspeech.evaluation.pages.output import require_targets, write
    from ganspeech.profiling.page import render
    from ganspeech.profiling.profile import profile_of
    from ganspeech.profiling.table import table

    require_targets(None, settings.page)
    found = profile_of(settings.experiment, compiles=settings.compile)
    print(*table(found), sep="\n")
    if settings.page:
        write(settings.page, render(found, name, settings.experiment))
    return 0


def _description(name: str) -> str:
    return (
        "Counts operations, memory and expected times of an experiment's update, by part: from "
        "its program alone, so no corpus is needed.\n\n"
        f"Example: ganspeech profile {name} --budget.batch-size 32 --page profile.html\n\n"
        f"All flags of `train.py {name}` change the experiment here, too."
    )
