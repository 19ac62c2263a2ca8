"""Vocos: a vocoder that works at frame rate and ends in an inverse STFT (Siuzdak 2023)."""

from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.audio.spec import AudioSpec
from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.convolution.convnext import ConvNeXtBlock
from ganspeech.nn.dense import LayerNorm
from ganspeech.nn.istft_head import ISTFTHead


class Vocos(nn.Module):
    """ConvNeXt blocks over mel frames, then one inverse STFT; the defaults are the paper's."""

    width: int = 512
    """Channels of every block."""
    blocks: int = 8
    """ConvNeXt blocks."""
    kernel: int = 7
    """Taps of the first and of each depthwise convolution, in frames."""
    expansion: int = 3
    """Hidden width of each block as a multiple of `width`."""

    @nn.compact
    def __call__(
        self, log_mel: Float[Array, "batch frames mels"], spec: AudioSpec
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples, in float32, not limited to [-1, 1].

        Raises `ValueError` when the features have another number of mel bands than `spec`.
        """
        spec.require_bands(log_mel.shape[-1])
        x = Conv1d(self.width, self.kernel, stddev=0.02, name="embed")(log_mel)
        x = LayerNorm(name="embed_norm")(x)
        for n in range(self.blocks):
            block = ConvNeXtBlock(
                self.width, self.kernel, self.expansion, 1 / self.blocks, name=f"block_{n}"
            )
            x = block(x)
        x = LayerNorm(name="norm")(x)
        return ISTFTHead(name="head")(x, spec)


VOCOS = Vocos()
"""13.5 million parameters with 100 mel bands and an n_fft of 1024."""
VOCOS_SMALL = Vocos(width=192, blocks=6)
"""1.7 million parameters with 80 mel bands and an n_fft of 1024, for a CPU."""
