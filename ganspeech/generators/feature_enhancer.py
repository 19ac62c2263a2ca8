"""U-Net over time that denoises features (after FSEGAN, Donahue et al. 2018)."""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float, Int

from ganspeech.nn.convolution.conv import Conv1d, ConvTranspose1d
from ganspeech.nn.convolution.convnext import ConvNeXtBlock
from ganspeech.nn.dense import LayerNorm
from ganspeech.nn.masked import masked, valid_places


class FeatureEnhancer(nn.Module):
    """U-Net that adds a correction to its input (Ronneberger et al. 2015).

    FSEGAN convolves over time and frequency; here the bands are channels of convolutions over time
    alone, which a CPU does many times faster. It starts close to the identity.
    """

    width: int = 96
    """Channels of every layer."""
    blocks: int = 1
    """ConvNeXt blocks at each rate, on the way down and on the way up."""
    depth: int = 2
    """Number of times that the frame rate is halved."""

    @nn.compact
    def __call__(
        self, features: Float[Array, "batch frames channels"], lengths: Int[Array, " batch"]
    ) -> Float[Array, "batch frames channels"]:
        """Features of the same shape; frames beyond `lengths` are zero and affect no others."""
        x = Conv1d(self.width, 5, name="embed")(_inside(features, lengths))
        skips: list[tuple[Array, Array]] = []
        for level in range(self.depth):
            x = self._refined(x, lengths, f"down_{level}")
            skips.append((x, lengths))
            x = Conv1d(self.width, 4, 2, name=f"halve_{level}")(_inside(x, lengths))
            lengths = (lengths + 1) // 2
        x = self._refined(x, lengths, "bottom")
        for level in reversed(range(self.depth)):
            x = ConvTranspose1d(self.width, 4, 2, name=f"double_{level}")(_inside(x, lengths))
            skipped, lengths = skips.pop()
            x = self._refined(x[:, : skipped.shape[1]] + skipped, lengths, f"up_{level}")
        x = _inside(LayerNorm(name="norm")(x), lengths)
        correction = Conv1d(features.shape[-1], 5, stddev=0.01, name="correction")(x)
        return _inside(features + correction.astype(jnp.float32), lengths)

    def _refined(
        self, x: Float[Array, "batch time width"], lengths: Int[Array, " batch"], name: str
    ) -> Float[Array, "batch time width"]:
        for n in range(self.blocks):
            x = ConvNeXtBlock(self.width, name=f"{name}_{n}")(_inside(x, lengths))
        return x


def _inside(
    x: Float[Array, "batch time width"], lengths: Int[Array, " batch"]
) -> Float[Array, "batch time width"]:
    """`x` with zeros beyond each end, like a convolution's padding."""
    return masked(x, valid_places(lengths, x.shape[1]))
