"""Self-attention that knows how far apart two places are, not where they lie."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn
from jaxtyping import Array, Bool, Float

from ganspeech.nn.dense import Dense
from ganspeech.nn.draws import Dropout

NEVER = -1e9
"""A score that gets no attention, and no NaN where nothing gets any."""


class RelativeAttention(nn.Module):
    """Multi-head self-attention with relative positions (Dai et al. 2019, Transformer-XL).

    The score of two places is that of their contents plus that of one's content and the other's
    distance, each with a learned bias for the one that asks. Softmax in float32.
    """

    heads: int = 4
    """Heads; they share the width evenly."""
    dropout: float = 0.0
    """Share of the attention that is dropped while training."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time width"], valid: Bool[Array, "batch time"]
    ) -> Float[Array, "batch time width"]:
        """Values that each place of `x` gathers from the `valid` ones."""
        batch, time, width = x.shape
        if width % self.heads:
            raise ValueError(f"a width of {width} cannot be shared by {self.heads} heads")
        size = width // self.heads

        def heads_of(y: Array, name: str, bias: bool = True) -> Array:
            return Dense(width, bias=bias, name=name)(y).reshape(-1, y.shape[-2], self.heads, size)

        query, value = heads_of(x, "query"), heads_of(x, "value")
        # A key's bias would raise all scores of a place alike, which softmax does not see.
        key = heads_of(x, "key", bias=False)
        distance = heads_of(jnp.asarray(distances(time, width)), "distance", bias=False)[0]
        zeros = nn.initializers.zeros
        of_content = self.param("content_bias", zeros, (self.heads, size))[None, None]
        of_distance = self.param("distance_bias", zeros, (self.heads, size))[None, None]
        by_content = jnp.einsum("bihd,bjhd->bhij", query + of_content, key)
        by_distance = jnp.einsum("bihd,ohd->bhio", query + of_distance, distance)
        scores = (by_content + aligned(by_distance)).astype(jnp.float32) / math.sqrt(size)
        attention = jax.nn.softmax(jnp.where(valid[:, None, None], scores, NEVER))
        attention = Dropout(self.dropout, name="dropout")(attention).astype(value.dtype)
        gathered = jnp.einsum("bhij,bjhd->bihd", attention, value).reshape(batch, time, width)
        return Dense(width, name="out")(gathered)


def distances(time: int, width: int) -> Float[np.ndarray, "offsets width"]:
    """Sines and cosines of the distances `time - 1` down to `1 - time`, both included."""
    distance = np.arange(time - 1, -time, -1.0)
    waves = distance[:, None] * 10000.0 ** (-np.arange(0, width, 2) / width)
    both = np.stack([np.sin(waves), np.cos(waves)], axis=-1)
    return both.reshape(len(distance), -1)[:, :width].astype(np.float32)


def aligned(
    by_distance: Float[Array, "batch heads time offsets"],
) -> Float[Array, "batch heads time time"]:
    """Scores of (place, distance) as scores of (place, other place).

    Place i finds the other place j at offset `time - 1 - i + j`: every row begins one further
    left than the one above it, which padding and a reshape do for all at once.
    """
    *outer, time, offsets = by_distance.shape
    padded = jnp.pad(by_distance, ((0, 0), (0, 0), (0, 0), (1, 0)))
    moved = padded.reshape(*outer, offsets + 1, time)[:, :, 1:].reshape(*outer, time, offsets)
    return moved[..., :time]
