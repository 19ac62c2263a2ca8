"""How a label, as a one-hot vector, enters a generator and a discriminator."""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.dense import Dense

EMBEDDING = 50
"""Numbers by which a generator sees a label."""


class NoiseAndLabel(nn.Module):
    """Noise with a learned embedding of the label beside it (Mirza and Osindero 2014)."""

    @nn.compact
    def __call__(
        self, noise: Float[Array, "batch latent"], label: Float[Array, "batch classes"] | None
    ) -> Float[Array, "batch inputs"]:
        """The noise alone without a label."""
        if label is None:
            return noise
        init = nn.initializers.normal(1.0)
        table = self.param("embedding", init, (label.shape[-1], EMBEDDING))
        seen = label.astype(table.dtype) @ table
        return jnp.concatenate([noise.astype(table.dtype), seen], axis=-1)


class ProjectionLogit(nn.Module):
    """One logit of features, and its agreement with the label (Miyato and Koyama 2018)."""

    spectral_norm: bool = False
    """Whether the logit's weights and the classes' have a largest singular value of 1."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch ..."], label: Float[Array, "batch classes"] | None
    ) -> Float[Array, "batch 1"]:
        """A linear function of the features; with a label, plus their product with its weights."""
        x = x.reshape(len(x), -1)
        logit = Dense(1, spectral_norm=self.spectral_norm, name="logit")(x)
        if label is None:
            return logit
        dense = Dense(x.shape[-1], bias=False, spectral_norm=self.spectral_norm, name="classes")
        weights = dense(label)
        product = x.astype(weights.dtype) * weights
        return logit + jnp.sum(product, axis=-1, keepdims=True).astype(logit.dtype)
