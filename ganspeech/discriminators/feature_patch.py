"""PatchGAN (Isola et al. 2017) over features: every logit judges a patch of frames and bands."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.conv import Conv2d

TAPS = 5
"""Taps of every strided convolution, along either axis."""


class FeaturePatchDiscriminator(nn.Module):
    """Strided convolutions over frames and channels, as in FSEGAN (Donahue et al. 2018).

    It has no normalization layers, so that its maps of an utterance do not depend on others.
    """

    widths: tuple[int, ...] = (16, 32, 64)
    """Channels of the convolutions, each of which halves frames and bands."""
    spectral_norm: bool = False
    """Divide every kernel by its largest singular value (Miyato et al. 2018)."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch frames channels"],
        condition: Float[Array, "batch frames channels"] | None = None,
    ) -> list[list[Float[Array, "batch ..."]]]:
        """Feature maps `[batch, frames, bands, width]`, the patches' logits last.

        `condition` are features of the same shape, stacked with `x` as a second channel.
        """
        x = x[..., None] if condition is None else jnp.stack([x, condition], axis=-1)
        maps = []
        for n, width in enumerate(self.widths):
            conv = Conv2d(
                width, (TAPS, TAPS), (2, 2), spectral_norm=self.spectral_norm, name=f"conv_{n}"
            )
            x = jax.nn.leaky_relu(conv(x), 0.2)
            maps.append(x)
        maps.append(Conv2d(1, (3, 3), spectral_norm=self.spectral_norm, name="logits")(x))
        return [maps]
