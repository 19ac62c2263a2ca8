"""The update over devices and processes. The only file that knows how work is spread.

The state has no device axis: it goes in whole and comes out whole, so a checkpoint fits any number
of devices. Each device takes a contiguous share of the global batch, in the order of processes and
of devices within them, which is also how `gan.py` numbers examples when it draws for them.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils

from ganspeech.game import Batch, Game, Metrics
from ganspeech.gan import AXIS, GanState, in_turn, make_update


@dataclasses.dataclass(frozen=True)
class Distributed:
    """The processes that train together; each runs the same command with its own number."""

    coordinator: str = ""
    """HOST:PORT on which process 0 listens; `auto` on clusters JAX knows; empty: one process."""
    processes: int = 1
    """How many processes there are."""
    process: int = 0
    """The number of this one, from 0."""

    def join(self) -> None:
        """Meets the other processes; before anything else asks JAX for devices."""
        if self.coordinator == "auto":
            jax.distributed.initialize()
        elif self.coordinator:
            if not 0 <= self.process < self.processes:
                raise ValueError(
                    f"distributed.process must be 0 to {self.processes - 1}, not {self.process}"
                )
            jax.distributed.initialize(self.coordinator, self.processes, self.process)
        elif self.processes != 1:
            raise ValueError("distributed.processes needs distributed.coordinator HOST:PORT")


class ParallelUpdate:
    """The compiled update of a game, over all devices of all processes."""

    def __init__(self, game: Game, total_steps: int):
        self._game, self._total_steps = game, total_steps
        self._programs: dict[bool, Any] = {}
        # JAX 0.10's simulated CPU devices deadlock when updates queue up.
        self._wait = jax.default_backend() == "cpu" and jax.device_count() > 1

    def place(self, state: GanState) -> GanState:
        """The state on all devices of this process, as the update leaves it.

        Without this the second update would be compiled anew, for a state that lies elsewhere.
        """
        mesh = jax.sharding.Mesh(np.asarray(jax.local_devices()), (AXIS,))
        everywhere = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
        return jax.device_put(state, everywhere)

    def __call__(
        self, state: GanState, batches: Sequence[Batch], *, adversary: bool = True
    ) -> tuple[GanState, Metrics]:
        """Plays one update for every `critic_steps` of the batches, in one dispatch.

        `batches` hold this process's examples, `[examples, ...]` each. `state` is given away. The
        metrics are those of every update, `[updates]` each.
        """
        if adversary not in self._programs:
            self._programs[adversary] = self._compile(adversary)
        shares = jax.tree.map(self._share, *batches)
        state, metrics = self._programs[adversary](state, shares)
        if self._wait:
            jax.block_until_ready(state)
        return state, metrics

    def _compile(self, adversary: bool) -> Any:
        update = make_update(self._game, self._total_steps, adversary=adversary)

        def dispatch(state: GanState, batches: Batch) -> tuple[GanState, Metrics]:
            return in_turn(update, state, batches)

        return jax.pmap(
            dispatch, axis_name=AXIS, in_axes=(None, 0), out_axes=None, donate_argnums=0
        )

    def _share(self, *leaves: np.ndarray) -> np.ndarray:
        """Stacks `[examples, ...]` into `[devices, updates, critic steps, their examples, ...]`."""
        devices, critic_steps = jax.local_device_count(), self._game.rules.critic_steps
        examples, *shape = leaves[0].shape
        stacked = np.stack(leaves).reshape(-1, critic_steps, devices, examples // devices, *shape)
        return np.moveaxis(stacked, 2, 0)


def check_batch_size(batch_size: int, accumulate: int) -> None:
    """Raises ValueError unless every part of every device's batch has the same size."""
    parts = jax.device_count() * accumulate
    if batch_size % parts:
        raise ValueError(
            f"budget.batch_size {batch_size} does not divide evenly over {jax.device_count()} "
            f"devices (of {jax.process_count()} processes) times rules.accumulate {accumulate}: "
            f"use a multiple of {parts}"
        )


def highest(*values: int) -> tuple[int, ...]:
    """Each value's maximum over the processes; all must ask together."""
    if jax.process_count() == 1:
        return values
    everyone = multihost_utils.process_allgather(np.asarray(values, np.int32))
    return tuple(int(value) for value in everyone.max(axis=0))


def require_same_start(step: int, fingerprint: str) -> None:
    """Raises ValueError in every process unless all begin at one step with the same recordings."""
    if jax.process_count() == 1:
        return
    mine = np.asarray([step, int(fingerprint[:7], 16)], np.int32)
    steps, recordings = multihost_utils.process_allgather(mine).T
    if len(set(steps.tolist())) > 1:
        raise ValueError(
            f"the processes begin at steps {steps.tolist()}: --run must be a folder they share"
        )
    if len(set(recordings.tolist())) > 1:
        raise ValueError("the processes have different recordings: give all the same corpus")
