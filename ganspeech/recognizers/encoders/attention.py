"""Self-attention of encoders, plain or with WavLM's bias by distance."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn
from jaxtyping import Array, Bool, Float, Int

from ganspeech.nn.attention import NEVER
from ganspeech.nn.dense import Dense

GATES = 4
"""Outputs that are summed for each of the two gates of a bias."""


class SelfAttention(nn.Module):
    """Multi-head self-attention (Vaswani et al. 2017), softmax in float32.

    A bias by distance is scaled at each query by a gate on the query's input (Chen et al. 2022,
    WavLM, section 3.1; Chi et al. 2022).
    """

    heads: int
    """Number of heads; they split the width evenly."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch time width"],
        valid: Bool[Array, "batch time"],
        bias: Float[Array, "heads time time"] | None = None,
    ) -> Float[Array, "batch time width"]:
        """Attention of each position of `x` over the `valid` ones; `bias` is added to scores."""
        batch, time, width = x.shape
        size = width // self.heads

        def heads_of(name: str) -> Array:
            return Dense(width, name=name)(x).reshape(batch, time, self.heads, size)

        query, key, value = heads_of("query"), heads_of("key"), heads_of("value")
        scores = jnp.einsum("bihd,bjhd->bhij", query / math.sqrt(size), key).astype(jnp.float32)
        if bias is not None:
            scores = scores + self._gate(x)[..., None] * bias[None]
        attention = jax.nn.softmax(jnp.where(valid[:, None, None], scores, NEVER))
        gathered = jnp.einsum("bhij,bjhd->bihd", attention.astype(value.dtype), value)
        return Dense(width, name="out")(gathered.reshape(batch, time, width))

    def _gate(self, x: Float[Array, "batch time width"]) -> Float[Array, "batch heads time"]:
        """Factors of the bias of each head and query, from 1 up for the initial scale."""
        by_head = x.reshape(*x.shape[:2], self.heads, -1)
        sums = Dense(2 * GATES, name="gate")(by_head).reshape(*by_head.shape[:3], 2, GATES).sum(-1)
        update, reset = jnp.moveaxis(jax.nn.sigmoid(sums.astype(jnp.float32)), -1, 0)
        scale = self.param("gate_scale", nn.initializers.ones, (self.heads,))
        return jnp.swapaxes(update * (reset * scale[None, None] - 1) + 2, 1, 2)


class DistanceBias(nn.Module):
    """Learned bias of each head for buckets of distances, as in T5 (Raffel et al. 2020)."""

    heads: int
    """Number of heads."""
    buckets: int
    """Number of buckets, half of them for positions after the query's."""
    farthest: int
    """Distance from which on all are in the last bucket."""

    @nn.compact
    def __call__(self, time: int) -> Float[Array, "heads time time"]:
        """Bias by head, query and key of so many positions."""
        init = nn.initializers.normal(0.02)
        table = self.param("table", init, (self.buckets, self.heads))
        return jnp.moveaxis(table[bucket_of(time, self.buckets, self.farthest)], -1, 0)


def bucket_of(time: int, buckets: int, farthest: int) -> Int[np.ndarray, "time time"]:
    """Bucket of the distance from each query to each key.

    Half of each direction's buckets are for the smallest distances, one each, and the others are
    logarithmic up to `farthest`.
    """
    each = buckets // 2
    exact = each // 2
    distance = np.arange(1 - time, time, dtype=np.int32)
    size = np.abs(distance)
    # In float32, since at the edge of two buckets rounding decides.
    ratio = np.maximum(size, 1).astype(np.float32) / np.float32(exact)
    place = np.log(ratio) / np.float32(math.log(farthest / exact)) * np.float32(each - exact)
    far = np.minimum((np.float32(exact) + place).astype(np.int32), each - 1)
    bucket = np.where(size < exact, size, far) + each * (distance > 0)
    return bucket[np.arange(time)[None] - np.arange(time)[:, None] + time - 1]
