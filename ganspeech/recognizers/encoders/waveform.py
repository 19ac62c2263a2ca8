"""The first half of an encoder: strided convolutions from a waveform to some 50 frames a second."""

from typing import Literal

import jax
from flax import linen as nn
from jaxtyping import Array, Float, Int

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.dense import LayerNorm, add_bias, per_channel
from ganspeech.nn.masked import normalized_over_time, valid_places

EPSILON = 1e-5
"""Added to variances, whatever the transformer adds."""


class WaveformEncoder(nn.Module):
    """Convolutions without padding, each followed by GELU (Baevski et al. 2020, section 2)."""

    widths: tuple[int, ...]
    """Channels of each convolution."""
    kernels: tuple[int, ...]
    """Taps of each."""
    strides: tuple[int, ...]
    """Steps of each between outputs."""
    norm: Literal["group", "layer"]
    """group: the first convolution's channels are normalized over time; layer: each step of every
    convolution is normalized over its channels."""
    bias: bool
    """Whether the convolutions have biases."""

    @nn.compact
    def __call__(
        self, audio: Float[Array, "batch samples"], lengths: Int[Array, " batch"]
    ) -> Float[Array, "batch frames width"]:
        """Frames of `audio`, of which `lengths` are the samples of each example.

        What follows an example's samples changes none of its own frames.
        """
        x = audio[..., None]
        shapes = zip(self.widths, self.kernels, self.strides, strict=True)
        for n, (width, kernel, stride) in enumerate(shapes):
            conv = Conv1d(width, kernel, stride, padding=(0, 0), bias=self.bias, name=f"conv_{n}")
            x = conv(x)
            lengths = frames_of(lengths, (kernel,), (stride,))
            if self.norm == "layer":
                x = LayerNorm(EPSILON, name=f"norm_{n}")(x)
            elif n == 0:
                x = _ChannelNorm(name="norm_0")(x, lengths)
            x = jax.nn.gelu(x, approximate=False)
        return x


class _ChannelNorm(nn.Module):
    """Each channel normalized over the time of its example, then scaled and shifted.

    Group normalization with a channel a group (Wu and He 2018), but for padding, which is left out.
    """

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time width"], lengths: Int[Array, " batch"]
    ) -> Float[Array, "batch time width"]:
        scale = self.param("scale", nn.initializers.ones, (x.shape[-1],))
        bias = self.param("bias", nn.initializers.zeros, (x.shape[-1],))
        y = normalized_over_time(x, valid_places(lengths, x.shape[1]), epsilon=EPSILON)
        return add_bias(y.astype(scale.dtype) * per_channel(scale, y), bias)


def frames_of(samples, kernels: tuple[int, ...], strides: tuple[int, ...]):
    """Number of frames of so many samples, an integer or an array; below 1 for too few."""
    for kernel, stride in zip(kernels, strides, strict=True):
        samples = (samples - kernel) // stride + 1
    return samples


def span_of(kernels: tuple[int, ...], strides: tuple[int, ...]) -> int:
    """Number of samples that one frame sees."""
    span = 1
    for kernel, stride in zip(reversed(kernels), reversed(strides), strict=True):
        span = (span - 1) * stride + kernel
    return span
