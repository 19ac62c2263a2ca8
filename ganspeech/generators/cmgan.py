"""CMGAN (Cao et al. 2022): complex spectra enhanced by attention over time and frequency."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.audio import AudioSpec, istft, stft
from ganspeech.audio.stft import compressed, magnitude
from ganspeech.nn.conformer import ConformerBlock
from ganspeech.nn.convolution.conv import Conv2d
from ganspeech.nn.dense import per_channel
from ganspeech.nn.repeated import repeated

Maps = Float[Array, "batch frames bins channels"]


class CMGANGenerator(nn.Module):
    """Dense dilated convolutions, two-stage Conformers, and decoders of a mask and a correction.

    Magnitudes are compressed by a power, as in the recipe's losses. The defaults are the published
    sizes; it has 1.62 million parameters where the authors' has 1.83, because its Conformers have
    the Conformer paper's positions and width of convolution.
    """

    channels: int = 64
    """Channels of all maps."""
    blocks: int = 4
    """Two-stage blocks: a Conformer over time and one over frequency."""
    heads: int = 4
    """Heads of each attention."""
    kernel: int = 31
    """Taps of each Conformer's convolution."""
    dropout: float = 0.2
    """Dropout rate of the Conformers."""
    depth: int = 4
    """Layers of each dense block; their dilations in time double from 1."""
    compression: float = 0.3
    """Exponent of the magnitudes."""
    remat: bool = False
    """Run the blocks in a loop and compute their insides again for gradients: less memory, for one
    more forward pass of the blocks."""

    @nn.compact
    def __call__(
        self, audio: Float[Array, "batch samples"], spec: AudioSpec
    ) -> Float[Array, "batch samples"]:
        """Enhanced `audio` in about [-1, 1], of the same length."""
        loudness = jnp.sqrt(jnp.mean(audio**2, axis=1, keepdims=True) + 1e-8)
        noisy = compressed(stft(audio / loudness, spec), self.compression)
        size = magnitude(noisy)
        x = jnp.stack([size, noisy.real, noisy.imag], axis=-1)
        x = _normalized(Conv2d(self.channels, (1, 1), name="enter")(x), "enter")
        x = DilatedDense(self.depth, name="encoder")(x)
        x = _normalized(Conv2d(self.channels, (1, 3), (1, 2), name="halve")(x), "halve")
        x = self._refined(x)
        mask = self._decoded(x, noisy.shape[-1], "mask")
        mask = _normalized(Conv2d(1, (1, 1), name="mask")(mask), "mask")[..., 0]
        slope = self.param("gain_slope", nn.initializers.constant(-0.25), (mask.shape[-1],))
        mask = jnp.where(mask > 0, mask, per_channel(slope, mask) * mask)
        mask = mask.astype(jnp.float32)
        correction = Conv2d(2, (1, 1), name="correction")(
            self._decoded(x, noisy.shape[-1], "correction")
        ).astype(jnp.float32)
        clean = mask * noisy + jax.lax.complex(correction[..., 0], correction[..., 1])
        return loudness * istft(compressed(clean, 1 / self.compression), spec, audio.shape[-1])

    def _refined(self, x: Maps) -> Maps:
        """Refine maps by all two-stage blocks, in a loop or one by one."""
        turns = [(f"time_{n}", f"frequency_{n}") for n in range(self.blocks)]
        settings = self.channels, self.heads, self.kernel, self.dropout
        if self.remat and not self.is_initializing():
            block = ConformerBlock(*settings, parent=None)
            return repeated(self, turns, [block, block], _two_stages, x)
        for turn in turns:
            x = _two_stages(x, *(ConformerBlock(*settings, name=name) for name in turn))
        return x

    def _decoded(self, x: Maps, bins: int, name: str) -> Maps:
        """Decode maps to all `bins` again: pairs of channels become neighbors in frequency."""
        x = DilatedDense(self.depth, name=f"{name}_decoder")(x)
        x = Conv2d(2 * self.channels, (1, 3), name=f"{name}_doubled")(x)
        x = x.reshape(*x.shape[:2], -1, self.channels)[:, :, :bins]
        return _normalized(x, f"{name}_doubled")


class DilatedDense(nn.Module):
    """Densely connected convolutions, dilated over ever more of the past."""

    depth: int
    """Number of convolutions."""

    @nn.compact
    def __call__(self, x: Maps) -> Maps:
        """Maps of the last layer, with as many channels as `x`."""
        width, stacked = x.shape[-1], x
        for n in range(self.depth):
            reach = 2**n
            layer = Conv2d(
                width,
                (2, 3),
                dilation=(reach, 1),
                padding=((reach, 0), (1, 1)),
                name=f"conv_{n}",
            )
            x = _normalized(layer(stacked), f"conv_{n}")
            stacked = jnp.concatenate([x, stacked], axis=-1)
        return x


class InstanceNorm(nn.Module):
    """Each example's channels with mean 0 and variance 1 over its map (Ulyanov et al. 2016)."""

    epsilon: float = 1e-5
    """Added to the variance."""

    @nn.compact
    def __call__(self, x: Maps) -> Maps:
        """Normalize in float32, then scale and shift each channel."""
        scale = self.param("scale", nn.initializers.ones, x.shape[-1:])
        bias = self.param("bias", nn.initializers.zeros, x.shape[-1:])
        y = x.astype(jnp.float32)
        y = y - y.mean((1, 2), keepdims=True)
        y = y * jax.lax.rsqrt((y**2).mean((1, 2), keepdims=True) + self.epsilon)
        return y.astype(x.dtype) * per_channel(scale, x) + per_channel(bias, x)


class PReLU(nn.Module):
    """A rectifier with a learned slope below zero for each channel (He et al. 2015)."""

    @nn.compact
    def __call__(self, x: Float[Array, "..."]) -> Float[Array, "..."]:
        """`x` where positive, `slope * x` elsewhere."""
        slope = self.param("slope", nn.initializers.constant(0.25), x.shape[-1:])
        return jnp.where(x > 0, x, per_channel(slope, x) * x)


def _normalized(x: Maps, name: str) -> Maps:
    """Instance normalization and PReLU; call it in a compact method."""
    return PReLU(name=f"{name}_slope")(InstanceNorm(name=f"{name}_norm")(x))


def _two_stages(x: Maps, over_time: Callable, over_frequency: Callable) -> Maps:
    """A Conformer over time, then one over frequency."""
    x = _over(x.swapaxes(1, 2), over_time).swapaxes(1, 2)
    return _over(x, over_frequency)


def _over(x: Float[Array, "batch rows time channels"], conformer: Callable) -> jax.Array:
    """A Conformer of each row of the maps, with a residual."""
    rows = x.reshape(-1, *x.shape[2:])
    return (rows + conformer(rows, jnp.ones(rows.shape[:2], bool))).reshape(x.shape)
