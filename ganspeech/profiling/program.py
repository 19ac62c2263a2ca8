"""The update of an experiment as a program, from shapes alone: nothing is trained or read."""

import dataclasses
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, PartitionSpec

from ganspeech.config.experiment import Experiment
from ganspeech.game.update import make_update
from ganspeech.nn.axis import AXIS
from ganspeech.runs.folder import abstract_state


@dataclasses.dataclass(frozen=True)
class Compiled:
    """What XLA says of the compiled program."""

    flops: float
    """Operations, by its own count."""
    bytes: float
    """Bytes read and written, by its own count."""
    peak: int
    """Bytes of arguments, results and temporary arrays, at most at once."""


def trace_update(experiment: Experiment) -> Any:
    """The update on one device, traced: it has a `jaxpr`, and `lower()`.

    All discriminators play, and batches are the largest that the task has. Raises ValueError
    unless the batch divides evenly over `rules.accumulate`.
    """
    rules, size = experiment.rules, experiment.budget.batch_size
    if size % rules.accumulate:
        raise ValueError(
            f"budget.batch_size {size} does not divide evenly over rules.accumulate "
            f"{rules.accumulate}"
        )
    batch = {
        name: jax.ShapeDtypeStruct((rules.critic_steps, *array.shape), array.dtype)
        for name, array in experiment.task.batch_shapes(size).items()
    }
    # One device, so the work is that of the whole batch; the axis sums over nothing.
    mesh = Mesh(np.asarray(jax.local_devices()[:1]), (AXIS,))
    whole = PartitionSpec()
    update = jax.shard_map(
        make_update(experiment, experiment.budget.steps),
        mesh=mesh,
        in_specs=whole,
        out_specs=whole,
        check_vma=False,
    )
    return jax.jit(update, donate_argnums=0).trace(abstract_state(experiment), batch)


def compile_update(traced: Any) -> Compiled:
    """Compiles a traced update for this machine."""
    compiled = traced.lower().compile()
    cost, memory = compiled.cost_analysis(), compiled.memory_analysis()
    peak = (
        memory.argument_size_in_bytes
        + memory.output_size_in_bytes
        - memory.alias_size_in_bytes
        + memory.temp_size_in_bytes
    )
    return Compiled(cost.get("flops", 0.0), cost.get("bytes accessed", 0.0), peak)
