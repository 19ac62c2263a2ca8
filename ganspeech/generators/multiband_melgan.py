"""Multi-band MelGAN: a small generator of four sub-bands (Yang et al. 2021)."""

import math
from typing import Literal

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.audio.pqmf import PQMF
from ganspeech.audio.spec import AudioSpec
from ganspeech.nn.convolution.conv import Conv1d, ConvTranspose1d

FILTERBANK = PQMF()
"""Joins the four sub-bands to audio."""


class MultiBandMelGAN(nn.Module):
    """Upsamples mel frames to a quarter of the sample rate; a filterbank does the rest.

    The paper trains with a multi-resolution STFT loss on the audio and on its sub-bands. The task
    has the first (`--task.stft-weight`); the loss on the sub-bands is not implemented.
    """

    band_rates: tuple[int, ...] = (8, 4, 2)
    """Factors whose product, times the four bands, is the hop length."""
    channels: int = 384
    """Channels at frame rate; each upsampling halves them."""
    layers: int = 4
    """Residual layers after each upsampling, dilated by 1, 3, 9, …"""
    shortcut: Literal["identity", "convolution"] = "identity"
    """Shortcut beside a residual layer's branch. "identity": its input, to two convolutions of 3
    taps, as in the paper. "convolution": one of a single tap, and the branch's second has one, too;
    as in ParallelWaveGAN's published models (2.53 million parameters at a hop of 256)."""

    @nn.compact
    def __call__(
        self, log_mel: Float[Array, "batch frames mels"], spec: AudioSpec
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples, in float32.

        The sub-bands are limited to [-1, 1], their sum is not. Raises `ValueError` when the
        features have another number of mel bands than `spec`, or the rates another product than a
        quarter of its hop length.
        """
        spec.require_bands(log_mel.shape[-1])
        if math.prod(self.band_rates) * FILTERBANK.bands != spec.hop_length:
            raise ValueError(
                f"band_rates {self.band_rates} times {FILTERBANK.bands} bands multiply to "
                f"{math.prod(self.band_rates) * FILTERBANK.bands}, "
                f"but hop_length is {spec.hop_length}"
            )
        x = reflected_conv(log_mel, self.channels, 7, name="before")
        for n, rate in enumerate(self.band_rates):
            width = self.channels // 2 ** (n + 1)
            x = jax.nn.leaky_relu(x, 0.2)
            up = ConvTranspose1d(
                width, 2 * rate, rate, weight_norm=True, stddev=0.02, name=f"upsample_{n}"
            )
            x = up(x)
            for layer in range(self.layers):
                name = f"residual_{n}_{layer}"
                x = ResidualLayer(3**layer, self.shortcut == "convolution", name=name)(x)
        x = reflected_conv(jax.nn.leaky_relu(x, 0.2), FILTERBANK.bands, 7, name="after")
        return FILTERBANK.synthesis(jnp.tanh(x.astype(jnp.float32)))


class ResidualLayer(nn.Module):
    """A dilated convolution and an undilated one beside a shortcut (MelGAN, Kumar et al. 2019)."""

    dilation: int
    """Steps between the three taps of the first convolution."""
    projected: bool
    """Whether shortcut and second convolution have one tap, not none and three."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch time width"]) -> Float[Array, "batch time width"]:
        """Refine `x`; the output has its shape."""
        width = x.shape[-1]
        y = jax.nn.leaky_relu(x, 0.2)
        y = reflected_conv(y, width, 3, dilation=self.dilation, name="dilated")
        y = jax.nn.leaky_relu(y, 0.2)
        if not self.projected:
            return x + reflected_conv(y, width, 3, name="plain")
        shortcut = reflected_conv(x, width, 1, name="shortcut")
        return shortcut + reflected_conv(y, width, 1, name="plain")


def reflected_conv(
    x: Float[Array, "batch time inputs"], features: int, taps: int, *, dilation: int = 1, name: str
) -> Float[Array, "batch time features"]:
    """Convolution over `x` mirrored at both ends; call it in an `nn.compact` method."""
    reach = taps // 2 * dilation
    x = jnp.pad(x, ((0, 0), (reach, reach), (0, 0)), mode="reflect")
    conv = Conv1d(
        features,
        taps,
        dilation=dilation,
        padding=(0, 0),
        weight_norm=True,
        stddev=0.02,
        name=name,
    )
    return conv(x)


MULTIBAND_MELGAN = MultiBandMelGAN()
"""2.73 million parameters at 80 mel bands, for a hop of 256 samples."""
MULTIBAND_MELGAN_16K = MultiBandMelGAN(band_rates=(2, 5, 5))
"""The paper's 1.91 million parameters, for 16 kHz and a hop of 200 samples."""
