"""Layers of networks that make mels."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Bool, Float

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.convolution.convnext import ConvNeXtBlock
from ganspeech.nn.dense import Dense, LayerNorm
from ganspeech.nn.draws import Dropout
from ganspeech.nn.masked import masked

TYPICAL = -5.5
"""First log-mel of every band, about that of speech."""


class Convolutions(nn.Module):
    """Two convolutions, normalized, and one layer to the outputs."""

    width: int
    """Channels of the convolutions."""
    kernel: int
    """Their taps."""
    outputs: int
    """Numbers of each place."""
    dropout: float = 0.0
    """Dropout rate."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time channels"], valid: Bool[Array, "batch time"]
    ) -> Float[Array, "batch time outputs"]:
        """Outputs of each place from its neighbors; float32."""
        for n in range(2):
            conv = Conv1d(self.width, self.kernel, name=f"conv_{n}")
            x = LayerNorm(1e-5, name=f"norm_{n}")(jax.nn.relu(conv(masked(x, valid))))
            x = Dropout(self.dropout, name=f"drop_{n}")(x)
        return Dense(self.outputs, name="leave")(x).astype(jnp.float32)


class MelDecoder(nn.Module):
    """ConvNeXt blocks from frames of tokens to log-mels."""

    width: int
    """Channels of every block."""
    blocks: int
    """Number of blocks."""
    mels: int
    """Bands of the output."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch frames channels"], valid: Bool[Array, "batch frames"]
    ) -> Float[Array, "batch frames mels"]:
        """Log-mels of each frame from its context, float32; at first about those of speech."""
        x = LayerNorm(name="norm")(Dense(self.width, name="enter")(x))
        for n in range(self.blocks):
            block = ConvNeXtBlock(self.width, layer_scale=1 / self.blocks, name=f"block_{n}")
            x = block(masked(x, valid))
        x = LayerNorm(name="last_norm")(x)
        return TYPICAL + Dense(self.mels, stddev=1e-2, name="leave")(x).astype(jnp.float32)
