"""The second half of an encoder: positions by a convolution, then layers of attention."""

import jax
from flax import linen as nn
from jaxtyping import Array, Bool, Float

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.dense import Dense, LayerNorm
from ganspeech.recognizers.encoders.attention import SelfAttention


class PositionalConvolution(nn.Module):
    """Positions relative to the neighbors, added by one wide grouped convolution.

    Baevski et al. 2020, after Mohamed et al. 2019.
    """

    kernel: int
    """Taps."""
    groups: int
    """Groups of channels."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch time width"]) -> Float[Array, "batch time width"]:
        """`x` plus its convolution."""
        padding = (self.kernel // 2, (self.kernel - 1) // 2)
        conv = Conv1d(
            x.shape[-1], self.kernel, groups=self.groups, padding=padding, name="convolution"
        )
        return x + jax.nn.gelu(conv(x), approximate=False)


class TransformerLayer(nn.Module):
    """Attention and two dense layers, each added to its input (Vaswani et al. 2017)."""

    heads: int
    """Number of attention heads."""
    inner: int
    """Width between the two dense layers."""
    norm_first: bool
    """Normalize the inputs of either part (Xiong et al. 2020), not its sum."""
    epsilon: float
    """Added to the variance of a normalization."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch time width"],
        valid: Bool[Array, "batch time"],
        bias: Float[Array, "heads time time"] | None,
    ) -> Float[Array, "batch time width"]:
        """The layer's output; a `bias` is added to its attention scores."""
        attention = SelfAttention(self.heads, name="attention")
        first = LayerNorm(self.epsilon, name="attention_norm")
        second = LayerNorm(self.epsilon, name="dense_norm")
        if self.norm_first:
            x = x + attention(first(x), valid, bias)
            return x + self._dense(second(x))
        x = first(x + attention(x, valid, bias))
        return second(x + self._dense(x))

    def _dense(self, x: Float[Array, "batch time width"]) -> Float[Array, "batch time width"]:
        inner = jax.nn.gelu(Dense(self.inner, name="wide")(x), approximate=False)
        return Dense(x.shape[-1], name="narrow")(inner)
