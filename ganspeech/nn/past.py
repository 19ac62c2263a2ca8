"""What causal modules remember between the parts of a stream.

A stream is made by `apply(variables, part, ..., mutable=[COLLECTION])`, whose second result goes
into the variables of the next call. Without it, and in initialization, there is no past: zeros.
"""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

COLLECTION = "past"
"""Name of the collection of variables."""


def in_stream(module: nn.Module) -> bool:
    """Returns whether a call is for a part of a stream."""
    return module.is_mutable_collection(COLLECTION) and not module.is_initializing()


def with_past(
    module: nn.Module, x: Float[Array, "batch time width"], steps: int
) -> Float[Array, "batch steps+time width"]:
    """Sets the last `steps` of earlier parts, or zeros, before `x`; to be called once a module."""
    zeros = jnp.zeros((x.shape[0], steps, x.shape[2]), x.dtype)
    if not in_stream(module):
        return jnp.concatenate([zeros, x], axis=1)
    past = module.variable(COLLECTION, "steps", lambda: zeros)
    joined = jnp.concatenate([past.value, x], axis=1)
    past.value = joined[:, x.shape[1] :]
    return joined
