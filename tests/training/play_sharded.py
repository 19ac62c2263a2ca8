"""The same updates under `pmap` and under `jit(shard_map)`, bit by bit.

As a script: `play_sharded.py RESULT COORDINATOR PROCESSES PROCESS`, like `play.py`.
"""

import sys
from pathlib import Path

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

sys.path.insert(0, str(Path(__file__).parent))

from play import GAME, material

from ganspeech.game.state import create_state
from ganspeech.game.update import in_turn, make_update
from ganspeech.nn.axis import AXIS
from ganspeech.training.parallel import ParallelUpdate, _shares
from ganspeech.training.processes import Distributed

UPDATES = 33
EVERYWHERE, SPREAD = PartitionSpec(), PartitionSpec(AXIS)


class ShardedUpdate:
    """`ParallelUpdate` by the functions that JAX recommends instead of `pmap`."""

    def __init__(self, total_steps: int):
        self._mesh = Mesh(np.asarray(jax.devices()), (AXIS,))
        update = make_update(GAME, total_steps)

        def dispatch(state, shares):
            return in_turn(update, state, jax.tree.map(lambda leaf: leaf[0], shares))

        mapped = jax.shard_map(
            dispatch,
            mesh=self._mesh,
            in_specs=(EVERYWHERE, SPREAD),
            out_specs=EVERYWHERE,
            check_vma=False,
        )
        self._program = jax.jit(mapped, donate_argnums=0)

    def place(self, state):
        """Every process has the whole state; every device gets a copy."""
        return self._global(state, EVERYWHERE)

    def __call__(self, state, batches):
        """One update, as `ParallelUpdate` does it."""
        shares = _shares(batches, jax.local_device_count(), GAME.rules.critic_steps)
        result = self._program(state, self._global(shares, SPREAD))
        return jax.block_until_ready(result)

    def _global(self, tree, spec):
        sharding = NamedSharding(self._mesh, spec)
        make = jax.make_array_from_process_local_data
        return jax.tree.map(lambda leaf: make(sharding, np.asarray(leaf)), tree)


def compare() -> int:
    """Plays both ways and asserts that all states and metrics are equal; returns the updates."""
    first = jax.device_get(jax.jit(lambda: create_state(GAME, jax.random.PRNGKey(0), UPDATES))())
    updates = ParallelUpdate(GAME, UPDATES), ShardedUpdate(UPDATES)
    states = [update.place(first) for update in updates]
    for batches in material(UPDATES):
        results = [update(state, batches) for update, state in zip(updates, states)]
        states = [state for state, _ in results]
        mapped, sharded = (jax.tree.map(_own, result) for result in results)
        jax.tree.map(np.testing.assert_array_equal, mapped, sharded)
    return int(states[0].step)


def _own(leaf):
    return np.asarray(leaf.addressable_shards[0].data)


if __name__ == "__main__":
    result, coordinator, processes, process = sys.argv[1:]
    with Distributed(coordinator, int(processes), int(process)).joined():
        np.save(result, [compare(), jax.device_count()])
