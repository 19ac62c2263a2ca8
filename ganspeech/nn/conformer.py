"""Conformer block: self-attention and convolution (Gulati et al. 2020)."""

import jax
from flax import linen as nn
from jaxtyping import Array, Bool, Float

from ganspeech.nn.attention import RelativeAttention
from ganspeech.nn.convolution.depthwise import depthwise
from ganspeech.nn.dense import Dense, LayerNorm
from ganspeech.nn.draws import Dropout
from ganspeech.nn.initializers import uniform_fan_in
from ganspeech.nn.masked import MaskedBatchNorm, masked


class ConformerBlock(nn.Module):
    """Half a feed-forward layer, attention, convolution, the other half, and a norm."""

    width: int
    """Channels in and out."""
    heads: int
    """Heads of the attention."""
    kernel: int
    """Taps of the convolution."""
    dropout: float
    """Dropout rate of each part."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time width"], valid: Bool[Array, "batch time"]
    ) -> Float[Array, "batch time width"]:
        """Refine `x`; `valid` positions depend on each other only."""
        attention = RelativeAttention(self.heads, self.dropout, name="attention")
        x = x + 0.5 * FeedForward(self.dropout, name="before")(x)
        attended = attention(LayerNorm(name="attention_norm")(x), valid)
        x = x + Dropout(self.dropout, name="attention_dropout")(attended)
        x = x + Convolution(self.kernel, self.dropout, name="convolution")(x, valid)
        x = x + 0.5 * FeedForward(self.dropout, name="after")(x)
        return LayerNorm(name="norm")(x)


class FeedForward(nn.Module):
    """Feed-forward layer at each position, four times as wide inside."""

    dropout: float
    """Dropout rate, applied twice."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch time width"]) -> Float[Array, "batch time width"]:
        """Residual to add to `x`."""
        width = x.shape[-1]
        y = jax.nn.silu(Dense(4 * width, name="expand")(LayerNorm(name="norm")(x)))
        y = Dense(width, name="contract")(Dropout(self.dropout, name="inner")(y))
        return Dropout(self.dropout, name="outer")(y)


class Convolution(nn.Module):
    """Gated linear unit, depthwise convolution and batch normalization."""

    kernel: int
    """Taps of the filters."""
    dropout: float
    """Dropout rate."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time width"], valid: Bool[Array, "batch time"]
    ) -> Float[Array, "batch time width"]:
        """Residual to add to `x`."""
        width = x.shape[-1]
        y = jax.nn.glu(Dense(2 * width, name="gate")(LayerNorm(name="norm")(x)))
        # No bias: batch normalization subtracts the mean right after.
        taps = self.param("taps", uniform_fan_in(self.kernel), (self.kernel, width))
        y = depthwise(masked(y, valid).astype(taps.dtype), taps)
        y = jax.nn.silu(MaskedBatchNorm(name="batch_norm")(y, valid))
        return Dropout(self.dropout, name="dropout")(Dense(width, name="out")(y))
