"""The update over devices and processes. The only file that distributes work.

The state has no device axis, so a checkpoint fits any number of devices. Each device takes a
contiguous share of the global batch, in the order of processes and of devices within them, which is
also the order in which `ganspeech.nn.axis` numbers examples for their keys.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import jax
import numpy as np

from ganspeech.game.contract import Batch, Metrics, Tree
from ganspeech.game.rules import Game
from ganspeech.game.settings import with_settings
from ganspeech.game.state import GanState
from ganspeech.game.update import in_turn, make_update
from ganspeech.nn.axis import AXIS


class ParallelUpdate:
    """Compiled update of a game, over all devices of all processes."""

    def __init__(self, game: Game, total_steps: int):
        self._game, self._total_steps = game, total_steps
        self._programs: dict[bool, Any] = {}
        self._wait = _must_wait()

    def place(self, state: GanState) -> GanState:
        """Replicates the state on all devices of this process, like the update's output.

        Otherwise the second update would recompile for a state placed elsewhere.
        """
        mesh = jax.sharding.Mesh(np.asarray(jax.local_devices()), (AXIS,))
        everywhere = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
        return jax.device_put(state, everywhere)

    def __call__(
        self, state: GanState, batches: Sequence[Batch], *, adversary: bool = True
    ) -> tuple[GanState, Metrics]:
        """Runs one update for every `critic_steps` batches, in one dispatch.

        `batches` hold this process's examples, `[examples, ...]` each. `state` is donated. Metrics
        are those of every update, `[updates]` each.
        """
        state, metrics = self._program(adversary)(state, self._shares(batches))
        if self._wait:
            jax.block_until_ready(state)
        return state, metrics

    def traced(
        self, state: GanState, batches: Sequence[Batch], *, adversary: bool = True
    ) -> jax.stages.Traced:
        """The program of a call, to be read or lowered for any platform; nothing is computed.

        The state may be abstract.
        """
        return jax.jit(self._program(adversary)).trace(state, self._shares(batches))

    def _shares(self, batches: Sequence[Batch]) -> Batch:
        return _shares(batches, jax.local_device_count(), self._game.rules.critic_steps)

    def _program(self, adversary: bool) -> Any:
        if adversary not in self._programs:
            self._programs[adversary] = self._compile(adversary)
        return self._programs[adversary]

    def _compile(self, adversary: bool) -> Any:
        update = make_update(self._game, self._total_steps, adversary=adversary)

        def dispatch(state: GanState, batches: Batch) -> tuple[GanState, Metrics]:
            return in_turn(update, state, batches)

        return jax.pmap(
            dispatch, axis_name=AXIS, in_axes=(None, 0), out_axes=None, donate_argnums=0
        )


Settings = Mapping[str, jax.Array]
"""Values of settings by name, such as `rules.gradient_penalty`."""
Way = Literal["vmap", "in-turn", "one-per-device"]
"""Ways to train several members in one program: as one more axis of every array; one after another
in a loop (unrolled on a CPU); or in parallel, each on a device of its own."""
WAYS: tuple[Way, ...] = get_args(Way)


class PopulationUpdate:
    """Compiled update of several members of one game, which share only the program.

    Members may differ in settings that keep all shapes, which are then arrays of the program.

    Unless members have devices of their own, each batch is distributed over all devices, as for one
    run. Otherwise a device updates its members in turn, the axis of a batch has length 1, and
    devices never wait for each other.
    """

    def __init__(
        self,
        game: Game,
        total_steps: int,
        members: int,
        way: Way,
        settings: Mapping[str, Sequence[float]] | None = None,
    ):
        """`settings` are the values, by member, of those in which the members differ."""
        self.way: Way = way
        self._game, self._total_steps, self._members = game, total_steps, members
        self._apart = way == "one-per-device"
        devices = jax.local_devices()
        self._devices = devices[: _homes(members)] if self._apart else devices
        own = {name: np.asarray(values, np.float32) for name, values in (settings or {}).items()}
        self._settings = jax.tree.map(self._by_home, own)
        self._programs: dict[bool, Any] = {}
        self._wait = not self._apart and _must_wait()

    @property
    def copies(self) -> int:
        """Number of copies of the game in the program, proportional to its compilation time."""
        if self.way == "vmap" or jax.default_backend() != "cpu":
            return 1
        return self._members // len(self._devices) if self._apart else self._members

    def place(self, states: Sequence[GanState]) -> GanState:
        """Combines the members' states on the devices, like the update's output."""
        stacked = jax.tree.map(lambda *leaves: self._by_home(np.stack(leaves)), *states)
        mesh = jax.sharding.Mesh(np.asarray(self._devices), (AXIS,))
        spec = jax.sharding.PartitionSpec(*((AXIS,) if self._apart else ()))
        return jax.device_put(stacked, jax.sharding.NamedSharding(mesh, spec))

    def separate(self, tree: Tree) -> list[Tree]:
        """Splits a state or metrics by member, on the host."""
        leaves, structure = jax.tree.flatten(jax.device_get(tree))
        if self._apart:
            leaves = [leaf.reshape(-1, *leaf.shape[2:]) for leaf in leaves]
        return [jax.tree.unflatten(structure, member) for member in zip(*leaves, strict=True)]

    def __call__(
        self, state: GanState, batches: Sequence[Sequence[Batch]], *, adversary: bool = True
    ) -> tuple[GanState, Metrics]:
        """Works like `ParallelUpdate`, with the batches of each member, and the metrics of all."""
        if adversary not in self._programs:
            self._programs[adversary] = self._compile(adversary)
        critic_steps = self._game.rules.critic_steps
        devices = 1 if self._apart else len(self._devices)
        own = [_shares(member, devices, critic_steps) for member in batches]
        axis = 0 if self._apart else 1
        shares = jax.tree.map(lambda *leaves: self._by_home(np.stack(leaves, axis)), *own)
        state, metrics = self._programs[adversary](state, shares, self._settings)
        if self._wait:
            jax.block_until_ready(state)
        return state, metrics

    def _by_home(self, leaf: np.ndarray) -> np.ndarray:
        """Reshapes `[members, ...]` to `[devices, members each, ...]` if these have own devices."""
        return leaf.reshape(len(self._devices), -1, *leaf.shape[1:]) if self._apart else leaf

    def _compile(self, adversary: bool) -> Any:
        def one(state: GanState, batches: Batch, settings: Settings) -> tuple[GanState, Metrics]:
            game = with_settings(self._game, settings)
            update = make_update(game, self._total_steps, adversary=adversary)
            return in_turn(update, state, batches)

        def alone(state: GanState, batches: Batch, settings: Settings) -> tuple[GanState, Metrics]:
            # A batch axis of length 1, so that nothing leaves the device.
            over = jax.vmap(one, in_axes=(None, 0, None), axis_name=AXIS)
            return jax.tree.map(lambda leaf: leaf[0], over(state, batches, settings))

        def each(states: GanState, batches: Batch, settings: Settings) -> tuple[GanState, Metrics]:
            member = alone if self._apart else one
            inputs = (states, batches, settings)
            return in_turn(lambda _, own: (None, member(*own)), None, inputs)[1]

        if self._apart:
            return jax.pmap(each, devices=self._devices, donate_argnums=0)
        every = jax.vmap(one) if self.way == "vmap" else each
        return jax.pmap(
            every, axis_name=AXIS, in_axes=(None, 0, None), out_axes=None, donate_argnums=0
        )


def check_way(way: Way, members: int, batch_size: int, accumulate: int) -> None:
    """Raises ValueError if members cannot train that way on this machine."""
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
    """Largest number of devices over which members divide evenly."""
    return max(n for n in range(1, jax.local_device_count() + 1) if members % n == 0)


def _must_wait() -> bool:
    # JAX 0.10's simulated CPU devices deadlock when updates with collectives queue up.
    return jax.default_backend() == "cpu" and jax.device_count() > 1


def _shares(batches: Sequence[Batch], devices: int, critic_steps: int) -> Batch:
    """Stacks `[examples, ...]` into `[devices, updates, critic steps, their examples, ...]`."""

    def share(*leaves: np.ndarray) -> np.ndarray:
        examples, *shape = leaves[0].shape
        # A single batch is not copied: of long utterances it is a hundred megabytes.
        stacked = leaves[0] if len(leaves) == 1 else np.stack(leaves)
        stacked = stacked.reshape(-1, critic_steps, devices, examples // devices, *shape)
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
