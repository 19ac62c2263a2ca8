"""First values of weights: what the vocoder papers' PyTorch code starts from."""

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array


def uniform_fan_in(fan_in: int):
    """PyTorch's default of kernels and biases: uniform within `1 / sqrt(fan_in)` of zero."""
    bound = 1.0 / math.sqrt(fan_in)

    def init(key: Array, shape: tuple[int, ...], dtype=jnp.float32) -> Array:
        return jax.random.uniform(key, shape, dtype, -bound, bound)

    return init


DCGAN = 0.02
"""Deviation of every first kernel in DCGAN (Radford et al. 2016)."""


def he(inputs: int) -> float:
    """Deviation that keeps the scale through rectified layers (He et al. 2015).

    `inputs` is how many numbers make an output; of a transposed convolution only every
    `stride`-th tap meets one.
    """
    return math.sqrt(2 / inputs)


def kernel_and_bias(fan_in: int, stddev: float | None):
    """Initializers of a kernel and its bias.

    Without `stddev` both are :func:`uniform_fan_in`; with it the kernel is normal, the bias 0.
    """
    if stddev is None:
        return uniform_fan_in(fan_in), uniform_fan_in(fan_in)
    return jax.nn.initializers.normal(stddev), jax.nn.initializers.zeros
