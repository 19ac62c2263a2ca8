"""The discriminator that has only ever read text (Baevski et al. 2021)."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.unfolded import Unfolded1d
from ganspeech.nn.draws import Dropout


class PhoneDiscriminator(nn.Module):
    """Causal convolutions over a sequence of phones, and the mean of their scores."""

    width: int = 384
    """Channels of the hidden layers."""
    kernel: int = 6
    """Taps of every layer."""
    layers: int = 2
    """Number of layers, the scores' included."""
    dropout: float = 0.0
    """Dropout rate of the hidden layers."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch steps phones"], condition: None
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, steps, width]`, the logit `[batch, 1]` last.

        Rows of `x` are probabilities; a row of zeros is padding.
        """
        valid = (jnp.sum(x, axis=-1, keepdims=True) > 0).astype(x.dtype)
        maps = []
        for n in range(self.layers - 1):
            x = Unfolded1d(self.width, self.kernel, causal=True, name=f"layer_{n}")(x * valid)
            x = Dropout(self.dropout, name=f"dropout_{n}")(jax.nn.gelu(x))
            maps.append(x)
        scores = Unfolded1d(1, self.kernel, causal=True, name="score")(x * valid)
        scores, inside = scores.astype(jnp.float32), valid.astype(jnp.float32)
        return [[*maps, jnp.sum(scores * inside, axis=1) / jnp.maximum(inside.sum(1), 1)]]


PHONE_SEQUENCES = PhoneDiscriminator()
