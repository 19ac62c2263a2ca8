"""A sigmoid whose slope is learned for every channel (MetricGAN+, Fu et al. 2021)."""

import jax
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.dense import per_channel


class LearnableSigmoid(nn.Module):
    """`ceiling / (1 + exp(-slope * x))` with a slope for each channel, initially 1."""

    ceiling: float = 1.0
    """Largest value."""

    @nn.compact
    def __call__(self, x: Float[Array, "*batch channels"]) -> Float[Array, "*batch channels"]:
        """Values from 0 to `ceiling`."""
        slope = self.param("slope", nn.initializers.ones, (x.shape[-1],))
        return self.ceiling * jax.nn.sigmoid(per_channel(slope, x) * x)
