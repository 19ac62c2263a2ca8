"""The body of HiFi-GAN: upsampling, each time through residual blocks (Kong et al. 2020)."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float, Int

from ganspeech.nn.convolution.conv import Conv1d, ConvTranspose1d
from ganspeech.nn.dense import add_to_all_times
from ganspeech.nn.masked import masked, valid_places


class ResidualBlock(nn.Module):
    """Dilated convolutions, each added to its input."""

    kernel: int
    """Taps."""
    dilations: tuple[int, ...]
    """Dilation of each step."""
    two_layers: bool
    """Whether each step has an undilated convolution after the dilated one."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time width"], lengths: Int[Array, " batch"] | None = None
    ) -> Float[Array, "batch time width"]:
        """Refine `x`; the output has its shape, and is zero beyond `lengths` where given."""
        for n, dilation in enumerate(self.dilations):
            y = jax.nn.leaky_relu(x, 0.1)
            conv = Conv1d(
                x.shape[-1], self.kernel, dilation=dilation, weight_norm=True, name=f"dilated_{n}"
            )
            y = ended(conv(y), lengths)
            if self.two_layers:
                y = jax.nn.leaky_relu(y, 0.1)
                y = Conv1d(x.shape[-1], self.kernel, weight_norm=True, name=f"plain_{n}")(y)
                y = ended(y, lengths)
            x = x + y
        return x


def upsample_through_blocks(
    x: Float[Array, "batch frames inputs"],
    *,
    channels: int,
    rates: tuple[int, ...],
    taps: tuple[int, ...],
    kernels: tuple[int, ...],
    dilations: tuple[tuple[int, ...], ...],
    two_layers: bool,
    speaker: Float[Array, "batch speaker_width"] | None = None,
    lengths: Int[Array, " batch"] | None = None,
) -> Float[Array, "batch time outputs"]:
    """`x` upsampled by the product of `rates`, ending in `channels / 2 ** len(rates)`.

    Call it in an `nn.compact` method, to which it adds the layers "before" (`x` to `channels`),
    "speaker" (a projection of `speaker`, added), "upsample_n" (`taps[n]` taps, half the
    channels) and "block_n_kernel" (one for each of `kernels` and its `dilations`, averaged).
    Given `lengths` in frames, padding beyond them changes nothing before.
    """
    x = Conv1d(channels, 7, weight_norm=True, name="before")(x)
    if speaker is not None:
        x = add_to_all_times(x, Conv1d(channels, 1, name="speaker")(speaker[:, None]))
    x = ended(x, lengths)
    for n, (rate, size) in enumerate(zip(rates, taps, strict=True)):
        width = channels // 2 ** (n + 1)
        x = jax.nn.leaky_relu(x, 0.1)
        x = ConvTranspose1d(width, size, rate, weight_norm=True, name=f"upsample_{n}")(x)
        lengths = None if lengths is None else lengths * rate
        x = ended(x, lengths)
        blocks = [
            ResidualBlock(kernel, steps, two_layers, name=f"block_{n}_{kernel}")
            for kernel, steps in zip(kernels, dilations, strict=True)
        ]
        x = sum((block(x, lengths) for block in blocks), jnp.zeros((), x.dtype)) / len(blocks)
    return x


def ended(
    x: Float[Array, "batch time width"], lengths: Int[Array, " batch"] | None
) -> Float[Array, "batch time width"]:
    """`x` with zeros beyond `lengths`, where any are given."""
    return x if lengths is None else masked(x, valid_places(lengths, x.shape[1]))
