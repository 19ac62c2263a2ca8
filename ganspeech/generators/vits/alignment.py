"""Alignment of tokens and frames: likelihoods, and token values expanded to frames."""

import functools
import math

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int

from ganspeech.generators.vits.parts import Encoded
from ganspeech.nn.flows.monotonic_alignment import monotonic_alignment
from ganspeech.nn.masked import masked, valid_places


def align(
    encoded: Encoded,
    prior_latent: Float[Array, "batch frames latent"],
    lengths: Int[Array, " batch"],
    frame_lengths: Int[Array, " batch"],
    ends: Float[Array, "batch tokens"] | None,
) -> Float[Array, "batch tokens frames"]:
    """Alignment of frames to tokens: one 1 in each valid frame; passes no gradient.

    It is the likeliest one (Kim et al. 2020), or that of `ends` in frames, where these are known.
    """
    if ends is not None:
        return path_of(ends, lengths, frame_lengths, prior_latent.shape[1])
    scores = log_likelihoods(prior_latent, encoded.mean, encoded.log_std)
    return monotonic_alignment(lax.stop_gradient(scores), lengths, frame_lengths)


def path_of(
    ends: Float[Array, "batch tokens"],
    lengths: Int[Array, " batch"],
    frame_lengths: Int[Array, " batch"],
    frames: int,
) -> Float[Array, "batch tokens frames"]:
    """Alignment of `frames` frames to tokens whose `ends` are known, in frames: as `align`."""
    last = whole_ends(ends, lengths, frame_lengths)[..., None]
    first = jnp.pad(last, ((0, 0), (1, 0), (0, 0)))[:, :-1]
    frame = jnp.arange(frames)[None, None]
    valid = valid_places(lengths, ends.shape[1])[..., None]
    return (valid & (first <= frame) & (frame < last)).astype(jnp.float32)


def whole_ends(
    ends: Float[Array, "batch tokens"],
    lengths: Int[Array, " batch"],
    frame_lengths: Int[Array, " batch"],
) -> Int[Array, "batch tokens"]:
    """Ends of tokens in whole frames, the nearest ones that leave each valid token a frame.

    `ends` are ascending, in frames; the last valid token ends with the recording, which must have
    as many frames as tokens at least.
    """
    place = jnp.arange(ends.shape[1])[None]
    count, frames = lengths[:, None], frame_lengths[:, None]
    # At least one frame after the end before: ascending once the place is subtracted.
    risen = place + 1 + lax.cummax(jnp.round(ends).astype(jnp.int32) - place - 1, axis=1)
    within = jnp.clip(risen, place + 1, frames - (count - 1 - place))
    return jnp.where(place < count - 1, within, frames)


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
