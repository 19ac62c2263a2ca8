"""State of the game: everything a run keeps, as one tree of arrays."""

import jax
import jax.numpy as jnp
from flax import struct

from ganspeech.game.contract import Tree
from ganspeech.game.frozen import split_frozen
from ganspeech.game.rules import Game


@struct.dataclass
class Player:
    """One side of the game.

    `mutable` holds state updated without gradients: batch statistics, spectral-norm vectors.
    """

    params: Tree
    mutable: Tree
    opt_state: Tree

    @property
    def variables(self) -> Tree:
        """The collections a module is applied with; for discriminators a tuple of them."""
        return join(self.params, self.mutable)


@struct.dataclass
class GanState:
    """Everything a run keeps. Arrays only, so it is saved, donated and replicated as one tree."""

    step: jax.Array
    key: jax.Array
    generator: Player
    discriminator: Player
    ema: Tree
    """Moving averages of the generator's params and mutable, or None without averaging."""
    augmentation: jax.Array
    """Current probability of each augmentation."""

    @property
    def averaged(self) -> Tree:
        """The generator's variables that are used: moving averages, if there are any."""
        return self.generator.variables if self.ema is None else join(*self.ema)


def create_state(game: Game, key: jax.Array, total_steps: int) -> GanState:
    """The state before the first update of a run of `total_steps`."""
    generator_key, discriminator_key, key = jax.random.split(key, 3)
    inputs = game.task.example()
    variables = game.generator.init(generator_key, *inputs)
    # A recognizer returns several arrays; discriminators see the first.
    fake = jax.tree.leaves(game.generator.apply(variables, *inputs))[0]
    params, mutable = split(variables)
    initialized = tuple(
        discriminator.init(
            jax.random.fold_in(discriminator_key, index), fake, game.task.condition()
        )
        for index, discriminator in enumerate(game.discriminators)
    )
    discriminator_params = tuple(split(variables)[0] for variables in initialized)
    discriminator_mutable = tuple(split(variables)[1] for variables in initialized)
    return GanState(
        step=jnp.zeros((), jnp.int32),
        key=key,
        generator=Player(
            params,
            mutable,
            game.generator_optimizer.transformation(total_steps).init(
                split_frozen(params, game.rules.frozen)[0]
            ),
        ),
        discriminator=Player(
            discriminator_params,
            discriminator_mutable,
            game.discriminator_optimizer.transformation(total_steps).init(discriminator_params),
        ),
        # Copied, since no buffer of a donated state may occur twice.
        ema=jax.tree.map(jnp.copy, (params, mutable)) if game.rules.ema else None,
        augmentation=game.augmentation.start(),
    )


def split(variables: Tree) -> tuple[Tree, Tree]:
    """A module's collections as (params, the rest)."""
    return variables["params"], {k: v for k, v in variables.items() if k != "params"}


def join(params: Tree, mutable: Tree) -> Tree:
    """The inverse of `split`, for one module or for a tuple of them."""
    if isinstance(params, tuple):
        return tuple(join(p, m) for p, m in zip(params, mutable, strict=True))
    return {"params": params, **mutable}
