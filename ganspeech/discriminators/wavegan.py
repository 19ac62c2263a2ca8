"""The critic of WaveGAN (Donahue et al. 2019): strided convolutions over a second of audio."""

import jax
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.draws import PhaseShuffle
from ganspeech.nn.initializers import he
from ganspeech.nn.labels import ProjectionLogit


class WaveGANDiscriminator(nn.Module):
    """Five convolutions of 25 taps and stride 4, phases shuffled between them, and one logit."""

    channels: int = 64
    """Channels of the first layer, doubled by each further one. 64 is the paper's size."""
    phase_shuffle: int = 2
    """Largest shift of each layer's output while training, in samples; 0 disables it."""
    spectral_norm: bool = False
    """Divide every kernel by its largest singular value (Miyato et al. 2018)."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch samples"],
        condition: Float[Array, "batch ..."] | None = None,
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, time, channels]`, the logit `[batch, 1]` last.

        `condition` is a one-hot label `[batch, classes]`, used by projection (Miyato and Koyama
        2018); features of any other rank are not used.
        """
        maps, x = [], x[..., None]
        for n, factor in enumerate((1, 2, 4, 8, 16)):
            conv = Conv1d(
                factor * self.channels,
                25,
                4,
                stddev=he(25 * x.shape[-1]),
                spectral_norm=self.spectral_norm,
                name=f"conv_{n}",
            )
            x = jax.nn.leaky_relu(conv(x), 0.2)
            if n < 4:
                x = PhaseShuffle(self.phase_shuffle, name=f"shuffle_{n}")(x)
            maps.append(x)
        label = condition if condition is not None and condition.ndim == 2 else None
        maps.append(ProjectionLogit(self.spectral_norm, name="head")(x, label))
        return [maps]
