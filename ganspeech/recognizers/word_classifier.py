"""Small convolutional classifier of pictures: digits, or log-mels of single words."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import Conv2d
from ganspeech.nn.dense import Dense, LayerNorm


class WordClassifier(nn.Module):
    """Convolutions and pooling, then one hidden layer, whose values are the features.

    LeCun et al. 1998, with max pooling, and layer normalization, so that the output for a picture
    does not depend on the others. Height and width must be multiples of 2 to the number of
    convolutions.
    """

    classes: int = 10
    """Number of classes."""
    channels: tuple[int, ...] = (32, 64, 64)
    """Channels of each convolution; after each, height and width are halved."""
    width: int = 64
    """Width of the features."""

    @nn.compact
    def __call__(
        self, pictures: Float[Array, "batch height width"]
    ) -> tuple[Float[Array, "batch features"], Float[Array, "batch classes"]]:
        """Features and logits of `pictures` in [-1, 1]."""
        x = pictures[..., None]
        for n, channels in enumerate(self.channels):
            x = Conv2d(channels, (3, 3), name=f"conv_{n}")(x)
            x = jax.nn.relu(LayerNorm(name=f"norm_{n}")(_halved(x)))
        x = x.reshape(len(x), -1)
        features = jax.nn.relu(Dense(self.width, name="features")(x))
        return features, Dense(self.classes, name="logits")(features).astype(jnp.float32)


def _halved(x: Float[Array, "batch height width channels"]) -> Float[Array, "batch ..."]:
    """Max pooling of 2 x 2 values by a reshape, whose gradient is fast on a CPU."""
    batch, height, width, channels = x.shape
    return x.reshape(batch, height // 2, 2, width // 2, 2, channels).max((2, 4))
