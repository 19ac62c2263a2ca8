"""The multi-scale discriminator of MelGAN (Kumar et al. 2019) as in HiFi-GAN."""

import math

import jax
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import Conv1d

# For each layer: width as a multiple of the first layer's, taps, stride, groups.
_LAYERS = (
    (1, 15, 1, 1),
    (1, 41, 2, 4),
    (2, 41, 2, 16),
    (4, 41, 4, 16),
    (8, 41, 4, 16),
    (8, 41, 1, 16),
    (8, 5, 1, 1),
)


class MultiScaleDiscriminator(nn.Module):
    """Classifies the waveform as it is and averaged down by 2, 4, …

    Every scale is weight-normalized; HiFi-GAN uses spectral normalization on the first.
    """

    scales: int = 3
    """Sub-discriminators, each at half the rate of the one before."""
    channels: int = 128
    """Channels of the first layer; the last have eight times as many."""
    max_channels: int = 1024
    """Largest number of channels of a layer."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch samples"], condition: Array | None = None
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, time, channels]` of each scale, logits last.

        `condition` is not used.
        """
        x, scales = x[..., None], []
        for scale in range(self.scales):
            if scale > 0:
                x = nn.avg_pool(x, (4,), (2,), padding=((2, 2),))
            discriminator = ScaleDiscriminator(
                self.channels, self.max_channels, name=f"scale_{scale}"
            )
            scales.append(discriminator(x))
        return scales


class ScaleDiscriminator(nn.Module):
    """Long grouped convolutions with strides, over one rate of the waveform."""

    channels: int
    """Channels of the first layer."""
    max_channels: int
    """Largest number of channels of a layer."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch samples 1"]) -> list[Float[Array, "batch ..."]]:
        """Feature maps `[batch, time, channels]`, logits last."""
        maps = []
        for layer, (multiple, taps, stride, groups) in enumerate(_LAYERS):
            width = min(multiple * self.channels, self.max_channels)
            # Narrow layers have fewer groups, of at least the paper's 8 channels.
            inputs = x.shape[-1]
            groups = math.gcd(groups, inputs, width, max(1, inputs // 8), max(1, width // 8))
            conv = Conv1d(
                width, taps, stride, groups=groups, weight_norm=True, name=f"conv_{layer}"
            )
            x = jax.nn.leaky_relu(conv(x), 0.1)
            maps.append(x)
        maps.append(Conv1d(1, 3, weight_norm=True, name="logits")(x))
        return maps


MULTI_SCALE_SMALL = MultiScaleDiscriminator(channels=16, max_channels=64)
"""An eighth of the first width and a sixteenth of the last, for a CPU."""
