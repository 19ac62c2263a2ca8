"""SpecGAN (Donahue et al. 2019, "Adversarial audio synthesis"): spectrograms from noise."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.conv import ConvTranspose2d
from ganspeech.nn.dense import Dense
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
        """Spectrograms in (-1, 1), of the labels' classes where labels (one-hot) are given."""
        x = NoiseAndLabel(name="input")(noise, label)
        x = Dense(START * START * 16 * self.channels, name="start")(x)
        x = jax.nn.relu(x.reshape(len(x), START, START, 16 * self.channels))
        for n, factor in enumerate((8, 4, 2, 1)):
            conv = ConvTranspose2d(factor * self.channels, (5, 5), (2, 2), name=f"upsample_{n}")
            x = jax.nn.relu(conv(x))
        return jnp.tanh(
            ConvTranspose2d(1, (5, 5), (2, 2), name="spectrogram")(x).astype(jnp.float32)
        )
