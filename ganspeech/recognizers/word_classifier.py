"""A small convolutional classifier of pictures: digits, or log-mels of single words."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.batch_norm import BatchNorm
from ganspeech.nn.conv import Conv2d
from ganspeech.nn.dense import Dense


class WordClassifier(nn.Module):
    """Convolutions that halve the picture, then one hidden layer, whose values are the features.

    LeCun et al. 1998, with strided convolutions and batch normalisation.
    """

    classes: int = 10
    """Words it tells apart."""
    channels: tuple[int, ...] = (32, 64, 128)
    """Of each convolution; each halves height and width."""
    width: int = 64
    """Of the features."""

    @nn.compact
    def __call__(
        self, pictures: Float[Array, "batch height width"]
    ) -> tuple[Float[Array, "batch features"], Float[Array, "batch classes"]]:
        """Features and logits of ``pictures`` in [-1, 1]."""
        x = pictures[..., None]
        for n, channels in enumerate(self.channels):
            x = Conv2d(channels, (5, 5) if n == 0 else (3, 3), (2, 2), name=f"conv_{n}")(x)
            x = jax.nn.relu(BatchNorm(name=f"norm_{n}")(x))
        features = jax.nn.relu(Dense(self.width, name="features")(x.reshape(len(x), -1)))
        return features, Dense(self.classes, name="logits")(features).astype(jnp.float32)
