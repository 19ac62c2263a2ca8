"""Source that `--start` names, loaded or refused in one line."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ganspeech import experiments

Source = TypeVar("Source")


def load_start(loader: Callable[[str], Source], start: str) -> Source:
    """Loads what `start` names; messages of ValueErrors begin with the flag.

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
