"""Features standardized by statistics that were measured beforehand and are stored, not learned."""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float


class Standardize(nn.Module):
    """Subtracts a stored mean from each feature and divides by a stored scale.

    Both vectors live in the collection `statistics`, which no optimizer sees. They default
    to 0 and 1. A convolution cannot absorb them: its zero padding stands for the mean.
    """

    @nn.compact
    def __call__(self, x: Float[Array, "*batch features"]) -> Float[Array, "*batch features"]:
        """The standardized features, in float32."""
        shape = (1,) * (x.ndim - 1) + x.shape[-1:]
        mean = self.variable("statistics", "mean", jnp.zeros, x.shape[-1:]).value
        scale = self.variable("statistics", "scale", jnp.ones, x.shape[-1:]).value
        return (x.astype(jnp.float32) - mean.reshape(shape)) / scale.reshape(shape)
