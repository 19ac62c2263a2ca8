"""BigVGAN: HiFi-GAN with periodic activations and without aliasing (Lee et al. 2023)."""

from typing import Literal

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.audio.spec import AudioSpec
from ganspeech.nn.antialias import AntiAliasedSnake
from ganspeech.nn.convolution.conv import Conv1d, ConvTranspose1d


class BigVGAN(nn.Module):
    """Upsamples mel frames to samples, each upsampling followed by residual blocks.

    The defaults are the large model of the paper (v1). Weights are normalized as in the paper.
    """

    upsample_rates: tuple[int, ...] = (4, 4, 2, 2, 2, 2)
    """Factors whose product is the hop length."""
    upsample_kernels: tuple[int, ...] = (8, 8, 4, 4, 4, 4)
    """Taps of each transposed convolution."""
    channels: int = 1536
    """Channels at frame rate; each upsampling halves them."""
    kernels: tuple[int, ...] = (3, 7, 11)
    """Taps of the residual blocks, whose outputs are averaged."""
    dilations: tuple[tuple[int, ...], ...] = ((1, 3, 5), (1, 3, 5), (1, 3, 5))
    """Dilations of the residual block of each kernel."""
    activation: Literal["snake", "snakebeta"] = "snakebeta"
    """"snakebeta" learns the amplitude of the periodic part besides its frequency."""
    log_scale: bool = True
    """Learn the logarithms of frequencies and amplitudes."""
    tanh: bool = True
    """End in a hyperbolic tangent; without it, samples beyond [-1, 1] are clipped."""
    final_bias: bool = True
    """Whether the last convolution has a bias."""

    @nn.compact
    def __call__(
        self, log_mel: Float[Array, "batch frames mels"], spec: AudioSpec
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples, in float32 within [-1, 1].

        Raises `ValueError` when the features have another number of mel bands than `spec`, or the
        rates another product than its hop length.
        """
        spec.require_bands(log_mel.shape[-1])
        spec.require_hop("upsample_rates", self.upsample_rates)
        beta = self.activation == "snakebeta"
        x = Conv1d(self.channels, 7, weight_norm=True, name="before")(log_mel)
        for n, (rate, taps) in enumerate(
            zip(self.upsample_rates, self.upsample_kernels, strict=True)
        ):
            width = self.channels // 2 ** (n + 1)
            x = ConvTranspose1d(width, taps, rate, weight_norm=True, name=f"upsample_{n}")(x)
            blocks = [
                PeriodicBlock(kernel, dilations, beta, self.log_scale, name=f"block_{n}_{m}")
                for m, (kernel, dilations) in enumerate(
                    zip(self.kernels, self.dilations, strict=True)
                )
            ]
            x = sum((block(x) for block in blocks), jnp.zeros((), x.dtype)) / len(blocks)
        x = AntiAliasedSnake(beta, self.log_scale, name="snake")(x)
        x = Conv1d(1, 7, weight_norm=True, bias=self.final_bias, name="after")(x)
        audio = x[..., 0].astype(jnp.float32)
        return jnp.tanh(audio) if self.tanh else jnp.clip(audio, -1.0, 1.0)


class PeriodicBlock(nn.Module):
    """Pairs of a dilated and a plain convolution, each after a snake, added to their input."""

    kernel: int
    """Taps."""
    dilations: tuple[int, ...]
    """Dilation of each pair."""
    beta: bool
    """Whether snakes learn an amplitude."""
    log_scale: bool
    """Whether snakes learn logarithms."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch time width"]) -> Float[Array, "batch time width"]:
        """Refine `x`; the output has its shape."""
        for n, dilation in enumerate(self.dilations):
            y = x
            for half, step in (("dilated", dilation), ("plain", 1)):
                y = AntiAliasedSnake(self.beta, self.log_scale, name=f"snake_{half}_{n}")(y)
                conv = Conv1d(
                    x.shape[-1], self.kernel, dilation=step, weight_norm=True, name=f"{half}_{n}"
                )
                y = conv(y)
            x = x + y
        return x


BIGVGAN = BigVGAN()
"""112.4 million parameters at 100 mel bands, for a hop of 256 samples, as for BIGVGAN_BASE."""
BIGVGAN_BASE = BigVGAN(upsample_rates=(8, 8, 2, 2), upsample_kernels=(16, 16, 4, 4), channels=512)
"""14.0 million parameters: the size of HiFi-GAN V1."""
BIGVGAN_V2 = BigVGAN(tanh=False, final_bias=False)
"""The authors' second version at a hop of 256, of BIGVGAN's size: 22, 24 and 44 kHz."""
BIGVGAN_V2_512X = BigVGAN(
    upsample_rates=(8, 4, 2, 2, 2, 2),
    upsample_kernels=(16, 8, 4, 4, 4, 4),
    tanh=False,
    final_bias=False,
)
"""122 million parameters at 128 mel bands: the second version at 44 kHz and a hop of 512."""
