"""Spectral normalization: a layer whose largest singular value is 1 (Miyato et al. 2018)."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import lax
from jaxtyping import Array, Float

COLLECTION = "spectral_norm"


def spectrally_normalized(
    layer: nn.Module, kernel: Float[Array, "*taps outputs"]
) -> Float[Array, "*taps outputs"]:
    """The kernel, as a matrix to `outputs`, over its largest singular value.

    Call it in the compact method of `layer`, which stores the power iteration's direction; each
    pass with the collection `spectral_norm` mutable takes one step.
    """
    matrix = kernel.astype(jnp.float32).reshape(-1, kernel.shape[-1])

    def first() -> Float[Array, " outputs"]:
        return _unit(jax.random.normal(layer.make_rng("params"), matrix.shape[-1:]))

    direction = layer.variable(COLLECTION, "direction", first)
    if layer.is_mutable_collection(COLLECTION):
        direction.value = lax.stop_gradient(_unit(_unit(matrix @ direction.value) @ matrix))
    left = lax.stop_gradient(_unit(matrix @ direction.value))
    largest = left @ matrix @ direction.value
    return (kernel.astype(jnp.float32) / largest).astype(kernel.dtype)


def _unit(vector: Float[Array, " size"]) -> Float[Array, " size"]:
    return vector / jnp.sqrt(jnp.sum(jnp.square(vector)) + 1e-12)
