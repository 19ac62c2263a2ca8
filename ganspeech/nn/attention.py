"""Self-attention by relative, not absolute, positions."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn
from jaxtyping import Array, Bool, Float

from ganspeech.nn.axis import example_keys
from ganspeech.nn.dense import Dense, per_channel
from ganspeech.nn.draws import STREAM, dropped
from ganspeech.nn.groups import in_groups

NEVER = -1e9
"""Score of a masked position; finite, so that fully masked rows give no NaN."""
MOST_SCORES = 2**24
"""Scores held at once, over examples, heads and both positions: 64 MiB in float32."""


class RelativeAttention(nn.Module):
    """Multi-head self-attention with relative positions (Dai et al. 2019, Transformer-XL).

    A score is the query's product with the key plus its product with an embedding of their
    distance, each with a learned bias on the query. Softmax in float32. Beyond `MOST_SCORES`
    scores, examples are attended in groups, whose scores gradients compute again.
    """

    heads: int = 4
    """Number of heads; they split the width evenly."""
    dropout: float = 0.0
    """Dropout rate of the attention weights."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time width"], valid: Bool[Array, "batch time"]
    ) -> Float[Array, "batch time width"]:
        """Attention of each position of `x` over the `valid` ones."""
        batch, time, width = x.shape
        if width % self.heads:
            raise ValueError(f"width {width} is not divisible by {self.heads} heads")
        size = width // self.heads

        def heads_of(y: Array, name: str, bias: bool = True) -> Array:
            return Dense(width, bias=bias, name=name)(y).reshape(-1, y.shape[-2], self.heads, size)

        query, value = heads_of(x, "query"), heads_of(x, "value")
        # A bias on the key would raise all scores of a position equally, which softmax cancels.
        key = heads_of(x, "key", bias=False)
        distance = heads_of(jnp.asarray(distances(time, width)), "distance", bias=False)[0]
        zeros = nn.initializers.zeros
        content_bias = self.param("content_bias", zeros, (self.heads, size))
        distance_bias = self.param("distance_bias", zeros, (self.heads, size))

        def attend(rows: tuple) -> Array:
            for_content, for_distance, key, value, valid, keys = rows
            by_content = jnp.einsum("bihd,bjhd->bhij", for_content, key)
            by_distance = jnp.einsum("bihd,ohd->bhio", for_distance, distance)
            scores = (by_content + aligned(by_distance)).astype(jnp.float32) / math.sqrt(size)
            attention = jax.nn.softmax(jnp.where(valid[:, None, None], scores, NEVER))
            if keys is not None:
                attention = dropped(attention, keys, self.dropout)
            return jnp.einsum("bhij,bjhd->bihd", attention.astype(value.dtype), value)

        drops = self.dropout and self.has_rng(STREAM)
        rows = (
            query + per_channel(content_bias, query),
            query + per_channel(distance_bias, query),
            key,
            value,
            valid,
            example_keys(self.make_rng(STREAM), batch) if drops else None,
        )
        gathered = in_groups(attend, rows, max(MOST_SCORES // (self.heads * time**2), 1))
        return Dense(width, name="out")(gathered.reshape(batch, time, width))


def distances(time: int, width: int) -> Float[np.ndarray, "offsets width"]:
    """Sines and cosines of the distances `time - 1` down to `1 - time`, inclusive."""
    distance = np.arange(time - 1, -time, -1.0)
    waves = distance[:, None] * 10000.0 ** (-np.arange(0, width, 2) / width)
    both = np.stack([np.sin(waves), np.cos(waves)], axis=-1)
    return both.reshape(len(distance), -1)[:, :width].astype(np.float32)


def aligned(
    by_distance: Float[Array, "batch heads time offsets"],
) -> Float[Array, "batch heads time time"]:
    """Rearrange scores by (position, distance) into scores by (position, other position).

    Position i finds the other position j at offset `time - 1 - i + j`: every row begins one further
    left than the one above it, which padding and a reshape do for all rows at once.
    """
    *outer, time, offsets = by_distance.shape
    padded = jnp.pad(by_distance, ((0, 0), (0, 0), (0, 0), (1, 0)))
    moved = padded.reshape(*outer, offsets + 1, time)[:, :, 1:].reshape(*outer, time, offsets)
    return moved[..., :time]
