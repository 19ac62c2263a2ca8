"""Features of speech from a style, after AudioStyleGAN (Baas and Kamper 2022, "GAN you hear me?").

Noise becomes a style, which scales the channels of every convolution over time (Karras et al.
2020). They start from waves, as in Karras et al. 2021, and where the rate stays, nonlinearities act
at twice the rate, so that they fold fewer high frequencies back.

Unlike the paper's: the waves are the same for all examples, of all frequencies; where the rate
doubles, the nonlinearity acts at the new rate alone; low-passes do not differ from layer to layer,
learning rates of layers are equal, and the features end in tanh.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.antialias import downsample, upsample
from ganspeech.nn.convolution.modulated import ModulatedConv1d
from ganspeech.nn.dense import Dense
from ganspeech.nn.initializers import he
from ganspeech.nn.labels import NoiseAndLabel

SLOPE = 0.2
"""Slope of the leaky ReLUs below zero."""
GAIN = math.sqrt(2 / (1 + SLOPE**2))
"""What a leaky ReLU's output is multiplied by, so that its input's scale is kept."""


class ASGANGenerator(nn.Module):
    """Noise to a style by dense layers, waves to features by convolutions that the style scales."""

    frames: int = 64
    """Frames of the features."""
    bands: int = 80
    """Features of a frame."""
    layers: int = 3
    """Dense layers between noise and style."""
    style: int = 128
    """Width of the style."""
    widths: tuple[int, ...] = (192, 192, 128)
    """Channels at each rate; between two of them the number of frames doubles."""
    blocks: int = 2
    """Convolutions at each rate."""

    @nn.compact
    def __call__(
        self,
        noise: Float[Array, "batch latent"],
        label: Float[Array, "batch classes"] | None = None,
    ) -> Float[Array, "batch frames bands 1"]:
        """Features in (-1, 1), of the labels' classes if labels (one-hot) are given."""
        style = NoiseAndLabel(name="input")(noise, label)
        for n in range(self.layers):
            dense = Dense(self.style, stddev=he(style.shape[-1]), name=f"style_{n}")
            style = jax.nn.leaky_relu(dense(style), SLOPE)
        start = -(-self.frames // 2 ** (len(self.widths) - 1))
        x = jnp.broadcast_to(waves(start, self.widths[0]), (len(noise), start, self.widths[0]))
        for n, width in enumerate(self.widths):
            for block in range(self.blocks):
                x = ModulatedConv1d(width, name=f"convolution_{n}_{block}")(x, style)
                doubled = n + 1 < len(self.widths) and block + 1 == self.blocks
                x = _activated(x, doubled)
        x = ModulatedConv1d(self.bands, 1, demodulate=False, name="features")(x, style)
        return jnp.tanh(x[:, : self.frames, :, None].astype(jnp.float32))


def waves(frames: int, channels: int) -> Float[np.ndarray, "frames channels"]:
    """Cosines of random, fixed frequencies below half the rate, and random phases."""
    rng = np.random.default_rng(0)
    frequencies, phases = rng.uniform(0, 0.5, channels), rng.uniform(0, 1, channels)
    turns = np.arange(frames)[:, None] * frequencies + phases
    return (math.sqrt(2) * np.cos(2 * np.pi * turns)).astype(np.float32)


def _activated(
    x: Float[Array, "batch frames width"], doubled: bool
) -> Float[Array, "batch out_frames width"]:
    """Leaky ReLU at twice the rate, which is kept, with what it folds back there, if `doubled`."""
    even, odd = (GAIN * jax.nn.leaky_relu(phase, SLOPE) for phase in upsample(x))
    if not doubled:
        return downsample(even, odd)
    batch, frames, width = x.shape
    return jnp.stack([even, odd], axis=2).reshape(batch, 2 * frames, width)
