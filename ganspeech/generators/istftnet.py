"""iSTFTNet: HiFi-GAN whose last upsampling is an inverse STFT (Kaneko et al. 2022)."""

import math
from typing import Literal

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float, Int

from ganspeech.audio.spec import AudioSpec
from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.convolution.residual import upsample_through_blocks
from ganspeech.nn.istft_head import audio_from_polar


class ISTFTNet(nn.Module):
    """Upsamples mel frames part of the way; a short inverse STFT gives the samples.

    The defaults are the paper's V1-C8C8I, for mel frames of 256 samples an inverse STFT of n_fft
    16 and hop 4. Rates of (8,) make C8I (128 and 32), (8, 8, 2) with kernels (16, 16, 4) C8C8C2I
    (8 and 2). Weights are normalized as in the paper.
    """

    upsample_rates: tuple[int, ...] = (8, 8)
    """Upsampling factors; the hop length over their product is the hop of the inverse STFT."""
    upsample_kernels: tuple[int, ...] = (16, 16)
    """Taps of each transposed convolution."""
    overlap: int = 4
    """Hops in the window, and n_fft, of the inverse STFT."""
    channels: int = 512
    """Channels at frame rate; each upsampling halves them."""
    resblock: Literal["1", "2"] = "1"
    """HiFi-GAN's two kinds of residual block: "1" adds an undilated after each dilated layer."""
    kernels: tuple[int, ...] = (3, 7, 11)
    """Taps of the residual blocks, whose outputs are averaged."""
    dilations: tuple[tuple[int, ...], ...] = ((1, 3, 5), (1, 3, 5), (1, 3, 5))
    """Dilations of the residual block of each kernel."""
    phase_limit: float = 1.0
    """Largest phase, which a sine scales, in radians: 1 in the paper; pi reaches every angle, as in
    MB-iSTFT-VITS (Kawamura et al. 2023)."""

    @nn.compact
    def __call__(
        self,
        log_mel: Float[Array, "batch frames mels"],
        spec: AudioSpec,
        speaker: Float[Array, "batch speaker_width"] | None = None,
        lengths: Int[Array, " batch"] | None = None,
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples, in float32, not limited to [-1, 1].

        In a VITS it takes a `speaker` embedding and `lengths` in frames, beyond which padding
        changes no sample before but those of the last half window. Raises `ValueError` when the
        features have another number of mel bands than `spec`, or its hop length is not a multiple
        of the rates' product.
        """
        spec.require_bands(log_mel.shape[-1])
        short = self.short_spec(spec)
        x = upsample_through_blocks(
            log_mel,
            channels=self.channels,
            rates=self.upsample_rates,
            taps=self.upsample_kernels,
            kernels=self.kernels,
            dilations=self.dilations,
            two_layers=self.resblock == "1",
            speaker=speaker,
            lengths=lengths,
        )
        # A centered transform has one frame more than hops: it mirrors the second.
        x = jnp.concatenate([x[:, 1:2], x], axis=1)
        # The slope of 0.01 here, against 0.1 elsewhere, is HiFi-GAN's.
        x = jax.nn.leaky_relu(x, 0.01)
        x = Conv1d(2 * short.bins, 7, weight_norm=True, name="after")(x).astype(jnp.float32)
        log_magnitude, angle = jnp.split(x, 2, axis=-1)
        audio = audio_from_polar(log_magnitude, self.phase_limit * jnp.sin(angle), short)
        return audio[:, : log_mel.shape[1] * spec.hop_length]

    def short_spec(self, spec: AudioSpec) -> AudioSpec:
        """Spec of the inverse STFT for features of `spec`; raises `ValueError` if there is none."""
        upsampled = math.prod(self.upsample_rates)
        hop, rest = divmod(spec.hop_length, upsampled)
        if rest:
            raise ValueError(
                f"upsample_rates {self.upsample_rates} multiply to {upsampled}, but "
                f"hop_length, {spec.hop_length}, must be a multiple of that"
            )
        n_fft = self.overlap * hop
        if self.overlap < 2 or n_fft % 2:
            raise ValueError(
                f"overlap {self.overlap} and a hop of {hop} make an n_fft of {n_fft} for the "
                "inverse STFT; overlap must be at least 2 and n_fft even"
            )
        return AudioSpec(n_fft=n_fft, hop_length=hop, win_length=n_fft, padding="center")


ISTFTNET_V1 = ISTFTNet()
"""13.25 million parameters; like V2 and V3 for 80 mel bands and a hop of 256 samples."""
ISTFTNET_V2 = ISTFTNet(channels=128)
"""0.89 million parameters: V1 at a quarter of the width."""
ISTFTNET_V3 = ISTFTNet(
    channels=256,
    resblock="2",
    kernels=(3, 5, 7),
    dilations=((1, 2), (2, 6), (3, 12)),
)
"""1.42 million parameters: shallower blocks, the fastest of the three on a CPU."""
