"""The axis over which an update is spread, for layers that must see or number the whole batch."""

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Int, Key

AXIS = "devices"
"""Its name; always there while an update runs, on one device too."""


def places(size: int) -> Int[Array, " size"]:
    """The places in the global batch of this device's `size` examples."""
    return lax.axis_index(AXIS) * size + jnp.arange(size)


def example_keys(key: Key[Array, ""], size: int) -> Key[Array, " size"]:
    """A key for each of this device's examples, by its place in the global batch.

    So any number of devices draws alike.
    """
    return jax.vmap(lambda place: jax.random.fold_in(key, place))(places(size))


def common_key(keys: Key[Array, " size"]) -> Key[Array, ""]:
    """One key for all devices, out of the examples' keys: that of the first example of all."""
    if not jnp.issubdtype(keys.dtype, jax.dtypes.prng_key):
        return lax.all_gather(keys[0], AXIS)[0]
    return jax.random.wrap_key_data(lax.all_gather(jax.random.key_data(keys[0]), AXIS)[0])
