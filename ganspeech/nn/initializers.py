"""Initializers of weights, as in the vocoder papers' PyTorch code."""

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array


def uniform_fan_in(fan_in: int):
    """PyTorch's default for kernels and biases: uniform within `1 / sqrt(fan_in)` of zero."""
    bound = 1.0 / math.sqrt(fan_in)

    def init(key: Array, shape: tuple[int, ...], dtype=jnp.float32) -> Array:
        return jax.random.uniform(key, shape, dtype, -bound, bound)

    return init


DCGAN = 0.02
"""Standard deviation of every initial kernel in DCGAN (Radford et al. 2016)."""


def he(inputs: int) -> float:
    """Standard deviation that preserves scale through ReLU layers (He et al. 2015).

    `inputs` is the fan-in; in a transposed convolution only every `stride`-th tap counts.
    """
    return math.sqrt(2 / inputs)


def kernel_and_bias(fan_in: int, stddev: float | None):
    """Initializers of a kernel and its bias.

    Without `stddev` both are `uniform_fan_in`; with it the kernel is normal, the bias 0.
    """
    if stddev is None:
        return uniform_fan_in(fan_in), uniform_fan_in(fan_in)
    return jax.nn.initializers.normal(stddev), jax.nn.initializers.zeros
