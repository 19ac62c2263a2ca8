"""Dilated depthwise-separable convolutions with growing context."""

import jax
from flax import linen as nn
from jaxtyping import Array, Bool, Float

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.convolution.depthwise import DepthwiseConv1d
from ganspeech.nn.dense import LayerNorm
from ganspeech.nn.draws import Dropout
from ganspeech.nn.masked import masked


class DilatedSeparable(nn.Module):
    """Dilated and depth-separable convolutions with residuals (Kim et al. 2021, figure 5)."""

    layers: int
    """Number of layers; each is dilated `kernel` times as far as the one before."""
    kernel: int
    """Taps over time."""
    dropout: float = 0.0
    """Dropout rate of each layer."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time width"], valid: Bool[Array, "batch time"]
    ) -> Float[Array, "batch time width"]:
        """Refine `x`; `valid` positions depend on each other only; zero elsewhere."""
        for n in range(self.layers):
            depthwise = DepthwiseConv1d(self.kernel, self.kernel**n, name=f"depthwise_{n}")
            y = depthwise(masked(x, valid))
            y = LayerNorm(1e-5, name=f"depthwise_norm_{n}")(y)
            y = jax.nn.gelu(y, approximate=False)
            y = Conv1d(x.shape[-1], 1, name=f"pointwise_{n}")(y)
            y = LayerNorm(1e-5, name=f"pointwise_norm_{n}")(y)
            y = jax.nn.gelu(y, approximate=False)
            x = x + Dropout(self.dropout, name=f"dropout_{n}")(y)
        return masked(x, valid)
