"""Conditioning of generators and discriminators on one-hot labels."""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.dense import Dense

EMBEDDING = 50
"""Width of a generator's label embedding."""


class NoiseAndLabel(nn.Module):
    """Noise with a learned embedding of the label beside it (Mirza and Osindero 2014)."""

    @nn.compact
    def __call__(
        self, noise: Float[Array, "batch latent"], label: Float[Array, "batch classes"] | None
    ) -> Float[Array, "batch inputs"]:
        """Noise with the embedded label appended; the noise alone without a label."""
        if label is None:
            return noise
        init = nn.initializers.normal(1.0)
        table = self.param("embedding", init, (label.shape[-1], EMBEDDING))
        embedded = label.astype(table.dtype) @ table
        return jnp.concatenate([noise.astype(table.dtype), embedded], axis=-1)


class ProjectionLogit(nn.Module):
    """One logit of features, with projection of the label (Miyato and Koyama 2018)."""

    spectral_norm: bool = False
    """Divide both kernels by their largest singular values (Miyato et al. 2018)."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch ..."], label: Float[Array, "batch classes"] | None
    ) -> Float[Array, "batch 1"]:
        """Linear function of the features; with a label, plus their product with its weights."""
        x = x.reshape(len(x), -1)
        logit = Dense(1, spectral_norm=self.spectral_norm, name="logit")(x)
        if label is None:
            return logit
        dense = Dense(x.shape[-1], bias=False, spectral_norm=self.spectral_norm, name="classes")
        weights = dense(label)
        product = x.astype(weights.dtype) * weights
        return logit + jnp.sum(product, axis=-1, keepdims=True).astype(logit.dtype)
