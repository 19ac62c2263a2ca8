"""The encoders wav2vec 2.0, HuBERT and WavLM: one network whose fields tell them apart."""

import math
from typing import Literal

from flax import linen as nn
from jaxtyping import Array, Float, Int

from ganspeech.nn.dense import Dense, LayerNorm
from ganspeech.nn.masked import masked, valid_places
from ganspeech.recognizers.encoders.attention import DistanceBias
from ganspeech.recognizers.encoders.transformer import PositionalConvolution, TransformerLayer
from ganspeech.recognizers.encoders.waveform import WaveformEncoder, frames_of, span_of


class SpeechEncoder(nn.Module):
    """A waveform to the hidden states of a transformer; the defaults are wav2vec 2.0's base size.

    Baevski et al. 2020, "wav2vec 2.0"; Hsu et al. 2021, "HuBERT"; Chen et al. 2022, "WavLM", with
    `buckets`. The large sizes have `norm` layer and `norm_first`.
    """

    widths: tuple[int, ...] = (512,) * 7
    """Channels of each convolution over the waveform."""
    kernels: tuple[int, ...] = (10, 3, 3, 3, 3, 2, 2)
    """Taps of each."""
    strides: tuple[int, ...] = (5, 2, 2, 2, 2, 2, 2)
    """Steps of each between outputs; a frame is their product in samples."""
    norm: Literal["group", "layer"] = "group"
    """Normalization of the convolutions: over time, of the first alone; or over channels."""
    conv_bias: bool = False
    """Whether these convolutions have biases."""
    projection_norm: bool = True
    """Normalize frames before they are projected to `width`."""
    width: int = 768
    """Width of the transformer."""
    layers: int = 12
    """Number of its layers."""
    heads: int = 12
    """Number of attention heads."""
    inner: int = 3072
    """Width of the layers' dense part."""
    position_kernel: int = 128
    """Taps of the convolution that adds positions."""
    position_groups: int = 16
    """Groups of its channels."""
    norm_first: bool = False
    """Normalize the inputs of the layers' parts, and the last layer's output."""
    epsilon: float = 1e-5
    """Added to variances over the transformer's width."""
    buckets: int = 0
    """Buckets of distances with a gated bias of attention, shared by all layers; 0: no bias."""
    farthest: int = 800
    """Distance in frames from which on all are in the last bucket."""

    @property
    def hop(self) -> int:
        """Samples from one frame to the next."""
        return math.prod(self.strides)

    @property
    def span(self) -> int:
        """Samples that a frame sees before the transformer, the fewest that can be encoded."""
        return span_of(self.kernels, self.strides)

    def frames(self, samples):
        """Number of frames of so many samples, an integer or an array; below 1 for too few."""
        return frames_of(samples, self.kernels, self.strides)

    @nn.compact
    def __call__(
        self,
        audio: Float[Array, "batch samples"],
        lengths: Int[Array, " batch"],
        layer: int,
    ) -> Float[Array, "batch frames width"]:
        """Hidden state of a layer, from 0, what enters the first, to `layers`.

        Only the layers up to it are computed. `lengths` are the samples of each example; what
        follows them changes none of its frames, and frames beyond are undefined. Raises ValueError
        for a layer that there is not.
        """
        if not 0 <= layer <= self.layers:
            raise ValueError(f"layer must be from 0 to {self.layers}, not {layer}")
        x = WaveformEncoder(
            self.widths, self.kernels, self.strides, self.norm, self.conv_bias, name="waveform"
        )(audio, lengths)
        if self.projection_norm:
            x = LayerNorm(self.epsilon, name="projection_norm")(x)
        x = Dense(self.width, name="projection")(x)
        valid = valid_places(self.frames(lengths), x.shape[1])
        # Zeros beyond the end, as there are at the end of a convolution over one example alone.
        x = masked(x, valid)
        x = PositionalConvolution(self.position_kernel, self.position_groups, name="positions")(x)
        norm = LayerNorm(self.epsilon, name="norm")
        x = x if self.norm_first else norm(x)
        bias = None
        if self.buckets:
            bias = DistanceBias(self.heads, self.buckets, self.farthest, name="distances")(
                x.shape[1]
            )
        for n in range(self.layers if self.is_initializing() else layer):
            x = TransformerLayer(
                self.heads, self.inner, self.norm_first, self.epsilon, name=f"layer_{n}"
            )(x, valid, bias)
        last = layer == self.layers or self.is_initializing()
        return norm(x) if self.norm_first and last else x
