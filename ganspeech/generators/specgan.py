"""SpecGAN (Donahue et al. 2019, "Adversarial audio synthesis"): spectrograms from noise."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import ConvTranspose2d
from ganspeech.nn.dense import Dense
from ganspeech.nn.initializers import he
from ganspeech.nn.labels import NoiseAndLabel

START = 4
"""Frames and bins before the first of the five layers that double them."""


class SpecGANGenerator(nn.Module):
    """DCGAN's generator: five transposed convolutions of 5 x 5 taps and stride 2."""

    channels: int = 64
    """Channels before the last layer; 16 times as many at the start. 64 is the paper's size."""

    @nn.compact
    def __call__(
        self,
        noise: Float[Array, "batch latent"],
        label: Float[Array, "batch classes"] | None = None,
    ) -> Float[Array, "batch 128 128 1"]:
        """Spectrograms in (-1, 1), of the labels' classes if labels (one-hot) are given."""
        x = NoiseAndLabel(name="input")(noise, label)
        x = Dense(START * START * 16 * self.channels, stddev=he(x.shape[-1]), name="start")(x)
        x = jax.nn.relu(x.reshape(len(x), START, START, 16 * self.channels))
        for n, factor in enumerate((8, 4, 2, 1)):
            x = jax.nn.relu(_upsampled(x, factor * self.channels, f"upsample_{n}"))
        return jnp.tanh(_upsampled(x, 1, "spectrogram").astype(jnp.float32))


def _upsampled(
    x: Float[Array, "batch frames bins inputs"], features: int, name: str
) -> Float[Array, "batch out_frames out_bins features"]:
    """Upsample both axes by two; call it in a compact method."""
    stddev = he(x.shape[-1] * 25 // 4)
    return ConvTranspose2d(features, (5, 5), (2, 2), stddev=stddev, name=name)(x)
