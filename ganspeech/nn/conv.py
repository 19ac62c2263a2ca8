"""Convolution layers, channels last, with weight normalisation as an option."""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution import Padding, convolve, convolve_transposed, same_padding
from ganspeech.nn.dense import add_bias
from ganspeech.nn.initializers import kernel_and_bias


class Conv1d(nn.Module):
    """Convolution over time."""

    features: int
    """Channels out."""
    kernel: int
    """Taps."""
    stride: int = 1
    """Steps between outputs."""
    dilation: int = 1
    """Steps between taps."""
    groups: int = 1
    """Blocks of channels that do not see each other."""
    padding: tuple[int, int] | None = None
    """Zeros before and after; None pads to ``ceil(time / stride)`` outputs."""
    weight_norm: bool = False
    """Learn each filter's direction and length apart (Salimans and Kingma 2016)."""
    stddev: float | None = None
    """Deviation of the first kernel; None draws it as PyTorch does, uniformly by its fan-in."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time inputs"]
    ) -> Float[Array, "batch out_time features"]:
        """Convolve, in the kernel's dtype."""
        shape = (self.kernel, x.shape[-1] // self.groups, self.features)
        kernel, bias = _weights(self, shape, self.stddev, self.weight_norm)
        padding = self.padding and (self.padding,)
        y = convolve(
            x.astype(kernel.dtype),
            kernel,
            strides=(self.stride,),
            padding=padding or same_padding((self.kernel,), (self.dilation,)),
            dilation=(self.dilation,),
            groups=self.groups,
        )
        return add_bias(y, bias)


class Conv2d(nn.Module):
    """Convolution over two axes (of a spectrogram: frames and bins), zero-padded at both ends."""

    features: int
    """Channels out."""
    kernel: tuple[int, int]
    """Taps along each axis."""
    stride: tuple[int, int] = (1, 1)
    """Steps between outputs along each axis; an axis of ``n`` gives ``ceil(n / stride)``."""
    weight_norm: bool = False
    """Learn each filter's direction and length apart (Salimans and Kingma 2016)."""
    stddev: float | None = None
    """Deviation of the first kernel; None draws it as PyTorch does, uniformly by its fan-in."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch height width inputs"]
    ) -> Float[Array, "batch out_height out_width features"]:
        """Convolve, in the kernel's dtype."""
        shape = (*self.kernel, x.shape[-1], self.features)
        kernel, bias = _weights(self, shape, self.stddev, self.weight_norm)
        y = convolve(
            x.astype(kernel.dtype),
            kernel,
            strides=self.stride,
            padding=same_padding(self.kernel, (1, 1)),
            dilation=(1, 1),
        )
        return add_bias(y, bias)


class ConvTranspose1d(nn.Module):
    """Transposed convolution over time that multiplies the length by ``stride`` exactly.

    It equals PyTorch's ``ConvTranspose1d(inputs, features, kernel, stride, padding,
    output_padding)`` with ``padding = ceil((kernel - stride) / 2)`` and
    ``output_padding = (kernel - stride) % 2``; the kernel's axes here are taps, inputs, features.
    """

    features: int
    """Channels out."""
    kernel: int
    """Taps, at least ``stride``."""
    stride: int
    """Outputs for each input."""
    weight_norm: bool = False
    """Learn each filter's direction and length apart (Salimans and Kingma 2016)."""
    stddev: float | None = None
    """Deviation of the first kernel; None draws it as PyTorch does, uniformly by its fan-in."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time inputs"]
    ) -> Float[Array, "batch out_time features"]:
        """Upsample, in the kernel's dtype."""
        shape = (self.kernel, x.shape[-1], self.features)
        kernel, bias = _weights(self, shape, self.stddev, self.weight_norm)
        excess: Padding = (
            ((self.kernel - self.stride + 1) // 2, (self.kernel - self.stride) // 2),
        )
        y = convolve_transposed(x.astype(kernel.dtype), kernel, strides=(self.stride,), crop=excess)
        return add_bias(y, bias)


def _weights(
    layer: nn.Module, shape: tuple[int, ...], stddev: float | None, weight_norm: bool
) -> tuple[Float[Array, "..."], Float[Array, " features"]]:
    """The layer's kernel, ready to use, and bias; ``shape`` ends with inputs and outputs."""
    fan_in = 1
    for size in shape[:-1]:
        fan_in *= size
    kernel_init, bias_init = kernel_and_bias(fan_in, stddev)
    kernel = layer.param("kernel", kernel_init, shape)
    bias = layer.param("bias", bias_init, shape[-1:])
    if not weight_norm:
        return kernel, bias
    direction = kernel.astype(jnp.float32)
    length = jnp.sqrt(jnp.sum(direction**2, axis=range(len(shape) - 1)))
    # Starting from the kernel's own length, the first forward pass is that of the plain layer.
    gain = layer.param("gain", lambda _: length)
    ratio = gain.astype(jnp.float32) / length
    return (direction * ratio.reshape((1,) * (len(shape) - 1) + (-1,))).astype(kernel.dtype), bias
