"""The ConvNeXt block over time (Liu et al. 2022, as used by Vocos, Siuzdak 2023)."""

import jax
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.depthwise import DepthwiseConv1d
from ganspeech.nn.dense import Dense, LayerNorm, per_channel


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution, normalization and a wide two-layer perceptron, added to the input."""

    width: int
    """Channels in and out."""
    kernel: int = 7
    """Taps of the depthwise convolution."""
    expansion: int = 3
    """Hidden width of the perceptron as a multiple of `width`."""
    layer_scale: float = 0.125
    """Initial value of each channel's learned gain on the branch (Vocos: one over the blocks)."""
    causal: bool = False
    """Whether no later step is seen."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch time width"]) -> Float[Array, "batch time width"]:
        """Refine `x`; the output has its shape."""
        branch = DepthwiseConv1d(self.kernel, stddev=0.02, causal=self.causal, name="depthwise")(x)
        branch = LayerNorm(name="norm")(branch)
        branch = Dense(self.expansion * self.width, stddev=0.02, name="expand")(branch)
        branch = jax.nn.gelu(branch, approximate=False)
        branch = Dense(self.width, stddev=0.02, name="contract")(branch)
        gain = self.param("gain", nn.initializers.constant(self.layer_scale), (self.width,))
        return x.astype(branch.dtype) + per_channel(gain, branch) * branch
