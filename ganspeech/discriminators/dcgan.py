"""The discriminator of the textbook example: two convolutions over a small picture."""

import jax
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import Conv2d
from ganspeech.nn.draws import Dropout
from ganspeech.nn.labels import ProjectionLogit


class DCGANDiscriminator(nn.Module):
    """Strided convolutions with LeakyReLU and dropout, and one logit (Radford et al. 2016)."""

    widths: tuple[int, ...] = (64, 128)
    """Channels of the convolutions, each of which halves rows and columns."""
    kernel: int = 4
    """Taps along either axis."""
    dropout: float = 0.3
    """Dropout rate after each convolution."""
    spectral_norm: bool = False
    """Divide every kernel by its largest singular value (Miyato et al. 2018)."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch height width 1"],
        condition: Float[Array, "batch classes"] | None = None,
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, height, width, channels]`, the logit `[batch, 1]` last.

        `condition` is a one-hot label, used by projection (Miyato and Koyama 2018).
        """
        maps = []
        taps, halved = (self.kernel, self.kernel), (2, 2)
        for n, width in enumerate(self.widths):
            conv = Conv2d(
                width,
                taps,
                halved,
                spectral_norm=self.spectral_norm,
                name=f"conv_{n}",
            )
            x = Dropout(self.dropout, name=f"dropout_{n}")(jax.nn.leaky_relu(conv(x), 0.2))
            maps.append(x)
        maps.append(ProjectionLogit(self.spectral_norm, name="head")(x, condition))
        return [maps]
