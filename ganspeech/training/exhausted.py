"""Devices whose memory a batch exceeds, told in one line."""

import contextlib
from collections.abc import Iterator

import jax

from ganspeech.config.experiment import Experiment
from ganspeech.process.device_memory import asked_and_there, exhausted
from ganspeech.training.member import TrainingError


@contextlib.contextmanager
def told(experiment: Experiment) -> Iterator[None]:
    """Raises TrainingError, with remedies, where XLA has no memory left; passes other errors."""
    try:
        yield
    except jax.errors.JaxRuntimeError as error:
        if not exhausted(error):
            raise
        raise TrainingError(_message(experiment, asked_and_there(error))) from error


def _message(experiment: Experiment, known: str) -> str:
    batch, parts = experiment.budget.batch_size, experiment.rules.accumulate
    split = f" in {parts} parts" if parts > 1 else ""
    return (
        f"a batch of {batch}{split} does not fit the device's memory{known}: lower "
        f"--budget.batch-size, or compute it in parts by --rules.accumulate {2 * parts} or more"
    )
