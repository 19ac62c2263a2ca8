"""Our side of a comparison: the compiled update of a game, as training runs it."""

from collections.abc import Callable, Mapping, Sequence

import jax
import jax.numpy as jnp

from ganspeech.game.contract import Batch, Metrics, Tree
from ganspeech.game.rules import Game
from ganspeech.game.state import GanState, create_state
from ganspeech.training.parallel import ParallelUpdate


def updates(
    game: Game, generator: Tree, discriminators: tuple[Tree, ...], batches: Sequence[Batch]
) -> Callable[[], Metrics]:
    """A function that runs one update of these parameters on `batches` and waits for its end.

    Every call goes on from the last, and returns its metrics. `batches` are NumPy arrays, one for
    each critic step, which go to the device in every call, as in training.
    """
    update = ParallelUpdate(game, 1)
    held = [update.place(state_of(game, generator, discriminators))]

    def step() -> Metrics:
        held[0], metrics = update(held[0], batches)
        jax.block_until_ready(held[0])
        return metrics

    return step


def state_of(game: Game, generator: Tree, discriminators: tuple[Tree, ...]) -> GanState:
    """The state before the first update of these parameters; compiles nothing.

    Raises ValueError for parameters of another structure or shape than the game's.
    """
    shapes = jax.eval_shape(lambda key: create_state(game, key, 1), jax.random.key(0))
    for wanted, params in ((shapes.generator, generator), (shapes.discriminator, discriminators)):
        found = jax.tree.map(jnp.shape, params)
        if found != jax.tree.map(jnp.shape, wanted.params):
            raise ValueError("these parameters are not of the game's networks")
    empty = jax.tree.map(
        lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes.replace(key=jnp.zeros(()))
    )
    return empty.replace(
        key=jax.random.key(0),
        generator=empty.generator.replace(params=generator),
        discriminator=empty.discriminator.replace(params=discriminators),
        augmentation=game.augmentation.start(),
    )


def parameters_of(*trees: Tree) -> int:
    """Trained numbers, without the lengths of weight normalization (see `peers.counts`)."""

    def count(tree: Tree) -> int:
        if not isinstance(tree, Mapping):
            return tree.size
        lengths = {"gain"} if "kernel" in tree else set()
        return sum(count(branch) for name, branch in tree.items() if name not in lengths)

    return sum(map(count, trees))
