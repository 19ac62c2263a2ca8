"""A small recognizer of separable convolutions, trained in minutes on a CPU."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float, Int

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.convolution.convnext import ConvNeXtBlock
from ganspeech.nn.dense import Dense, LayerNorm
from ganspeech.nn.draws import Dropout
from ganspeech.nn.masked import masked, normalized_over_time, valid_places
from ganspeech.nn.spec_augment import Masks, SpecAugment
from ganspeech.recognizers.ctc_output import CTCOutput, steps_of


class ConvolutionalRecognizer(nn.Module):
    """Convolutions over time, then blocks of depthwise and pointwise ones with residuals.

    Similar to QuartzNet (Kriman et al. 2020), with ConvNeXt's blocks (Liu et al. 2022), for
    the CTC loss (Graves et al. 2006). Only the first normalization depends on a whole
    utterance: otherwise a step depends on `blocks * (kernel - 1) / 2` steps on either side.
    """

    width: int = 96
    """Channels between blocks."""
    blocks: int = 4
    """Number of blocks."""
    kernel: int = 11
    """Taps of each block's convolution over time."""
    dropout: float = 0.1
    """Dropout rate of each block."""
    masks: Masks = Masks()
    """Masks of the features while training."""

    @nn.compact
    def __call__(
        self,
        features: Float[Array, "batch frames channels"],
        lengths: Int[Array, " batch"],
        symbols: int,
        stride: int,
    ) -> CTCOutput:
        """Recognize `lengths` valid frames of each utterance; `symbols` and `stride` are static.

        Padding beyond the end changes nothing before it.
        """
        x = normalized_over_time(features, valid_places(lengths, features.shape[1]))
        x = SpecAugment(self.masks, name="augment")(x, lengths)
        for n in range(stride.bit_length() - 1):
            x = jax.nn.gelu(Conv1d(self.width, 5, stride=2, name=f"halve_{n}")(x))
            lengths = steps_of(lengths, 2)
            x = masked(x, valid_places(lengths, x.shape[1]))
        valid = valid_places(lengths, x.shape[1])
        x = LayerNorm(name="norm_in")(Conv1d(self.width, 3, name="enter")(x))
        for n in range(self.blocks):
            block = ConvNeXtBlock(self.width, self.kernel, layer_scale=1.0, name=f"block_{n}")
            x = Dropout(self.dropout, name=f"dropout_{n}")(block(masked(x, valid)))
        x = masked(LayerNorm(name="norm_out")(x), valid)
        return CTCOutput(x, Dense(symbols, name="symbols")(x).astype(jnp.float32), lengths)
