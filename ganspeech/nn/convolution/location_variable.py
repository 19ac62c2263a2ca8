"""Location-variable convolution: one kernel per frame (Zeng et al. 2021, "LVCNet")."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ganspeech.nn.convolution.forms import same_padding


def location_variable_convolution(
    x: Float[Array, "batch time inputs"],
    kernels: Float[Array, "batch frames taps inputs outputs"],
    biases: Float[Array, "batch frames outputs"],
) -> Float[Array, "batch time outputs"]:
    """Convolve the samples of each frame with that frame's kernel, zeros beyond both ends.

    `time` must be a multiple of `frames`. Windows reach into the neighboring frames' samples,
    as in an ordinary convolution. One matrix product per frame: as a convolution with a group for
    each frame it is three times slower on a CPU, and its gradient a hundred times.
    """
    batch, frames, taps, inputs, outputs = kernels.shape
    time = x.shape[1]
    padded = jnp.pad(x.astype(kernels.dtype), ((0, 0), *same_padding((taps,), (1,)), (0, 0)))
    windows = jnp.concatenate([padded[:, t : t + time] for t in range(taps)], axis=-1)
    windows = windows.reshape(batch, frames, time // frames, taps * inputs)
    matrices = kernels.reshape(batch, frames, taps * inputs, outputs)
    y = jnp.einsum("bfti,bfio->bfto", windows, matrices) + biases[:, :, None]
    return y.reshape(batch, time, outputs)
