"""Weight normalisation, folded away once nothing is learnt any more."""

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float

Tree = Any


def normalised(
    direction: Float[Array, "*taps_and_inputs outputs"], gain: Float[Array, " outputs"]
) -> Float[Array, "*taps_and_inputs outputs"]:
    """Each output's filter with the length ``gain`` (Salimans and Kingma 2016).

    Computed in float32, answered in ``direction``'s dtype.
    """
    exact = direction.astype(jnp.float32)
    ratio = gain.astype(jnp.float32).reshape((1,) * (exact.ndim - 1) + (-1,)) / lengths(exact)
    return (exact * ratio).astype(direction.dtype)


def lengths(direction: Float[Array, "*taps_and_inputs outputs"]) -> Float[Array, "... outputs"]:
    """The length of each output's filter, other axes of size 1."""
    return jnp.sqrt(jnp.sum(direction**2, axis=range(direction.ndim - 1), keepdims=True))


def folded(variables: Tree) -> Tree:
    """The same network without gains, its kernels as they are used; for use, not for training.

    A normalised layer without a gain takes its kernel as it lies, so that a network which is called
    often does not normalise all its weights every time.
    """
    if not hasattr(variables, "items"):
        return variables
    if {"kernel", "gain"} <= set(variables):
        rest = {name: leaf for name, leaf in variables.items() if name != "gain"}
        return rest | {"kernel": normalised(variables["kernel"], variables["gain"])}
    return {name: folded(part) for name, part in variables.items()}
