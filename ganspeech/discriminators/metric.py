"""Discriminators that predict a metric of enhanced speech given the clean (Fu et al. 2019)."""

from typing import Literal

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.audio import AudioSpec, stft
from ganspeech.audio.stft import magnitude
from ganspeech.nn.convolution.conv import Conv2d
from ganspeech.nn.dense import Dense


class MetricDiscriminator(nn.Module):
    """Convolutions over the spectra of both recordings, an average or maximum, dense layers.

    The sizes are those of MetricGAN+ (Fu et al. 2021), every kernel divided by its largest singular
    value, which keeps the score smooth for the generator.
    """

    widths: tuple[int, ...] = (15, 15, 15, 15)
    """Channels of the convolutions."""
    kernel: int = 5
    """Taps along frames and bins."""
    stride: int = 1
    """Frames and bins between outputs of each convolution."""
    hidden: tuple[int, ...] = (50, 10)
    """Widths of the dense layers before the score."""
    pooling: Literal["mean", "max"] = "mean"
    """Pooling of each channel's values over frames and bins."""
    n_fft: int = 512
    """Length of the DFT and of its Hann window, in samples."""
    hop_length: int = 256
    """Samples between frames."""
    slope: float = 0.3
    """Slope of the leaky ReLUs below zero."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch samples"],
        condition: Float[Array, "batch samples"] | None = None,
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, frames, bins, channels]`, the score `[batch, 1]` last.

        `condition` is the clean recording. Raises `ValueError` without it.
        """
        if condition is None:
            raise ValueError("a metric discriminator needs clean speech as its condition")
        spec = AudioSpec(n_fft=self.n_fft, hop_length=self.hop_length, win_length=self.n_fft)
        both = (jnp.log1p(magnitude(stft(audio, spec))) for audio in (x, condition))
        x = jnp.stack(list(both), axis=-1)
        maps = []
        for n, width in enumerate(self.widths):
            conv = Conv2d(
                width,
                (self.kernel, self.kernel),
                (self.stride, self.stride),
                spectral_norm=True,
                name=f"conv_{n}",
            )
            x = jax.nn.leaky_relu(conv(x), self.slope)
            maps.append(x)
        x = x.astype(jnp.float32)
        x = x.mean((1, 2)) if self.pooling == "mean" else x.max((1, 2))
        for n, width in enumerate(self.hidden):
            x = Dense(width, spectral_norm=True, name=f"dense_{n}")(x)
            x = jax.nn.leaky_relu(x, self.slope)
        maps.append(Dense(1, spectral_norm=True, name="score")(x))
        return [maps]


METRIC_CMGAN = MetricDiscriminator(
    widths=(16, 32, 64, 128),
    kernel=4,
    stride=2,
    hidden=(64,),
    pooling="max",
    n_fft=400,
    hop_length=100,
)
"""Near the size of CMGAN's (Cao et al. 2022), whose layers are normalized by instance as well."""
