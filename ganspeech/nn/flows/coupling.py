"""Normalizing flow of additive couplings between halves of the channels."""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Bool, Float

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.convolution.wavenet import WaveNet
from ganspeech.nn.masked import masked


class CouplingFlow(nn.Module):
    """Additive couplings, which preserve volume (Dinh et al. 2015, NICE).

    VITS puts it between the latent frames and their prior. Channels are reversed after each
    coupling. The flow computes in float32, the couplings in the dtype of their weights.
    """

    width: int
    """Channels inside a coupling."""
    couplings: int
    """Number of couplings."""
    layers: int
    """WaveNet layers per coupling."""
    kernel: int
    """Taps of the WaveNet layers."""
    dilation_rate: int = 1
    """Ratio of a layer's dilation to that of the layer before."""

    def setup(self):
        """Create the couplings, for both directions."""
        self.coupling = [
            Shift(self.width, self.layers, self.kernel, self.dilation_rate)
            for _ in range(self.couplings)
        ]

    def __call__(
        self,
        x: Float[Array, "batch time channels"],
        valid: Bool[Array, "batch time"],
        speaker: Float[Array, "batch speaker_width"] | None = None,
        *,
        inverse: bool = False,
    ) -> Float[Array, "batch time channels"]:
        """Map `x`, of an even number of channels, forward or back; zero where not `valid`.

        The log-determinant is zero either way.
        """
        x = masked(x.astype(jnp.float32), valid)
        if inverse:
            for coupling in reversed(self.coupling):
                kept, moved = jnp.split(x[..., ::-1], 2, axis=-1)
                moved = moved - coupling(kept, valid, speaker)
                x = jnp.concatenate([kept, moved], axis=-1)
        else:
            for coupling in self.coupling:
                kept, moved = jnp.split(x, 2, axis=-1)
                moved = moved + coupling(kept, valid, speaker)
                x = jnp.concatenate([kept, moved], axis=-1)[..., ::-1]
        return x


class Shift(nn.Module):
    """Shift of one half of the channels, as a function of the other half."""

    width: int
    """Channels of the WaveNet."""
    layers: int
    """Layers of the WaveNet."""
    kernel: int
    """Taps of the WaveNet's layers."""
    dilation_rate: int
    """Ratio of a layer's dilation to that of the layer before."""

    @nn.compact
    def __call__(
        self,
        kept: Float[Array, "batch time half"],
        valid: Bool[Array, "batch time"],
        speaker: Float[Array, "batch speaker_width"] | None,
    ) -> Float[Array, "batch time half"]:
        """Shift in float32; initially zero, so that the flow starts as a permutation."""
        x = masked(Conv1d(self.width, 1, name="enter")(kept), valid)
        x = WaveNet(self.layers, self.kernel, self.dilation_rate, name="wavenet")(x, valid, speaker)
        x = Conv1d(kept.shape[-1], 1, stddev=0.0, name="leave")(x)
        return masked(x.astype(jnp.float32), valid)
