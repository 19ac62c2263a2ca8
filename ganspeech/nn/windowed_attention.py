"""Self-attention with relative positions within a window (Shaw et al. 2018)."""

import math

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Bool, Float

from ganspeech.nn.attention import NEVER
from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.draws import Dropout


class WindowedAttention(nn.Module):
    """Multi-head self-attention with learned keys and values for the distances within a window.

    Shaw et al. 2018, "Self-attention with relative position representations", except that
    distances beyond the window have no embedding, as in Glow-TTS (Kim et al. 2020). Softmax in
    float32.
    """

    heads: int
    """Number of heads; they split the width and share the distances' keys and values."""
    window: int
    """Positions on either side that have a distance embedding."""
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

        def heads_of(name: str) -> Array:
            return Conv1d(width, 1, name=name)(x).reshape(batch, time, self.heads, size)

        offsets, init = (2 * self.window + 1, size), nn.initializers.normal(size**-0.5)
        query, key, value = heads_of("query"), heads_of("key"), heads_of("value")
        key_of_distance = self.param("distance_key", init, offsets)
        value_of_distance = self.param("distance_value", init, offsets)
        query = query / math.sqrt(size)
        by_content = jnp.einsum("bihd,bjhd->bhij", query, key)
        by_distance = jnp.einsum("bihd,od->bhio", query, key_of_distance)
        scores = (by_content + placed(by_distance)).astype(jnp.float32)
        attention = jax.nn.softmax(jnp.where(valid[:, None, None], scores, NEVER))
        attention = Dropout(self.dropout, name="dropout")(attention).astype(value.dtype)
        gathered = jnp.einsum("bhij,bjhd->bihd", attention, value)
        near = windowed(attention, self.window)
        gathered = gathered + jnp.einsum("bhio,od->bihd", near, value_of_distance)
        return Conv1d(width, 1, name="out")(gathered.reshape(batch, time, width))


def placed(
    by_distance: Float[Array, "batch heads time offsets"],
) -> Float[Array, "batch heads time time"]:
    """Rearrange scores by (position, distance) into (position, other position); 0 elsewhere.

    Offset o of position i is position `i + o - window`: every row begins one further right than the
    one above it, which padding and a reshape do for all rows at once.
    """
    *outer, time, offsets = by_distance.shape
    window, none = offsets // 2, (0, 0)
    rows = jnp.pad(by_distance, (none, none, none, (0, time)))
    flat = rows.reshape(*outer, -1)[..., : time * (time + 2 * window)]
    return flat.reshape(*outer, time, -1)[..., window : window + time]


def windowed(
    attention: Float[Array, "batch heads time time"], window: int
) -> Float[Array, "batch heads time offsets"]:
    """Attention by (position, distance) within `window`; the inverse of `placed`."""
    *outer, time, _ = attention.shape
    none = (0, 0)
    rows = jnp.pad(attention, (none, none, none, (window, window)))
    flat = jnp.pad(rows.reshape(*outer, -1), (none, none, (0, time)))
    return flat.reshape(*outer, time, -1)[..., : 2 * window + 1]
