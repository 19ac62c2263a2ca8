"""The multi-period discriminator of HiFi-GAN (Kong et al. 2020)."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import Conv1d


class MultiPeriodDiscriminator(nn.Module):
    """Classifies every `period`-th sample together, for several prime periods."""

    periods: tuple[int, ...] = (2, 3, 5, 7, 11)
    """Period of each sub-discriminator, in samples."""
    channels: int = 32
    """Channels of the first layer; each of the five has four times those of the one before."""
    max_channels: int = 1024
    """Largest number of channels of a layer."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch samples"], condition: Array | None = None
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, period, time, channels]` of each period, logits last.

        `condition` is not used.
        """
        widths = tuple(min(self.channels * 4**layer, self.max_channels) for layer in range(5))
        return [
            PeriodDiscriminator(period, widths, name=f"period_{period}")(x)
            for period in self.periods
        ]


class PeriodDiscriminator(nn.Module):
    """Strided convolutions over samples one period apart."""

    period: int
    """Samples between neighbors."""
    widths: tuple[int, ...]
    """Channels of each layer; all but the last stride by 3."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch samples"]) -> list[Float[Array, "batch ..."]]:
        """Feature maps `[batch, period, time, channels]`, logits last."""
        batch, samples = x.shape
        x = jnp.pad(x, ((0, 0), (0, -samples % self.period)), mode="reflect")
        # Columns one period apart never mix: as examples of one axis they convolve twice as fast
        # as in the paper's two-dimensional layout, which is the same computation.
        x = x.reshape(batch, -1, self.period).swapaxes(1, 2).reshape(batch * self.period, -1, 1)
        maps = []
        for layer, width in enumerate(self.widths):
            stride = 1 if layer == len(self.widths) - 1 else 3
            x = Conv1d(width, 5, stride, weight_norm=True, name=f"conv_{layer}")(x)
            x = jax.nn.leaky_relu(x, 0.1)
            maps.append(x)
        maps.append(Conv1d(1, 3, weight_norm=True, name="logits")(x))
        return [y.reshape(batch, self.period, *y.shape[1:]) for y in maps]


MULTI_PERIOD_SMALL = MultiPeriodDiscriminator(channels=8, max_channels=64)
"""An eighth of the first width and a sixteenth of the last, for a CPU."""
