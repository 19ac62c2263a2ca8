"""WaveNet's gated layers, looking both ways (van den Oord et al. 2016; Prenger et al. 2019)."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Bool, Float

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.dense import add_to_all_times
from ganspeech.nn.masked import masked


class WaveNet(nn.Module):
    """A stack of gated convolutions that all add to the output, as in WaveGlow and VITS."""

    layers: int
    """Number of layers."""
    kernel: int
    """Taps of each layer."""
    dilation_rate: int = 1
    """Ratio of a layer's dilation to that of the layer before."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch time width"],
        valid: Bool[Array, "batch time"],
        speaker: Float[Array, "batch speaker_width"] | None = None,
    ) -> Float[Array, "batch time width"]:
        """Sum of the layers' skip outputs; zero where not `valid`, as `x` must be.

        A `speaker` embedding shifts the gates of every layer.
        """
        width = x.shape[-1]
        shifts = None
        if speaker is not None:
            project = Conv1d(2 * width * self.layers, 1, weight_norm=True, name="speaker")
            shifts = jnp.split(project(speaker[:, None]), self.layers, axis=-1)
        total = jnp.zeros_like(x)
        for n in range(self.layers):
            dilation = self.dilation_rate**n
            gate = Conv1d(
                2 * width, self.kernel, dilation=dilation, weight_norm=True, name=f"gate_{n}"
            )
            y = gate(x)
            if shifts is not None:
                y = add_to_all_times(y, shifts[n])
            content, openness = jnp.split(y, 2, axis=-1)
            y = jnp.tanh(content) * jax.nn.sigmoid(openness)
            # The last layer has no residual output.
            if n == self.layers - 1:
                return masked(total + Conv1d(width, 1, weight_norm=True, name=f"out_{n}")(y), valid)
            y = Conv1d(2 * width, 1, weight_norm=True, name=f"out_{n}")(y)
            residual, skip = jnp.split(y, 2, axis=-1)
            x, total = masked(x + residual, valid), total + skip
        return total
