"""Alignment of tokens and frames: likelihoods, and token values expanded to frames."""

import functools
import math

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int

from ganspeech.nn.masked import masked


def log_likelihoods(
    frames: Float[Array, "batch frames latent"],
    mean: Float[Array, "batch tokens latent"],
    log_std: Float[Array, "batch tokens latent"],
) -> Float[Array, "batch tokens frames"]:
    """Log-likelihood of every frame under every token's normal, summed over the latent."""
    precision = jnp.exp(-2 * log_std)
    # The square is multiplied out into matrix products over tokens and frames. They need full
    # precision: with the fewer bits of a GPU's or TPU's default, other paths are the likeliest.
    per_token = -0.5 * math.log(2 * math.pi) - log_std - 0.5 * mean**2 * precision
    product = functools.partial(jnp.einsum, "bnl,btl->bnt", precision=lax.Precision.HIGHEST)
    quadratic = product(-0.5 * precision, frames**2)
    linear = product(mean * precision, frames)
    return jnp.sum(per_token, axis=-1, keepdims=True) + quadratic + linear


def expand_to_frames(
    path: Float[Array, "batch tokens frames"], x: Float[Array, "batch tokens latent"]
) -> Float[Array, "batch frames latent"]:
    """Values of each frame: those of the token that a path assigns it to."""
    return jnp.einsum("bnt,bnl->btl", path, x, precision=lax.Precision.HIGHEST)


def spread(
    x: Float[Array, "batch tokens latent"], frames: Int[Array, "batch tokens"], total: int
) -> Float[Array, "batch total latent"]:
    """Values of each of `total` frames, each token's repeated for its `frames`; then zeros."""
    ends = jnp.cumsum(frames, axis=1)
    frame = jnp.arange(total)[None, :, None]
    token = jnp.sum(frame >= ends[:, None], axis=-1)
    found = jnp.take_along_axis(x, jnp.minimum(token, x.shape[1] - 1)[..., None], axis=1)
    return masked(found, token < x.shape[1])
