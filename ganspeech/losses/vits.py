"""Losses of VITS besides the adversarial ones (Kim et al. 2021, section 2).

All are means over the valid entries of all devices' batches, from sums and a count.
"""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float

from ganspeech.nn.axis import AXIS
from ganspeech.nn.masked import masked


def kl_divergence(
    latent: Float[Array, "batch frames width"],
    posterior_log_std: Float[Array, "batch frames width"],
    mean: Float[Array, "batch frames width"],
    log_std: Float[Array, "batch frames width"],
    valid: Bool[Array, "batch frames"],
) -> Float[Array, ""]:
    """Divergence of the posterior from the prior, in nats per frame, by one sample (equation 4).

    `latent` is the posterior's sample after a volume-preserving flow, where the prior is normal
    with `mean` and `log_std`. The posterior's entropy is exact.
    """
    squares = jnp.square(latent - mean) * jnp.exp(-2 * log_std)
    nats = log_std - posterior_log_std + 0.5 * (squares - 1)
    return mean_over(masked(nats, valid).sum((1, 2)), valid.sum(1))


def mean_over(sums: Float[Array, " batch"], counts: Array) -> Float[Array, ""]:
    """Total of `sums` over total of `counts`, across all devices."""
    total, count = lax.psum((sums.sum(), counts.sum()), AXIS)
    return total / jnp.maximum(count, 1)
