"""The critic of SpecGAN (Donahue et al. 2019): strided convolutions over a spectrogram."""

import jax
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import Conv2d
from ganspeech.nn.initializers import he
from ganspeech.nn.labels import ProjectionLogit


class SpecGANDiscriminator(nn.Module):
    """Five convolutions of 5 x 5 taps and stride 2, and one logit."""

    channels: int = 64
    """Channels of the first layer, doubled by each further one. 64 is the paper's size."""
    spectral_norm: bool = False
    """Divide every kernel by its largest singular value (Miyato et al. 2018)."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch frames bins 1"],
        condition: Float[Array, "batch classes"] | None = None,
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, frames, bins, channels]`, the logit `[batch, 1]` last.

        `condition` is a one-hot label, used by projection (Miyato and Koyama 2018).
        """
        maps = []
        for n, factor in enumerate((1, 2, 4, 8, 16)):
            conv = Conv2d(
                factor * self.channels,
                (5, 5),
                (2, 2),
                stddev=he(25 * x.shape[-1]),
                spectral_norm=self.spectral_norm,
                name=f"conv_{n}",
            )
            x = jax.nn.leaky_relu(conv(x), 0.2)
            maps.append(x)
        maps.append(ProjectionLogit(self.spectral_norm, name="head")(x, condition))
        return [maps]
