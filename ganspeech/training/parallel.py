"""The update over devices and processes. The only file that knows how work is spread.

The state has no device axis: it goes in whole and comes out whole, so a checkpoint fits any number
of devices. Each device takes a contiguous share of the global batch, in the order of processes and
of devices within them, which is also how `gan.py` numbers examples when it draws for them.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal, get_args

import jax
import numpy as np
from jax.experimental import multihost_utils

from ganspeech.game.contract import Batch, Metrics, Tree
from ganspeech.game.rules import Game
from ganspeech.game.state import GanState
from ganspeech.game.update import in_turn, make_update
from ganspeech.nn.axis import AXIS


@dataclasses.dataclass(frozen=True)
class Distributed:
    """The processes that train together; each runs the same command with its own number."""

    coordinator: str = ""
    """HOST:PORT on which process 0 listens; `auto` on clusters JAX knows; empty: one process."""
    processes: int = 1
    """Number of processes."""
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
        self._wait = _must_wait()

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
        shares = _shares(batches, jax.local_device_count(), self._game.rules.critic_steps)
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


Way = Literal["vmap", "in-turn", "one-per-device"]
"""How several members train in one program: as one more axis of every array; one after the other
in a loop (written out on a CPU); or side by side, each on a device of its own."""
WAYS: tuple[Way, ...] = get_args(Way)


class PopulationUpdate:
    """The compiled update of several members of one game, which share nothing but the program.

    Where members have no device of their own, each batch is spread over all devices, as it is for
    one run. Otherwise a device plays its members in turn, the axis of a batch is as long as one,
    and devices never wait for each other.
    """

    def __init__(self, game: Game, total_steps: int, members: int, way: Way):
        self.way: Way = way
        self._game, self._total_steps, self._members = game, total_steps, members
        self._apart = way == "one-per-device"
        devices = jax.local_devices()
        self._devices = devices[: _homes(members)] if self._apart else devices
        self._programs: dict[bool, Any] = {}
        self._wait = not self._apart and _must_wait()

    @property
    def copies(self) -> int:
        """How often the game is written out in the program, which takes as long to compile."""
        if self.way == "vmap" or jax.default_backend() != "cpu":
            return 1
        return self._members // len(self._devices) if self._apart else self._members

    def place(self, states: Sequence[GanState]) -> GanState:
        """The members' states as one, on the devices, as the update leaves it."""
        stacked = jax.tree.map(lambda *leaves: self._by_home(np.stack(leaves)), *states)
        mesh = jax.sharding.Mesh(np.asarray(self._devices), (AXIS,))
        spec = jax.sharding.PartitionSpec(*((AXIS,) if self._apart else ()))
        return jax.device_put(stacked, jax.sharding.NamedSharding(mesh, spec))

    def separate(self, tree: Tree) -> list[Tree]:
        """Each member's part of a state or of metrics, on the host."""
        leaves, structure = jax.tree.flatten(jax.device_get(tree))
        if self._apart:
            leaves = [leaf.reshape(-1, *leaf.shape[2:]) for leaf in leaves]
        return [jax.tree.unflatten(structure, member) for member in zip(*leaves, strict=True)]

    def __call__(
        self, state: GanState, batches: Sequence[Sequence[Batch]], *, adversary: bool = True
    ) -> tuple[GanState, Metrics]:
        """Like `ParallelUpdate`, with the batches of each member, and the metrics of all."""
        if adversary not in self._programs:
            self._programs[adversary] = self._compile(adversary)
        critic_steps = self._game.rules.critic_steps
        devices = 1 if self._apart else len(self._devices)
        own = [_shares(member, devices, critic_steps) for member in batches]
        axis = 0 if self._apart else 1
        shares = jax.tree.map(lambda *leaves: self._by_home(np.stack(leaves, axis)), *own)
        state, metrics = self._programs[adversary](state, shares)
        if self._wait:
            jax.block_until_ready(state)
        return state, metrics

    def _by_home(self, leaf: np.ndarray) -> np.ndarray:
        """`[members, ...]`, for members that have devices of their own `[devices, theirs, ...]`."""
        return leaf.reshape(len(self._devices), -1, *leaf.shape[1:]) if self._apart else leaf

    def _compile(self, adversary: bool) -> Any:
        update = make_update(self._game, self._total_steps, adversary=adversary)

        def one(state: GanState, batches: Batch) -> tuple[GanState, Metrics]:
            return in_turn(update, state, batches)

        def alone(state: GanState, batches: Batch) -> tuple[GanState, Metrics]:
            # The axis of a batch, as long as one, so that nothing leaves the device.
            result = jax.vmap(one, in_axes=(None, 0), axis_name=AXIS)(state, batches)
            return jax.tree.map(lambda leaf: leaf[0], result)

        def each(states: GanState, batches: Batch) -> tuple[GanState, Metrics]:
            member = alone if self._apart else one
            return in_turn(lambda _, own: (None, member(*own)), None, (states, batches))[1]

        if self._apart:
            return jax.pmap(each, devices=self._devices, donate_argnums=0)
        every = jax.vmap(one) if self.way == "vmap" else each
        return jax.pmap(every, axis_name=AXIS, in_axes=(None, 0), out_axes=None, donate_argnums=0)


def check_way(way: Way, members: int, batch_size: int, accumulate: int) -> None:
    """Raises ValueError when members cannot train that way on this machine."""
    if way != "one-per-device":
        return check_batch_size(batch_size, accumulate)
    if _homes(members) == 1:
        raise ValueError(
            f"{members} members cannot be shared evenly among several of this process's "
            f"{jax.local_device_count()} devices"
        )
    if batch_size % accumulate:
        raise ValueError(
            f"budget.batch_size {batch_size} does not divide evenly over rules.accumulate "
            f"{accumulate}"
        )


def _homes(members: int) -> int:
    """Devices that can have equally many members, as many as there are."""
    return max(n for n in range(1, jax.local_device_count() + 1) if members % n == 0)


def _must_wait() -> bool:
    # JAX 0.10's simulated CPU devices deadlock when updates that talk to each other queue up.
    return jax.default_backend() == "cpu" and jax.device_count() > 1


def _shares(batches: Sequence[Batch], devices: int, critic_steps: int) -> Batch:
    """Stacks `[examples, ...]` into `[devices, updates, critic steps, their examples, ...]`."""

    def share(*leaves: np.ndarray) -> np.ndarray:
        examples, *shape = leaves[0].shape
        stacked = np.stack(leaves).reshape(-1, critic_steps, devices, examples // devices, *shape)
        return np.moveaxis(stacked, 2, 0)

    return jax.tree.map(share, *batches)


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
