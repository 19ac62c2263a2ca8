"""Convolution over time as one matrix product, which members of a population share well."""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.dense import add_bias
from ganspeech.nn.initializers import kernel_and_bias


class Unfolded1d(nn.Module):
    """Convolution over time, as one product with all taps.

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
        taps, inputs, time = self.kernel, x.shape[-1], x.shape[1]
        kernel_init, bias_init = kernel_and_bias(taps * inputs, None)
        kernel = self.param("kernel", kernel_init, (taps, inputs, self.features))
        bias = self.param("bias", bias_init, (self.features,))
        before = taps - 1 if self.causal else (taps - 1) // 2

        def seen(y: Float[Array, "batch time width"], tap: int) -> Array:
            """What a tap sees of `y` at every output."""
            padded = jnp.pad(y, ((0, 0), (before, taps - 1 - before), (0, 0)))
            return padded[:, tap : tap + time : self.stride]

        x = x.astype(kernel.dtype)
        # Whichever is narrower is there for every tap: what goes in, or what comes out.
        if inputs <= self.features:
            wide = jnp.concatenate([seen(x, tap) for tap in range(taps)], axis=-1)
            return add_bias(wide @ kernel.reshape(-1, self.features), bias)
        wide = x @ jnp.moveaxis(kernel, 0, 1).reshape(inputs, -1)
        parts = [seen(part, tap) for tap, part in enumerate(jnp.split(wide, taps, axis=-1))]
        return add_bias(sum(parts[1:], parts[0]), bias)
