"""Residual convolutions over time, after AudioStyleGAN's discriminator (Baas and Kamper 2022)."""

import math

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.dense import Dense
from ganspeech.nn.initializers import he
from ganspeech.nn.labels import ProjectionLogit


class ASGANDiscriminator(nn.Module):
    """Blocks that low-pass and keep every second frame, then dense layers and one logit.

    The paper's minibatch standard deviation is left out: penalties on slopes, and results that do
    not depend on the number of devices, need each example judged alone.
    """

    widths: tuple[int, ...] = (96, 160, 224)
    """Channels of the blocks."""
    kernel: int = 3
    """Taps along time."""
    spectral_norm: bool = False
    """Divide every kernel by its largest singular value (Miyato et al. 2018)."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch frames bands 1"],
        condition: Float[Array, "batch classes"] | None = None,
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, frames, channels]`, the logit `[batch, 1]` last.

        `condition` is a one-hot label, used by projection (Miyato and Koyama 2018).
        """
        maps, x = [], self._conv(self.widths[0], 1, "bands", x[..., 0])
        for n, width in enumerate(self.widths):
            y = self._conv(x.shape[-1], self.kernel, f"first_{n}", x)
            y = self._conv(width, self.kernel, f"second_{n}", _leaky(y))
            short = self._conv(width, 1, f"short_{n}", _halved(x))
            x = (_halved(_leaky(y)) + short) / math.sqrt(2)
            maps.append(x)
        x = _leaky(self._conv(self.widths[-1], self.kernel, "last", x))
        stddev = he(x.shape[1] * x.shape[2])
        dense = Dense(
            self.widths[-1], stddev=stddev, spectral_norm=self.spectral_norm, name="dense"
        )
        x = _leaky(dense(x.reshape(len(x), -1)))
        maps.append(ProjectionLogit(self.spectral_norm, name="head")(x, condition))
        return [maps]

    def _conv(self, width: int, kernel: int, name: str, x: Array) -> Array:
        """Convolution over time; call it in a compact method."""
        return Conv1d(
            width,
            kernel,
            stddev=he(kernel * x.shape[-1]),
            spectral_norm=self.spectral_norm,
            name=name,
        )(x)


def _leaky(x: Array) -> Array:
    return jax.nn.leaky_relu(x, 0.2)


def _halved(x: Float[Array, "batch frames width"]) -> Float[Array, "batch half width"]:
    """Low-passed by (1, 3, 3, 1) / 8, every second frame; edges are repeated."""
    x = jnp.concatenate([x[:, :1], x, x[:, -1:], x[:, -1:]], axis=1)
    pairs = -(-(x.shape[1] - 3) // 2)
    first, second = x[:, ::2], x[:, 1::2]
    outer = first[:, :pairs] + second[:, 1 : pairs + 1]
    inner = second[:, :pairs] + first[:, 1 : pairs + 1]
    return (outer + 3 * inner) / 8
