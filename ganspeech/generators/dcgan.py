"""The DCGAN of the textbook example (after Radford et al. 2016): small pictures from noise."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import ConvTranspose2d
from ganspeech.nn.dense import Dense
from ganspeech.nn.initializers import DCGAN
from ganspeech.nn.labels import NoiseAndLabel
from ganspeech.nn.normalization.batch_norm import BatchNorm

START = 4
"""Rows and columns before the first of the three layers that double them."""


class DCGANGenerator(nn.Module):
    """Dense layers, then three transposed convolutions from 4 x 4 to a picture of 32 x 32."""

    hidden: tuple[int, ...] = (256, 512, 1024)
    """Widths of the dense layers."""
    channels: int = 256
    """Channels of the 4 x 4 start; each transposed convolution but the last halves them."""
    kernel: int = 4
    """Taps along either axis; a multiple of the stride of 2 avoids checkerboards (Odena 2016)."""

    @nn.compact
    def __call__(
        self,
        noise: Float[Array, "batch latent"],
        label: Float[Array, "batch classes"] | None = None,
    ) -> Float[Array, "batch 32 32 1"]:
        """Pictures in (-1, 1), of the labels' classes if labels (one-hot) are given."""
        x = NoiseAndLabel(name="input")(noise, label)
        for n, width in enumerate(self.hidden):
            x = _activated(Dense(width, stddev=DCGAN, name=f"dense_{n}")(x), f"norm_{n}")
        x = Dense(START * START * self.channels, stddev=DCGAN, name="start")(x)
        # Normalized value by value before the reshape: statistics that also pool over the picture
        # would not keep the examples of a batch apart.
        x = _activated(x, "start_norm")
        x = x.reshape(len(x), START, START, self.channels)
        taps, stride = (self.kernel, self.kernel), (2, 2)
        for n, width in enumerate((self.channels // 2, self.channels // 4)):
            x = ConvTranspose2d(width, taps, stride, stddev=DCGAN, name=f"upsample_{n}")(x)
            x = _activated(x, f"upsample_norm_{n}")
        x = ConvTranspose2d(1, taps, stride, stddev=DCGAN, name="picture")(x)
        return jnp.tanh(x.astype(jnp.float32))


def _activated(x: Float[Array, "batch ..."], name: str) -> Float[Array, "batch ..."]:
    """LeakyReLU, then batch normalization; call it in a compact method."""
    return BatchNorm(momentum=0.8, name=name)(jax.nn.leaky_relu(x, 0.2))
