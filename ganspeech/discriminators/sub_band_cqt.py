"""The multi-scale sub-band constant-Q transform discriminator (Gu et al. 2024)."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.audio.cqt import cqt, double_rate
from ganspeech.nn.convolution.conv import Conv2d

DILATIONS = (1, 2, 4)
"""Dilations over frames of the middle layers."""


class SubBandCQTDiscriminator(nn.Module):
    """Classifies constant-Q spectra, whose resolution follows pitch, at several resolutions.

    Also the second discriminator of BigVGAN v2 (Lee et al. 2023). Layers and weight normalization
    are those of the code published with either.
    """

    sample_rate: int = 22050
    """Sample rate, in Hz. Nine octaves need at least 17,000; below that, lower `octaves`."""
    hop_lengths: tuple[int, ...] = (512, 256, 256)
    """Samples between frames of each sub-discriminator, at twice the sample rate."""
    bins_per_octave: tuple[int, ...] = (24, 36, 48)
    """Bins per octave of each sub-discriminator."""
    octaves: int = 9
    """Number of octaves, from the note C1 (32.7 Hz) up."""
    channels: int = 32
    """Channels of every layer after the octaves are joined."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch samples"], condition: Array | None = None
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, frames, bins, channels]` of each resolution, logits last.

        `condition` is not used. Raises `ValueError` when the octaves reach the sample rate, half
        the rate of the transform.
        """
        # Upsampled so that the highest octave, empty in most speech, exists.
        x = double_rate(x)
        found = []
        for n, (hop, bins) in enumerate(zip(self.hop_lengths, self.bins_per_octave, strict=True)):
            spectrum = cqt(
                x,
                sample_rate=2 * self.sample_rate,
                hop_length=hop,
                bins_per_octave=bins,
                octaves=self.octaves,
            )
            discriminator = CQTDiscriminator(self.octaves, self.channels, name=f"resolution_{n}")
            found.append(discriminator(jnp.stack([spectrum.real, spectrum.imag], axis=-1)))
        return found


class CQTDiscriminator(nn.Module):
    """Two-dimensional convolutions over the real and imaginary parts of one spectrum."""

    octaves: int
    """Octaves of the spectrum."""
    channels: int
    """Channels of every layer after the octaves are joined."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch frames bins 2"]) -> list[Float[Array, "batch ..."]]:
        """Feature maps `[batch, frames, bins, channels]`, logits last."""
        # Windows of low octaves are longer: a layer for each aligns them before they are joined.
        bands = jnp.split(x, self.octaves, axis=2)
        bands = [Conv2d(2, (3, 9), name=f"octave_{n}")(band) for n, band in enumerate(bands)]
        x = jnp.concatenate(bands, axis=2)
        maps = [jax.nn.leaky_relu(Conv2d(self.channels, (3, 9), name="conv_0")(x), 0.1)]
        for n, dilation in enumerate(DILATIONS, start=1):
            conv = Conv2d(
                self.channels, (3, 9), (1, 2), (dilation, 1), weight_norm=True, name=f"conv_{n}"
            )
            maps.append(jax.nn.leaky_relu(conv(maps[-1]), 0.1))
        last = Conv2d(self.channels, (3, 3), weight_norm=True, name=f"conv_{len(maps)}")
        maps.append(jax.nn.leaky_relu(last(maps[-1]), 0.1))
        maps.append(Conv2d(1, (3, 3), weight_norm=True, name="logits")(maps[-1]))
        return maps


SUB_BAND_CQT_SMALL = SubBandCQTDiscriminator(
    hop_lengths=(512, 512), bins_per_octave=(12, 24), octaves=8, channels=8
)
"""Half the bins and frames, a quarter of the channels, and octaves that 16 kHz has, for a CPU."""
