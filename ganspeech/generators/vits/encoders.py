"""The two encoders of VITS: of texts, and of recordings (Kim et al. 2021)."""

import math

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Bool, Float, Int

from ganspeech.generators.vits.parts import Encoded
from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.convolution.wavenet import WaveNet
from ganspeech.nn.dense import LayerNorm
from ganspeech.nn.draws import Dropout
from ganspeech.nn.masked import masked, valid_places
from ganspeech.nn.windowed_attention import WindowedAttention


class TextEncoder(nn.Module):
    """A transformer with relative positions, whose last layer is the prior of each token."""

    width: int
    """Channels between layers."""
    hidden: int
    """Channels inside the feed-forward layers."""
    heads: int
    """Heads of the attention."""
    layers: int
    """Number of layers."""
    kernel: int
    """Taps of the feed-forward layers."""
    window: int
    """Tokens on either side that have a distance embedding."""
    dropout: float
    """Dropout rate of each part of a layer."""
    latent: int
    """Channels of a latent frame; 0: no prior, whose mean and deviation then are empty."""

    @nn.compact
    def __call__(
        self, tokens: Int[Array, "batch tokens"], lengths: Int[Array, " batch"], symbols: int
    ) -> Encoded:
        """Prior of `lengths` valid tokens of each text, all below `symbols` (static).

        Padding beyond a text's end changes nothing before it.
        """
        init = nn.initializers.normal(self.width**-0.5)
        table = self.param("embedding", init, (symbols, self.width))
        valid = valid_places(lengths, tokens.shape[1])
        # From float32, since the gradient adds up all occurrences of a symbol.
        x = table.astype(jnp.float32)[tokens].astype(table.dtype)
        x = masked(x * math.sqrt(self.width), valid)
        for n in range(self.layers):
            attend = WindowedAttention(self.heads, self.window, self.dropout, name=f"attention_{n}")
            y = Dropout(self.dropout, name=f"attention_dropout_{n}")(attend(x, valid))
            x = masked(LayerNorm(1e-5, name=f"attention_norm_{n}")(x + y), valid)
            y = jax.nn.relu(Conv1d(self.hidden, self.kernel, name=f"expand_{n}")(x))
            y = masked(Dropout(self.dropout, name=f"inner_dropout_{n}")(y), valid)
            y = Conv1d(self.width, self.kernel, name=f"contract_{n}")(y)
            y = Dropout(self.dropout, name=f"outer_dropout_{n}")(y)
            x = masked(LayerNorm(1e-5, name=f"norm_{n}")(x + y), valid)
        if not self.latent:
            return Encoded(x, *(jnp.zeros((*tokens.shape, 0)) for _ in range(2)))
        prior = masked(Conv1d(2 * self.latent, 1, name="prior")(x).astype(jnp.float32), valid)
        return Encoded(x, *jnp.split(prior, 2, axis=-1))


class PosteriorEncoder(nn.Module):
    """WaveNet layers from a linear spectrogram to latent frames."""

    width: int
    """Channels between layers."""
    layers: int
    """Number of layers."""
    kernel: int
    """Taps of each layer."""
    dilation_rate: int
    """Ratio of a layer's dilation to that of the layer before."""
    latent: int
    """Channels of a latent frame."""

    @nn.compact
    def __call__(
        self,
        linear: Float[Array, "batch frames bins"],
        valid: Bool[Array, "batch frames"],
        speaker: Float[Array, "batch speaker_width"] | None = None,
    ) -> tuple[Float[Array, "batch frames latent"], Float[Array, "batch frames latent"]]:
        """Mean and log standard deviation of each latent frame, float32; zero where not `valid`."""
        x = masked(Conv1d(self.width, 1, name="enter")(linear), valid)
        x = WaveNet(self.layers, self.kernel, self.dilation_rate, name="wavenet")(x, valid, speaker)
        x = Conv1d(2 * self.latent, 1, name="posterior")(x).astype(jnp.float32)
        mean, log_std = jnp.split(masked(x, valid), 2, axis=-1)
        return mean, log_std
