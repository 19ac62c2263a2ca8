"""The critic of invariant representations of clean and noisy speech (Sriram et al. 2017)."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.dense import Dense


class RepresentationCritic(nn.Module):
    """Convolutions over time and one score per utterance, the mean over its positions."""

    width: int = 64
    """Channels of every layer."""
    layers: int = 2
    """Convolutions of five taps."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch time channels"],
        condition: Float[Array, "batch time"],
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, time, width]`, the logit `[batch, 1]` last.

        `condition` is 1 within an utterance and 0 beyond its end.
        """
        inside = condition[..., None]
        maps = []
        for n in range(self.layers):
            x = Conv1d(self.width, 5, name=f"conv_{n}")(x * inside.astype(x.dtype))
            x = jax.nn.leaky_relu(x, 0.2)
            maps.append(x)
        scores = Dense(1, name="score")(x).astype(jnp.float32) * inside
        maps.append(jnp.sum(scores, axis=1) / jnp.maximum(jnp.sum(inside, axis=1), 1.0))
        return [maps]
