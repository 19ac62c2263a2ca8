"""The Conformer (Gulati et al. 2020): attention over long ranges, convolution over short."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Bool, Float, Int

from ganspeech.nn.conformer import ConformerBlock
from ganspeech.nn.convolution.conv import Conv2d
from ganspeech.nn.dense import Dense
from ganspeech.nn.draws import Dropout
from ganspeech.nn.masked import masked, normalized_over_time, valid_places
from ganspeech.nn.repeated import repeated
from ganspeech.nn.spec_augment import Masks, SpecAugment
from ganspeech.recognizers.ctc_output import CTCOutput, steps_of


class Conformer(nn.Module):
    """The published encoder with a linear output for the CTC loss (Graves et al. 2006)."""

    width: int = 144
    """Channels between blocks."""
    blocks: int = 16
    """Number of blocks."""
    heads: int = 4
    """Heads of each block's attention."""
    kernel: int = 31
    """Taps of each block's convolution over time. The paper's 32 has no center."""
    stem: int = 144
    """Channels of the two convolutions over time and frequency before the blocks."""
    dropout: float = 0.1
    """Dropout rate of each part of a block."""
    masks: Masks = Masks(time=10, time_share=0.05)
    """Masks of the features while training."""
    remat: bool = False
    """Run the blocks in a loop and compute their insides again for gradients: less memory, for one
    more forward pass of the blocks."""

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
        x = SpecAugment(self.masks, name="augment")(x, lengths)[..., None]
        for n, step in enumerate({1: (1, 1), 2: (2, 1), 4: (2, 2)}[stride]):
            x = jax.nn.relu(Conv2d(self.stem, (3, 3), (step, 2), name=f"stem_{n}")(x))
            lengths = steps_of(lengths, step)
            x = masked(x, valid_places(lengths, x.shape[1]))
        valid = valid_places(lengths, x.shape[1])
        x = Dense(self.width, name="enter")(x.reshape(*x.shape[:2], -1))
        x = Dropout(self.dropout, name="dropout")(x)
        x = masked(self._refined(x, valid), valid)
        return CTCOutput(x, Dense(symbols, name="symbols")(x).astype(jnp.float32), lengths)

    def _refined(
        self, x: Float[Array, "batch time width"], valid: Bool[Array, "batch time"]
    ) -> Float[Array, "batch time width"]:
        """Refine `x` by all blocks, in a loop or one by one."""
        names = [f"block_{n}" for n in range(self.blocks)]
        settings = self.width, self.heads, self.kernel, self.dropout
        if self.remat and not self.is_initializing():
            block = ConformerBlock(*settings, parent=None)
            turns = [[name] for name in names]
            return repeated(self, turns, [block], lambda x, call: call(x, valid), x)
        for name in names:
            x = ConformerBlock(*settings, name=name)(x, valid)
        return x


CONFORMER_S = Conformer()
CONFORMER_M = Conformer(width=256, stem=256)
CONFORMER_L = Conformer(width=512, blocks=17, heads=8, stem=512)
CONFORMER_XS = Conformer(blocks=4, kernel=11, stem=16)
"""For corpora of an hour or two, on a CPU."""
