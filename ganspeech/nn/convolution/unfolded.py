"""Convolution over time as one matrix product, which members of a population share well."""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.dense import Dense


class Unfolded1d(nn.Module):
    """Convolution over time, as a product with the taps side by side.

    Over members with weights of their own it stays a batched product, where a convolution becomes a
    grouped one, which is slow on every device (jax-ml/jax#13800).
    """

    features: int
    """Channels out."""
    kernel: int
    """Taps."""
    stride: int = 1
    """Steps between outputs."""
    causal: bool = False
    """Whether outputs see only their own and earlier steps."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time inputs"]
    ) -> Float[Array, "batch out_time features"]:
        """Convolve, zero-padded to `ceil(time / stride)` outputs."""
        before = self.kernel - 1 if self.causal else (self.kernel - 1) // 2
        padded = jnp.pad(x, ((0, 0), (before, self.kernel - 1 - before), (0, 0)))
        taps = [padded[:, n : n + x.shape[1] : self.stride] for n in range(self.kernel)]
        return Dense(self.features, name="taps")(jnp.concatenate(taps, axis=-1))
