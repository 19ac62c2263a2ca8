"""`python -m ganspeech ablate`: variants of an experiment, trained, scored and compared."""

from typing import Annotated

import jax
import tyro


def ablate(
    arguments: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="…")] = (),
) -> int:
    """Trains and compares variants of an experiment; `ablate --help` lists its flags.

    Example: python -m ganspeech ablate vocoder_demo --vary rules.r1=0,1 --seeds 3

    Args:
        arguments: An experiment, what varies, and flags of train.py.
    """
    # What only this command needs takes longer to import than all others together.
    from ganspeech.ablation import runner
    from ganspeech.ablation.settings import read

    asked = read(arguments)
    # The accelerator is for the members, each of which is a process of its own.
    jax.config.update("jax_platforms", "cpu")
    return runner.run(asked)
