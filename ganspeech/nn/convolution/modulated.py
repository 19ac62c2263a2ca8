"""Convolution whose input channels a style scales (Karras et al. 2020, "StyleGAN2")."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.convolution.forms import convolve, same_padding
from ganspeech.nn.dense import Dense, add_bias, scale_all_times


class ModulatedConv1d(nn.Module):
    """Convolution over time by a kernel of each example's own: the shared one, scaled by a style.

    Scaling the input and then the output is the same as scaling kernels, and leaves one convolution
    for the batch; one kernel for each example would make it a grouped one.
    """

    features: int
    """Channels out."""
    kernel: int = 3
    """Taps."""
    demodulate: bool = True
    """Whether to divide each filter of each example by its norm, so that styles change what is made
    and not how strong it is."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time inputs"], style: Float[Array, "batch width"]
    ) -> Float[Array, "batch time features"]:
        """Convolve, in the kernel's dtype; norms are computed in float32."""
        inputs = x.shape[-1]
        stddev = (self.kernel * inputs) ** -0.5
        shape = (self.kernel, inputs, self.features)
        kernel = self.param("kernel", nn.initializers.normal(stddev), shape)
        bias = self.param("bias", nn.initializers.zeros, (self.features,))
        # As StyleGAN2 begins: about one, with a variance of one.
        scale = 1 + Dense(inputs, stddev=style.shape[-1] ** -0.5, name="style")(style)
        y = convolve(
            scale_all_times(x.astype(kernel.dtype), scale[:, None]),
            kernel,
            strides=(1,),
            padding=same_padding((self.kernel,), (1,)),
            dilation=(1,),
        )
        if self.demodulate:
            energies = jnp.sum(jnp.square(kernel.astype(jnp.float32)), axis=0)
            norms = jnp.square(scale.astype(jnp.float32)) @ energies
            y = scale_all_times(y, jax.lax.rsqrt(norms + 1e-8)[:, None].astype(y.dtype))
        return add_bias(y, bias)
