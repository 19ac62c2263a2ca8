"""The multi-resolution spectrogram discriminator of UnivNet (Jang et al. 2021)."""

import jax
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.audio.spec import AudioSpec
from ganspeech.audio.stft import magnitude, stft
from ganspeech.nn.convolution.conv import Conv2d


class MultiResolutionDiscriminator(nn.Module):
    """Classifies magnitude spectrograms at several resolutions."""

    resolutions: tuple[tuple[int, int, int], ...] = (
        (1024, 120, 600),
        (2048, 240, 1200),
        (512, 50, 240),
    )
    """n_fft, hop and window length of each sub-discriminator, in samples."""
    channels: int = 32
    """Channels of every layer."""
    stride: tuple[int, int] = (2, 1)
    """Stride of the three middle layers over frames and bins; (2, 2) is far cheaper."""
    first_stride: tuple[int, int] = (1, 1)
    """Stride of the first layer; most of the cost on a CPU is at the full resolution."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch samples"], condition: Array | None = None
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, frames, bins, channels]` of each resolution, logits last.

        `condition` is not used.
        """
        return [
            ResolutionDiscriminator(
                resolution, self.channels, self.stride, self.first_stride, name=f"resolution_{n}"
            )(x)
            for n, resolution in enumerate(self.resolutions)
        ]


class ResolutionDiscriminator(nn.Module):
    """Two-dimensional convolutions over one magnitude spectrogram."""

    resolution: tuple[int, int, int]
    """n_fft, hop and window length, in samples."""
    channels: int
    """Channels of every layer."""
    stride: tuple[int, int]
    """Stride of the three middle layers over frames and bins."""
    first_stride: tuple[int, int]
    """Stride of the first layer."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch samples"]) -> list[Float[Array, "batch ..."]]:
        """Feature maps `[batch, frames, bins, channels]`, logits last."""
        n_fft, hop_length, win_length = self.resolution
        spec = AudioSpec(n_fft=n_fft, hop_length=hop_length, win_length=win_length)
        x = magnitude(stft(x, spec))[..., None]
        maps = []
        first, middle, last = ((9, 3), self.first_stride), ((9, 3), self.stride), ((3, 3), (1, 1))
        for layer, (taps, stride) in enumerate([first, middle, middle, middle, last]):
            conv = Conv2d(self.channels, taps, stride, weight_norm=True, name=f"conv_{layer}")
            x = jax.nn.leaky_relu(conv(x), 0.2)
            maps.append(x)
        maps.append(Conv2d(1, (3, 3), weight_norm=True, name="logits")(x))
        return maps


MULTI_RESOLUTION_SMALL = MultiResolutionDiscriminator(
    resolutions=((512, 128, 512), (1024, 256, 1024), (2048, 512, 2048)),
    channels=8,
    stride=(2, 2),
    first_stride=(2, 2),
)
"""Fewer frames, a quarter of the channels, and strides from the first layer on, for a CPU."""
