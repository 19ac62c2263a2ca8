"""Runs of neighbors in padded sequences, each with the mean of its members."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int


def means_of_runs(
    x: Float[Array, "batch time width"],
    starts: Bool[Array, "batch time"],
    valid: Bool[Array, "batch time"],
) -> tuple[Float[Array, "batch time width"], Int[Array, " batch"]]:
    """Mean of each run, in the first places and zero beyond, and the number of runs.

    A run begins at every place of `starts`, which has the first place and none of the padding.
    """
    run = jnp.cumsum(starts, axis=1) - 1
    # A product with a matrix of zeros and ones: a scatter is slow on every device.
    places = jnp.arange(x.shape[1])
    member = ((run[:, None] == places[None, :, None]) & valid[:, None]).astype(x.dtype)
    count = jnp.maximum(member.sum(-1, keepdims=True), 1)
    return member @ x / count, starts.sum(1)
