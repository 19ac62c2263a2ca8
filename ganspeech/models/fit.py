"""Checks that weights fit a network."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax import linen

from ganspeech.audio import AudioSpec
from ganspeech.game.contract import Tree


def require_fit(
    generator: linen.Module, variables: Tree, spec: AudioSpec, error: Callable[[str], ValueError]
) -> None:
    """Raises `error(what)` unless variables have the names and shapes of the vocoder.

    ValueErrors of the generator itself, about the spec, pass through.
    """
    mel = jax.ShapeDtypeStruct((1, 8, spec.n_mels), jnp.float32)
    wanted = jax.eval_shape(lambda mel: generator.init(jax.random.key(0), mel, spec), mel)
    require_shapes(wanted, variables, error)


def require_shapes(wanted: Tree, given: Tree, error: Callable[[str], ValueError]) -> None:
    """Raises `error(what)` unless variables have the names and shapes of those wanted."""
    wanted_shapes, given_shapes = _shapes(wanted), _shapes(given)
    for path in sorted(wanted_shapes.keys() | given_shapes.keys()):
        if wanted_shapes.get(path) != given_shapes.get(path):
            raise error(
                f"{path} is {_named(given_shapes.get(path))}, but this architecture has "
                f"{_named(wanted_shapes.get(path))}"
            )


def _shapes(variables: Tree) -> dict[str, tuple[int, ...]]:
    leaves = jax.tree_util.tree_leaves_with_path(variables)
    return {"/".join(str(key.key) for key in path): tuple(leaf.shape) for path, leaf in leaves}


def _named(shape: tuple[int, ...] | None) -> str:
    return "absent" if shape is None else str(list(shape))
