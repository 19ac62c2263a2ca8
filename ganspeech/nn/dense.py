"""The dense layer and layer normalization, in the dtype of their weights."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import lax
from jaxtyping import Array, Float

from ganspeech.nn.initializers import kernel_and_bias
from ganspeech.nn.normalization.spectral_norm import spectrally_normalized


@jax.custom_vjp
def product(
    x: Float[Array, "*batch inputs"], kernel: Float[Array, "inputs features"]
) -> Float[Array, "*batch features"]:
    """`x @ kernel`, with the kernel's gradient as a product of `x` by that of the output.

    JAX has the two the other way around, for which XLA lays the output's gradient out anew on CPU,
    and there computes all of it again that it could fuse: behind residuals, that of every later
    block.
    """
    return x @ kernel


def _product(x, kernel):
    return x @ kernel, (x, kernel)


def _product_gradients(kept, gradient):
    x, kernel = kept
    batch = tuple(range(x.ndim - 1))
    return gradient @ kernel.T, lax.dot_general(x, gradient, ((batch, batch), ((), ())))


product.defvjp(_product, _product_gradients)


class Dense(nn.Module):
    """`x @ kernel + bias` over the last axis, computed in the kernel's dtype."""

    features: int
    """Width of the output."""
    stddev: float | None = None
    """Standard deviation of the initial kernel; None: PyTorch's default, uniform by fan-in."""
    bias: bool = True
    """Whether to add a learned bias."""
    spectral_norm: bool = False
    """Divide the kernel by its largest singular value (Miyato et al. 2018)."""

    @nn.compact
    def __call__(self, x: Float[Array, "*batch inputs"]) -> Float[Array, "*batch features"]:
        """Map the last axis from its width to `features`."""
        inputs = x.shape[-1]
        kernel_init, bias_init = kernel_and_bias(inputs, self.stddev)
        kernel = self.param("kernel", kernel_init, (inputs, self.features))
        if self.spectral_norm:
            kernel = spectrally_normalized(self, kernel)
        y = product(x.astype(kernel.dtype), kernel)
        return add_bias(y, self.param("bias", bias_init, (self.features,))) if self.bias else y


class LayerNorm(nn.Module):
    """Layer normalization over the last axis (Ba et al. 2016); statistics in float32."""

    epsilon: float = 1e-6
    """Added to the variance."""

    @nn.compact
    def __call__(self, x: Float[Array, "*batch width"]) -> Float[Array, "*batch width"]:
        """Give each position zero mean and unit variance, then scale and shift each channel."""
        scale = self.param("scale", nn.initializers.ones, (x.shape[-1],))
        bias = self.param("bias", nn.initializers.zeros, (x.shape[-1],))
        x = x.astype(jnp.float32)
        x = x - jnp.mean(x, axis=-1, keepdims=True)
        x = x * lax.rsqrt(jnp.mean(x**2, axis=-1, keepdims=True) + self.epsilon)
        return add_bias(x.astype(scale.dtype) * per_channel(scale, x), bias)


def per_channel(
    weights: Float[Array, "*channels"], x: Float[Array, "*batch_and_channels"]
) -> Float[Array, "..."]:
    """One weight a channel (the last axis or axes of `x`), to broadcast against `x`.

    The weights' gradient is a sum over all positions, which bfloat16 weights leave to float32:
    added up in bfloat16, a thousand numbers keep two digits.
    """
    return _spread(jnp.expand_dims(weights, range(x.ndim - weights.ndim)), x)


def add_to_all_times(
    x: Float[Array, "batch time width"], shift: Float[Array, "batch 1 width"]
) -> Float[Array, "batch time width"]:
    """Add one vector an example, such as that of its speaker, to all its times."""
    return x + _spread(shift, x)


def scale_all_times(
    x: Float[Array, "batch time width"], scale: Float[Array, "batch 1 width"]
) -> Float[Array, "batch time width"]:
    """Multiply all times of an example by one vector, such as its style."""
    return x * _spread(scale, x)


def _spread(weights: Float[Array, "..."], x: Float[Array, "..."]) -> Float[Array, "..."]:
    if weights.dtype != jnp.bfloat16:
        return weights
    return jnp.broadcast_to(weights.astype(jnp.float32), x.shape).astype(weights.dtype)


def add_bias(
    x: Float[Array, "*batch width"], bias: Float[Array, " width"]
) -> Float[Array, "*batch width"]:
    """Add one number to each channel (the last axis), in `x`'s dtype."""
    return x + per_channel(bias, x).astype(x.dtype)
