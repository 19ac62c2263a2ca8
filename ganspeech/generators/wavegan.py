"""WaveGAN (Donahue et al. 2019, "Adversarial audio synthesis"): a second of audio from noise."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import ConvTranspose1d
from ganspeech.nn.dense import Dense
from ganspeech.nn.initializers import he
from ganspeech.nn.labels import NoiseAndLabel

START = 16
"""Samples before the first of the five layers that multiply them by four."""


class WaveGANGenerator(nn.Module):
    """DCGAN's generator over time: five transposed convolutions of 25 taps and stride 4."""

    channels: int = 64
    """Channels before the last layer; 16 times as many at the start. 64 is the paper's size."""

    @nn.compact
    def __call__(
        self,
        noise: Float[Array, "batch latent"],
        label: Float[Array, "batch classes"] | None = None,
    ) -> Float[Array, "batch 16384"]:
        """Audio in (-1, 1), of the labels' classes if labels (one-hot) are given."""
        x = NoiseAndLabel(name="input")(noise, label)
        x = Dense(START * 16 * self.channels, stddev=he(x.shape[-1]), name="start")(x)
        x = jax.nn.relu(x.reshape(len(x), START, 16 * self.channels))
        for n, factor in enumerate((8, 4, 2, 1)):
            x = jax.nn.relu(_upsampled(x, factor * self.channels, f"upsample_{n}"))
        return jnp.tanh(_upsampled(x, 1, "audio")[..., 0].astype(jnp.float32))


def _upsampled(
    x: Float[Array, "batch time inputs"], features: int, name: str
) -> Float[Array, "batch out_time features"]:
    """Upsample by four; call it in a compact method."""
    return ConvTranspose1d(features, 25, 4, stddev=he(x.shape[-1] * 25 // 4), name=name)(x)
