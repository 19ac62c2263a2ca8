"""Equal blocks in a loop: one compiled program of a block, and memory for one block at a time."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import lax

from ganspeech.nn.draws import STREAM


def repeated(
    owner: nn.Module,
    turns: Sequence[Sequence[str]],
    blocks: Sequence[nn.Module],
    step: Callable[..., jax.Array],
    x: jax.Array,
) -> jax.Array:
    """`x = step(x, *calls)` for every turn; `calls` apply `blocks` with the variables of the turn.

    The variables are those of `owner`, whose submodules a turn names: they are stacked here, so
    that they are stored as if each block had been called by its name. `blocks` have no parent.
    Gradients keep the input of each turn and compute the rest again (Chen et al. 2016, "Training
    deep nets with sublinear memory cost"). Each turn has random draws of its own.
    """
    collections = owner.variables
    mutable = [name for name in collections if owner.is_mutable_collection(name)]
    variables = [
        [{kind: tree[name] for kind, tree in collections.items() if name in tree} for name in turn]
        for turn in turns
    ]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *variables)
    random = owner.has_rng(STREAM)
    keys = jax.random.split(owner.make_rng(STREAM), (len(turns), len(blocks))) if random else None

    def body(x: jax.Array, turn: tuple) -> tuple[jax.Array, list]:
        own, keys = turn
        changes: list[Any] = [None] * len(blocks)

        def call(place: int) -> Callable:
            def apply(*inputs):
                rngs = {STREAM: keys[place]} if random else None
                y, changes[place] = blocks[place].apply(
                    own[place], *inputs, mutable=mutable, rngs=rngs
                )
                return y

            return apply

        return step(x, *map(call, range(len(blocks)))), changes

    x, changes = lax.scan(jax.checkpoint(body, prevent_cse=False), x, (stacked, keys))
    for index, turn in enumerate(turns):
        for name, change in zip(turn, jax.tree.map(lambda leaf, n=index: leaf[n], changes)):
            for kind, tree in change.items():
                owner.put_variable(kind, name, tree)
    return x
