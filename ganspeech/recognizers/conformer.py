"""The Conformer (Gulati et al. 2020): attention for what is far, convolution for what is near."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Bool, Float, Int

from ganspeech.nn.attention import RelativeAttention
from ganspeech.nn.conv import Conv2d
from ganspeech.nn.dense import Dense, LayerNorm
from ganspeech.nn.depthwise import DepthwiseConv1d
from ganspeech.nn.draws import Dropout
from ganspeech.nn.masked import MaskedBatchNorm, masked, normalised_over_time, valid_places
from ganspeech.nn.spec_augment import Masks, SpecAugment
from ganspeech.recognizers.heard import Heard, steps_of


class Conformer(nn.Module):
    """The published encoder with symbols right upon it, for the CTC loss (Graves et al. 2006)."""

    width: int = 144
    """Channels between blocks."""
    blocks: int = 16
    """How many blocks there are."""
    heads: int = 4
    """Heads of each block's attention."""
    kernel: int = 31
    """Taps of each block's convolution over time. Published: 32, which has no middle."""
    stem: int = 144
    """Channels of the two convolutions over time and frequency before the blocks."""
    dropout: float = 0.1
    """Share of the values that is dropped in each part of a block while training."""
    masks: Masks = Masks(time=10, time_share=0.05)
    """What is covered of the features while training."""

    @nn.compact
    def __call__(
        self,
        features: Float[Array, "batch frames channels"],
        lengths: Int[Array, " batch"],
        symbols: int,
        stride: int,
    ) -> Heard:
        """Hear ``lengths`` valid frames of each utterance; ``symbols`` and ``stride`` are static.

        Whatever lies behind the end changes nothing before it.
        """
        x = normalised_over_time(features, valid_places(lengths, features.shape[1]))
        x = SpecAugment(self.masks, name="augment")(x, lengths)[..., None]
        for n, step in enumerate({1: (1, 1), 2: (2, 1), 4: (2, 2)}[stride]):
            x = jax.nn.relu(Conv2d(self.stem, (3, 3), (step, 2), name=f"stem_{n}")(x))
            lengths = steps_of(lengths, step)
            x = masked(x, valid_places(lengths, x.shape[1]))
        valid = valid_places(lengths, x.shape[1])
        x = Dense(self.width, name="enter")(x.reshape(*x.shape[:2], -1))
        x = Dropout(self.dropout, name="dropout")(x)
        for n in range(self.blocks):
            block = ConformerBlock(
                self.width, self.heads, self.kernel, self.dropout, name=f"block_{n}"
            )
            x = block(x, valid)
        x = masked(x, valid)
        return Heard(x, Dense(symbols, name="symbols")(x).astype(jnp.float32), lengths)


class ConformerBlock(nn.Module):
    """Half a feed-forward layer, attention, convolution, the other half, and a norm."""

    width: int
    """Channels in and out."""
    heads: int
    """Heads of the attention."""
    kernel: int
    """Taps of the convolution."""
    dropout: float
    """Share of the values that each part drops."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time width"], valid: Bool[Array, "batch time"]
    ) -> Float[Array, "batch time width"]:
        """Refine ``x``, whose ``valid`` places see each other and no others."""
        attention = RelativeAttention(self.heads, self.dropout, name="attention")
        x = x + 0.5 * FeedForward(self.dropout, name="before")(x)
        heard = attention(LayerNorm(name="attention_norm")(x), valid)
        x = x + Dropout(self.dropout, name="attention_dropout")(heard)
        x = x + Convolution(self.kernel, self.dropout, name="convolution")(x, valid)
        x = x + 0.5 * FeedForward(self.dropout, name="after")(x)
        return LayerNorm(name="norm")(x)


class FeedForward(nn.Module):
    """Each place by itself, through four times the width."""

    dropout: float
    """Share of the values that is dropped, twice."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch time width"]) -> Float[Array, "batch time width"]:
        """What is added to ``x``."""
        width = x.shape[-1]
        y = jax.nn.silu(Dense(4 * width, name="expand")(LayerNorm(name="norm")(x)))
        y = Dense(width, name="contract")(Dropout(self.dropout, name="inner")(y))
        return Dropout(self.dropout, name="outer")(y)


class Convolution(nn.Module):
    """A gate, each channel's own filter over time, and batch normalisation."""

    kernel: int
    """Taps of the filters."""
    dropout: float
    """Share of the values that is dropped."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time width"], valid: Bool[Array, "batch time"]
    ) -> Float[Array, "batch time width"]:
        """What is added to ``x``."""
        width = x.shape[-1]
        y = jax.nn.glu(Dense(2 * width, name="gate")(LayerNorm(name="norm")(x)))
        y = DepthwiseConv1d(self.kernel, name="depthwise")(masked(y, valid))
        y = jax.nn.silu(MaskedBatchNorm(name="batch_norm")(y, valid))
        return Dropout(self.dropout, name="dropout")(Dense(width, name="out")(y))


CONFORMER_S = Conformer()
CONFORMER_M = Conformer(width=256, stem=256)
CONFORMER_L = Conformer(width=512, blocks=17, heads=8, stem=512)
CONFORMER_XS = Conformer(blocks=4, kernel=11, stem=16)
"""For corpora of an hour or two, on a CPU."""
