"""Masks and statistics of padded sequences of several lengths; padding is left out."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from ganspeech.nn.axis import AXIS
from ganspeech.nn.dense import add_bias, per_channel


def valid_places(lengths: Int[Array, " batch"], time: int) -> Bool[Array, "batch time"]:
    """Mask of the positions, of `time`, before the end of each sequence."""
    return jnp.arange(time)[None] < lengths[:, None]


def masked(
    x: Float[Array, "batch time ..."], valid: Bool[Array, "batch time"]
) -> Float[Array, "batch time ..."]:
    """`x` with zeros where not `valid`, like a convolution's padding."""
    return jnp.where(jnp.expand_dims(valid, range(2, x.ndim)), x, jnp.zeros((), x.dtype))


def normalized_over_time(
    x: Float[Array, "batch time width"],
    valid: Bool[Array, "batch time"],
    *,
    epsilon: float = 1e-2,
) -> Float[Array, "batch time width"]:
    """Each utterance's channels with zero mean and unit variance over time; zero beyond its end."""
    x = masked(x.astype(jnp.float32), valid)
    count = jnp.maximum(valid.sum(1), 1)[:, None, None]
    x = masked(x - x.sum(1, keepdims=True) / count, valid)
    return x * lax.rsqrt((x**2).sum(1, keepdims=True) / count + epsilon)


class MaskedBatchNorm(nn.Module):
    """Batch normalization over the sequences of all devices (Ioffe and Szegedy 2015).

    Like `BatchNorm`: the batch's own statistics, in float32, where the collection
    `batch_stats` is mutable, and running averages elsewhere.
    """

    momentum: float = 0.99
    """Weight of the old running average in each update."""
    epsilon: float = 1e-3
    """Added to the variance."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time width"], valid: Bool[Array, "batch time"]
    ) -> Float[Array, "batch time width"]:
        """Normalize, then scale and shift each channel."""
        width = x.shape[-1:]
        scale = self.param("scale", nn.initializers.ones, width)
        bias = self.param("bias", nn.initializers.zeros, width)
        mean = self.variable("batch_stats", "mean", jnp.zeros, width)
        variance = self.variable("batch_stats", "variance", jnp.ones, width)
        used_mean, used_variance = mean.value, variance.value
        if self.is_mutable_collection("batch_stats") and not self.is_initializing():
            used_mean, used_variance = _statistics(x.astype(jnp.float32), valid)
            for kept, new in ((mean, used_mean), (variance, used_variance)):
                kept.value = self.momentum * kept.value + (1 - self.momentum) * new
        centered = x.astype(jnp.float32) - per_channel(used_mean, x)
        y = centered * per_channel(lax.rsqrt(used_variance + self.epsilon), x)
        return add_bias(y.astype(scale.dtype) * per_channel(scale, x), bias)


def _statistics(
    x: Float[Array, "batch time width"], valid: Bool[Array, "batch time"]
) -> tuple[Float[Array, " width"], Float[Array, " width"]]:
    """Mean and variance of each channel, from sums and a count over all devices."""

    def total(values: jax.Array) -> jax.Array:
        return lax.psum(values.sum((0, 1)), AXIS)

    count = jnp.maximum(total(valid[..., None]), 1)
    mean = total(masked(x, valid)) / count
    centered = masked(x - per_channel(mean, x), valid)
    return mean, total(centered**2) / count
