"""Layers that are random in training: they draw from the stream `draws`; off without it."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float, Key

from ganspeech.nn.axis import example_keys

STREAM = "draws"


class Dropout(nn.Module):
    """Sets a share of the values to zero and scales the rest up (Srivastava et al. 2014)."""

    rate: float
    """Dropout rate, in [0, 1)."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch ..."]) -> Float[Array, "batch ..."]:
        """Drop values of `x`, each example by its own key."""
        if not self.rate or not self.has_rng(STREAM):
            return x
        return dropped(x, example_keys(self.make_rng(STREAM), len(x)), self.rate)


def dropped(
    x: Float[Array, "batch ..."], keys: Key[Array, " batch"], rate: float
) -> Float[Array, "batch ..."]:
    """`x` with a share `rate` of the values zero and the rest scaled up, each row by its key."""
    # Sixteen bits are fine enough, and drawn in half the time of a float.
    draws = jax.vmap(lambda key: jax.random.bits(key, x.shape[1:], jnp.uint16))(keys)
    kept = draws >= round(rate * 2**16)
    return jnp.where(kept, x / (1 - rate), jnp.zeros((), x.dtype))


class PhaseShuffle(nn.Module):
    """Moves each example by a few steps in time, reflected at the ends (Donahue et al. 2019).

    It keeps a critic from recognizing generated audio by the phase that the generator's upsampling
    gives its artifacts.
    """

    reach: int
    """Largest shift in steps, either way; 0 disables the layer."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch time width"]) -> Float[Array, "batch time width"]:
        """Shift `x`, all channels of an example together."""
        if not self.reach or not self.has_rng(STREAM):
            return x
        keys = example_keys(self.make_rng(STREAM), len(x))
        shifts = jax.vmap(lambda key: jax.random.randint(key, (), 0, 2 * self.reach + 1))(keys)
        time = x.shape[1]
        padded = jnp.pad(x, ((0, 0), (self.reach, self.reach), (0, 0)), mode="reflect")
        # A choice among a few slices: the gradient of a gather is slow.
        chosen = jax.nn.one_hot(shifts, 2 * self.reach + 1, dtype=x.dtype)
        slices = [padded[:, start : start + time] for start in range(2 * self.reach + 1)]
        terms = [chosen[:, k, None, None] * piece for k, piece in enumerate(slices)]
        return sum(terms[1:], terms[0])
