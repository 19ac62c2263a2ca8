"""Weight normalization, and its folding into kernels after training."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

Tree = Any


def normalized(
    direction: Float[Array, "*taps_and_inputs outputs"], gain: Float[Array, " outputs"]
) -> Float[Array, "*taps_and_inputs outputs"]:
    """Each output's filter with the length `gain` (Salimans and Kingma 2016).

    Computed in float32, returned in `direction`'s dtype.
    """
    exact = direction.astype(jnp.float32)
    ratio = gain.astype(jnp.float32).reshape((1,) * (exact.ndim - 1) + (-1,)) / lengths(exact)
    return (exact * ratio).astype(direction.dtype)


def lengths(direction: Float[Array, "*taps_and_inputs outputs"]) -> Float[Array, "... outputs"]:
    """Length of each output's filter, other axes of size 1."""
    return jnp.sqrt(jnp.sum(direction**2, axis=range(direction.ndim - 1), keepdims=True))


def folded(variables: Tree) -> Tree:
    """Variables with the gains folded into the kernels, for inference only.

    A normalized layer without a gain uses its kernel as is, so that a network called often does
    not normalize its weights every time. Kernels become NumPy arrays: compiling this for every
    shape would take longer than it saves.
    """
    if not hasattr(variables, "items"):
        return variables
    if {"kernel", "gain"} <= set(variables):
        rest = {name: leaf for name, leaf in variables.items() if name != "gain"}
        kernel, gain = (np.asarray(variables[name]) for name in ("kernel", "gain"))
        length = np.sqrt(np.sum(kernel**2, axis=tuple(range(kernel.ndim - 1)), keepdims=True))
        return rest | {"kernel": kernel * (gain / length)}
    return {name: folded(part) for name, part in variables.items()}
