"""Device axis of an update, for layers that need the whole batch or indices into it."""

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Int, Key

AXIS = "devices"
"""Name of the axis; always bound during an update, even on one device."""


def places(size: int) -> Int[Array, " size"]:
    """Indices in the global batch of this device's `size` examples."""
    return lax.axis_index(AXIS) * size + jnp.arange(size)


def example_keys(key: Key[Array, ""], size: int) -> Key[Array, " size"]:
    """One key per example of this device, from its index in the global batch.

    Draws are therefore the same on any number of devices.
    """
    return jax.vmap(lambda place: jax.random.fold_in(key, place))(places(size))


def common_key(keys: Key[Array, " size"]) -> Key[Array, ""]:
    """One key for all devices: that of the first example of the global batch."""
    if not jnp.issubdtype(keys.dtype, jax.dtypes.prng_key):
        return lax.all_gather(keys[0], AXIS)[0]
    return jax.random.wrap_key_data(lax.all_gather(jax.random.key_data(keys[0]), AXIS)[0])
