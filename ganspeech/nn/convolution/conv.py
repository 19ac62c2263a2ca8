"""Convolution layers, channels last, with weight normalization as an option."""

import math

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.forms import convolve, convolve_transposed, same_padding
from ganspeech.nn.convolution.minimal_filtering import convolve_minimal
from ganspeech.nn.dense import add_bias
from ganspeech.nn.initializers import kernel_and_bias
from ganspeech.nn.normalization.spectral_norm import spectrally_normalized
from ganspeech.nn.normalization.weight_norm import lengths, normalized

MINIMAL = "minimal_kernel"
"""Name of a kernel transformed for minimal filtering, in place of `kernel`."""


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
    """Number of groups of channels, convolved separately."""
    padding: tuple[int, int] | None = None
    """Zeros before and after; None pads to `ceil(time / stride)` outputs."""
    weight_norm: bool = False
    """Learn each filter's direction and length separately (Salimans and Kingma 2016)."""
    spectral_norm: bool = False
    """Divide the kernel by its largest singular value (Miyato et al. 2018)."""
    stddev: float | None = None
    """Standard deviation of the initial kernel; None: PyTorch's default, uniform by fan-in."""
    bias: bool = True
    """Whether to add a learned bias to each channel."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time inputs"]
    ) -> Float[Array, "batch out_time features"]:
        """Convolve, in the kernel's dtype."""
        if self.padding is None:
            padding = same_padding((self.kernel,), (self.dilation,))
        else:
            padding = (self.padding,)
        if self.has_variable("params", MINIMAL):
            laid = self.variables["params"]
            y = convolve_minimal(x, laid[MINIMAL], padding=padding[0], dilation=self.dilation)
            return add_bias(y, laid["bias"]) if self.bias else y
        shape = (self.kernel, x.shape[-1] // self.groups, self.features)
        kernel, bias = _weights(self, shape, math.prod(shape[:-1]), with_bias=self.bias)
        y = convolve(
            x.astype(kernel.dtype),
            kernel,
            strides=(self.stride,),
            padding=padding,
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
    """Steps between outputs along each axis."""
    dilation: tuple[int, int] = (1, 1)
    """Steps between taps along each axis."""
    padding: tuple[tuple[int, int], tuple[int, int]] | None = None
    """Zeros before and after each axis; None makes `ceil(n / stride)` outputs of `n`."""
    weight_norm: bool = False
    """Learn each filter's direction and length separately (Salimans and Kingma 2016)."""
    spectral_norm: bool = False
    """Divide the kernel by its largest singular value (Miyato et al. 2018)."""
    stddev: float | None = None
    """Standard deviation of the initial kernel; None: PyTorch's default, uniform by fan-in."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch height width inputs"]
    ) -> Float[Array, "batch out_height out_width features"]:
        """Convolve, in the kernel's dtype."""
        shape = (*self.kernel, x.shape[-1], self.features)
        kernel, bias = _weights(self, shape, fan_in=math.prod(shape[:-1]))
        y = convolve(
            x.astype(kernel.dtype),
            kernel,
            strides=self.stride,
            padding=self.padding or same_padding(self.kernel, self.dilation),
            dilation=self.dilation,
        )
        return add_bias(y, bias)


class ConvTranspose1d(nn.Module):
    """Transposed convolution over time that multiplies the length by `stride` exactly.

    It equals PyTorch's `ConvTranspose1d(inputs, features, kernel, stride, padding,
    output_padding)` with `padding = ceil((kernel - stride) / 2)`` and
    `output_padding = (kernel - stride) % 2`; the kernel's axes here are taps, inputs, features.
    """

    features: int
    """Channels out."""
    kernel: int
    """Taps, at least `stride`."""
    stride: int
    """Outputs for each input."""
    weight_norm: bool = False
    """Learn each filter's direction and length separately (Salimans and Kingma 2016)."""
    stddev: float | None = None
    """Standard deviation of the initial kernel; None: PyTorch's default, uniform by fan-in."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time inputs"]
    ) -> Float[Array, "batch out_time features"]:
        """Upsample, in the kernel's dtype."""
        shape = (self.kernel, x.shape[-1], self.features)
        # PyTorch's fan-in of a transposed kernel counts its outputs; trained recipes rely on that.
        kernel, bias = _weights(self, shape, fan_in=self.kernel * self.features)
        excess = self.kernel - self.stride
        y = convolve_transposed(
            x.astype(kernel.dtype),
            kernel,
            strides=(self.stride,),
            crop=((excess - excess // 2, excess // 2),),
        )
        return add_bias(y, bias)


class ConvTranspose2d(nn.Module):
    """Transposed convolution over two axes that multiplies both lengths by `stride` exactly."""

    features: int
    """Channels out."""
    kernel: tuple[int, int]
    """Taps along each axis, at least `stride`."""
    stride: tuple[int, int]
    """Outputs for each input along each axis."""
    stddev: float | None = None
    """Standard deviation of the initial kernel; None: PyTorch's default, uniform by fan-in."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch height width inputs"]
    ) -> Float[Array, "batch out_height out_width features"]:
        """Upsample, in the kernel's dtype."""
        shape = (*self.kernel, x.shape[-1], self.features)
        kernel_init, bias_init = kernel_and_bias(
            math.prod(self.kernel) * self.features, self.stddev
        )
        kernel = self.param("kernel", kernel_init, shape)
        bias = self.param("bias", bias_init, shape[-1:])
        excess = [taps - stride for taps, stride in zip(self.kernel, self.stride)]
        y = convolve_transposed(
            x.astype(kernel.dtype),
            kernel,
            strides=self.stride,
            crop=tuple((extra - extra // 2, extra // 2) for extra in excess),
        )
        return add_bias(y, bias)


def _weights(
    layer: Conv1d | Conv2d | ConvTranspose1d,
    shape: tuple[int, ...],
    fan_in: int,
    with_bias: bool = True,
) -> tuple[Float[Array, "..."], Float[Array, " features"]]:
    """Kernel, ready to use, and bias of the layer; `shape` ends with the outputs."""
    kernel_init, bias_init = kernel_and_bias(fan_in, layer.stddev)
    kernel = layer.param("kernel", kernel_init, shape)
    zero = jnp.zeros(shape[-1:], kernel.dtype)
    bias = layer.param("bias", bias_init, shape[-1:]) if with_bias else zero
    if not isinstance(layer, ConvTranspose1d) and layer.spectral_norm:
        kernel = spectrally_normalized(layer, kernel)
    is_folded = not (layer.is_initializing() or layer.has_variable("params", "gain"))
    if not layer.weight_norm or is_folded:
        return kernel, bias
    # With the kernel's own length as the gain, the layer starts as the plain one.
    gain = layer.param("gain", lambda _: lengths(kernel.astype(jnp.float32)).reshape(-1))
    return normalized(kernel, gain), bias
