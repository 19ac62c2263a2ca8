"""Generator of features from noise (after Radford et al. 2016)."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import ConvTranspose2d
from ganspeech.nn.dense import Dense
from ganspeech.nn.initializers import he


class FeatureGenerator(nn.Module):
    """Transposed convolutions that double frames and bands, from a coarse picture of noise."""

    widths: tuple[int, ...] = (64, 32, 16)
    """Channels before each doubling."""

    @nn.compact
    def __call__(
        self, noise: Float[Array, "batch latent"], frames: int, channels: int
    ) -> Float[Array, "batch frames channels"]:
        """Features of `frames` and `channels`, in float32."""
        scale = 2 ** len(self.widths)
        height, bands = -(-frames // scale), -(-channels // scale)
        stddev = he(noise.shape[-1])
        x = Dense(height * bands * self.widths[0], stddev=stddev, name="start")(noise)
        x = x.reshape(len(x), height, bands, self.widths[0])
        for n, width in enumerate((*self.widths[1:], 1)):
            stddev = he(x.shape[-1] * 4)
            x = jax.nn.relu(x)
            x = ConvTranspose2d(width, (4, 4), (2, 2), stddev=stddev, name=f"upsample_{n}")(x)
        return x[:, :frames, :channels, 0].astype(jnp.float32)
