"""UnivNet: noise shaped by convolutions whose kernels follow the mels (Jang et al. 2021)."""

import math

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.audio.spec import AudioSpec
from ganspeech.nn.convolution.conv import Conv1d, ConvTranspose1d
from ganspeech.nn.convolution.location_variable import location_variable_convolution
from ganspeech.nn.hashed_noise import hashed_normal

SLOPE = 0.2
"""Slope of every leaky ReLU."""


class UnivNet(nn.Module):
    """Upsamples noise frames to samples; small networks read the mels and predict the kernels.

    The defaults are the paper's UnivNet-c32. Weights are normalized as in the paper. Most of them
    are in the predictors, which work at frame rate; at sample rate there are few channels.
    """

    channels: int = 32
    """Channels at every rate."""
    noise_channels: int = 64
    """Channels of the input noise."""
    strides: tuple[int, ...] = (8, 8, 4)
    """Upsampling factor of each stage; their product is the hop length."""
    kernels: tuple[int, ...] = (3, 3, 3)
    """Taps of each stage's convolutions, fixed and predicted ones."""
    dilations: tuple[tuple[int, ...], ...] = ((1, 3, 9, 27), (1, 3, 9, 27), (1, 3, 9, 27))
    """Dilations of each stage's fixed convolutions, each followed by a predicted one."""
    predictor_channels: int = 64
    """Channels of the networks that predict kernels."""
    predictor_blocks: int = 3
    """Residual blocks of the networks that predict kernels."""
    predictor_kernel: int = 3
    """Taps of the networks that predict kernels, in frames."""

    @nn.compact
    def __call__(
        self,
        log_mel: Float[Array, "batch frames mels"],
        spec: AudioSpec,
        noise: Float[Array, "batch frames noise_channels"] | None = None,
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples, in float32 within [-1, 1].

        `noise` is standard normal. The paper draws it anew for every utterance; here, unless it
        is given, each frame's is drawn from a hash of that frame's own mels (`hashed_normal`).
        So a vocoder is a pure function of its log-mel: a frame sounds the same at any position,
        in any batch and any chunk of a stream, and runs are reproducible to the bit.

        Raises `ValueError` when the features have another number of mel bands than `spec`, the
        strides another product than its hop length, or the noise another shape.
        """
        spec.require_bands(log_mel.shape[-1])
        spec.require_hop("strides", self.strides)
        log_mel = log_mel.astype(jnp.float32)
        if noise is None:
            noise = hashed_normal(log_mel, self.noise_channels)
        elif noise.shape != (*log_mel.shape[:2], self.noise_channels):
            raise ValueError(
                f"noise must be {[*log_mel.shape[:2], self.noise_channels]}, "
                f"not {list(noise.shape)}"
            )
        x = _reflected(self.channels, "before")(noise)
        for n, stage in enumerate(zip(self.strides, self.kernels, self.dilations, strict=True)):
            stride, taps, dilations = stage
            x = ConvTranspose1d(
                self.channels, 2 * stride, stride, weight_norm=True, name=f"upsample_{n}"
            )(jax.nn.leaky_relu(x, SLOPE))
            kernels, biases = KernelPredictor(
                self.channels,
                taps,
                len(dilations),
                self.predictor_channels,
                self.predictor_blocks,
                self.predictor_kernel,
                name=f"predictor_{n}",
            )(log_mel)
            for i, dilation in enumerate(dilations):
                y = jax.nn.leaky_relu(x, SLOPE)
                conv = Conv1d(
                    self.channels, taps, dilation=dilation, weight_norm=True, name=f"conv_{n}_{i}"
                )
                y = jax.nn.leaky_relu(conv(y), SLOPE)
                y = location_variable_convolution(y, kernels[:, :, i], biases[:, :, i])
                gate, value = jnp.split(y, 2, axis=-1)
                x = x + jax.nn.sigmoid(gate) * jnp.tanh(value)
        x = _reflected(1, "after")(jax.nn.leaky_relu(x, SLOPE))
        return jnp.tanh(x[..., 0].astype(jnp.float32))


class KernelPredictor(nn.Module):
    """Predicts the kernels of one stage for each mel frame."""

    channels: int
    """Input channels of the kernels; they have twice as many outputs."""
    taps: int
    """Taps of the kernels."""
    layers: int
    """Kernels per frame."""
    width: int
    """Channels of the predictor."""
    blocks: int
    """Residual blocks."""
    kernel: int
    """Taps over frames."""

    @nn.compact
    def __call__(
        self, log_mel: Float[Array, "batch frames mels"]
    ) -> tuple[
        Float[Array, "batch frames layers taps channels outputs"],
        Float[Array, "batch frames layers outputs"],
    ]:
        """Kernels and biases of every layer, for each frame."""
        x = jax.nn.leaky_relu(
            Conv1d(self.width, 5, weight_norm=True, name="before")(log_mel), SLOPE
        )
        for n in range(self.blocks):
            y = x
            for half in ("first", "second"):
                y = Conv1d(self.width, self.kernel, weight_norm=True, name=f"{half}_{n}")(y)
                y = jax.nn.leaky_relu(y, SLOPE)
            x = x + y
        shape = (self.layers, self.taps, self.channels, 2 * self.channels)
        size, outputs = math.prod(shape), self.layers * 2 * self.channels
        kernels = Conv1d(size, self.kernel, weight_norm=True, name="kernels")(x)
        biases = Conv1d(outputs, self.kernel, weight_norm=True, name="biases")(x)
        frames = x.shape[:2]
        return kernels.reshape(*frames, *shape), biases.reshape(*frames, self.layers, -1)


def _reflected(features: int, name: str):
    """Convolution of seven taps with reflection padding."""
    conv = Conv1d(features, 7, padding=(0, 0), weight_norm=True, name=name)
    return lambda x: conv(jnp.pad(x, ((0, 0), (3, 3), (0, 0)), mode="reflect"))


UNIVNET_C16 = UnivNet(channels=16)
"""4.00 million parameters, counted as in the paper: with the gains of weight normalization."""
UNIVNET_C32 = UnivNet()
"""14.87 million parameters; like c16 for 100 mel bands and a hop of 256 samples."""
