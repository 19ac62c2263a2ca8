"""Devices whose memory a batch exceeds, told in one line."""

import contextlib
import re
from collections.abc import Iterator

import jax

from ganspeech.config.experiment import Experiment
from ganspeech.training.member import TrainingError

WANTED = re.compile(r"(\d[\d.]*) ?(bytes|[KMGT]iB)")
"""Size in messages of XLA."""
UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


@contextlib.contextmanager
def told(experiment: Experiment) -> Iterator[None]:
    """Raises TrainingError, with remedies, where XLA has no memory left; passes other errors."""
    try:
        yield
    except jax.errors.JaxRuntimeError as error:
        if "RESOURCE_EXHAUSTED" not in str(error):
            raise
        raise TrainingError(_message(experiment, str(error))) from error


def _message(experiment: Experiment, reason: str) -> str:
    facts = []
    if found := WANTED.search(reason):
        facts.append(f"{float(found[1]) * UNITS[found[2]] / 2**30:.1f} GiB were asked for at once")
    device = jax.local_devices()[0]
    if limit := (device.memory_stats() or {}).get("bytes_limit"):
        facts.append(f"{device.device_kind} has {limit / 2**30:.1f} GiB")
    known = f" ({'; '.join(facts)})" if facts else ""
    batch, parts = experiment.budget.batch_size, experiment.rules.accumulate
    split = f" in {parts} parts" if parts > 1 else ""
    return (
        f"a batch of {batch}{split} does not fit the device's memory{known}: lower "
        f"--budget.batch-size, or compute it in parts by --rules.accumulate {2 * parts} or more"
    )
