"""HiFi-GAN: a vocoder of transposed convolutions and residual blocks (Kong et al. 2020)."""

from typing import Literal

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float, Int

from ganspeech.audio.spec import AudioSpec
from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.convolution.residual import upsample_through_blocks
from ganspeech.nn.normalization.standardize import Standardize


class HiFiGAN(nn.Module):
    """Upsamples mel frames to samples, each upsampling followed by residual blocks.

    The defaults are the paper's V1. Weights are normalized as in the paper.
    """

    upsample_rates: tuple[int, ...] = (8, 8, 2, 2)
    """Factors whose product is the hop length."""
    upsample_kernels: tuple[int, ...] = (16, 16, 4, 4)
    """Taps of each transposed convolution."""
    channels: int = 512
    """Channels at frame rate; each upsampling halves them."""
    resblock: Literal["1", "2"] = "1"
    """The paper's two kinds of residual block: "1" adds an undilated after each dilated layer."""
    kernels: tuple[int, ...] = (3, 7, 11)
    """Taps of the residual blocks, whose outputs are averaged."""
    dilations: tuple[tuple[int, ...], ...] = ((1, 3, 5), (1, 3, 5), (1, 3, 5))
    """Dilations of the residual block of each kernel."""
    standardize: bool = False
    """Whether to standardize mels by stored statistics first, as in SpeechT5's vocoder."""

    @nn.compact
    def __call__(
        self,
        log_mel: Float[Array, "batch frames mels"],
        spec: AudioSpec,
        speaker: Float[Array, "batch speaker_width"] | None = None,
        lengths: Int[Array, " batch"] | None = None,
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples, in float32 within [-1, 1].

        In a VITS it takes a `speaker` embedding and `lengths` in frames, beyond which padding
        changes no sample before. Raises `ValueError` when the features have another number of mel
        bands than `spec`, or the rates another product than its hop length.
        """
        spec.require_bands(log_mel.shape[-1])
        spec.require_hop("upsample_rates", self.upsample_rates)
        x = Standardize(name="standardize")(log_mel) if self.standardize else log_mel
        x = upsample_through_blocks(
            x,
            channels=self.channels,
            rates=self.upsample_rates,
            taps=self.upsample_kernels,
            kernels=self.kernels,
            dilations=self.dilations,
            two_layers=self.resblock == "1",
            speaker=speaker,
            lengths=lengths,
        )
        # The slope of 0.01 here, against 0.1 elsewhere, is that of the authors' code.
        x = Conv1d(1, 7, weight_norm=True, name="after")(jax.nn.leaky_relu(x, 0.01))
        return jnp.tanh(x[..., 0].astype(jnp.float32))


HIFIGAN_V1 = HiFiGAN()
"""13.92 million parameters; like V2 and V3 for 80 mel bands and a hop of 256 samples."""
HIFIGAN_V2 = HiFiGAN(channels=128)
"""0.92 million parameters: V1 at a quarter of the width."""
HIFIGAN_V3 = HiFiGAN(
    upsample_rates=(8, 8, 4),
    upsample_kernels=(16, 16, 8),
    channels=256,
    resblock="2",
    kernels=(3, 5, 7),
    dilations=((1, 2), (2, 6), (3, 12)),
)
"""1.46 million parameters: fewer and shallower layers, the fastest of the three on a CPU."""
