"""Depthwise convolution over time as shifted multiply-adds."""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.dense import add_bias, per_channel
from ganspeech.nn.initializers import kernel_and_bias
from ganspeech.nn.past import with_past


def depthwise(
    x: Float[Array, "batch time width"], kernel: Float[Array, "taps width"], dilation: int = 1
) -> Float[Array, "batch time width"]:
    """Filter each channel over time, zero-padded to keep the length.

    A sum of shifted products fuses into one loop over memory; XLA's grouped convolution with one
    channel per group makes a whole Vocos 2.2 times slower on CPU.
    """
    span = (kernel.shape[0] - 1) * dilation
    padded = jnp.pad(x, ((0, 0), (span // 2, span - span // 2), (0, 0)))
    return _within(padded, kernel, dilation)


def _within(
    padded: Float[Array, "batch padded width"], kernel: Float[Array, "taps width"], dilation: int
) -> Float[Array, "batch time width"]:
    taps = kernel.shape[0]
    time = padded.shape[1] - (taps - 1) * dilation
    starts = (tap * dilation for tap in range(taps))
    pieces = (padded[:, start : start + time] for start in starts)
    shifted = (piece * per_channel(kernel[tap], piece) for tap, piece in enumerate(pieces))
    return sum(shifted, start=jnp.zeros_like(padded[:, :time]))


class DepthwiseConv1d(nn.Module):
    """Depthwise convolution over time with a bias, which keeps the length.

    A causal one sees steps up to its own; in a stream (`ganspeech.nn.past`) it knows earlier calls.
    """

    kernel: int = 7
    """Taps of each filter."""
    dilation: int = 1
    """Steps between taps."""
    stddev: float | None = None
    """Standard deviation of the initial kernel; None: PyTorch's default, uniform by fan-in."""
    causal: bool = False
    """Whether no later step is seen."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch time width"]) -> Float[Array, "batch time width"]:
        """Filter each channel over time."""
        kernel_init, bias_init = kernel_and_bias(self.kernel, self.stddev)
        kernel = self.param("kernel", kernel_init, (self.kernel, x.shape[-1]))
        bias = self.param("bias", bias_init, (x.shape[-1],))
        x = x.astype(kernel.dtype)
        if self.causal:
            joined = with_past(self, x, (self.kernel - 1) * self.dilation)
            return add_bias(_within(joined, kernel, self.dilation), bias)
        return add_bias(depthwise(x, kernel, self.dilation), bias)
