"""Batch normalization over the whole batch, across devices."""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.axis import AXIS


class BatchNorm(nn.Module):
    """Normalizes each channel over the batch (Ioffe and Szegedy 2015); statistics in float32.

    It uses the batch's own statistics where the collection `batch_stats` is mutable, as in an
    update, and running averages elsewhere.
    """

    momentum: float = 0.9
    """Weight of the old running average in each update."""
    epsilon: float = 1e-3
    """Added to the variance."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch ... width"]) -> Float[Array, "batch ... width"]:
        """Normalize, then scale and shift each channel."""
        norm = nn.BatchNorm(
            use_running_average=not self.is_mutable_collection("batch_stats"),
            momentum=self.momentum,
            epsilon=self.epsilon,
            dtype=jnp.float32,
            axis_name=AXIS,
            name="norm",
        )
        return norm(x).astype(x.dtype)
