"""Noise for networks without a random key: hashed from the features themselves."""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, UInt32

_GOLDEN = 0x9E3779B9
"""2^32 over the golden ratio: its multiples are far apart, so neighbors hash apart."""


def hashed_normal(
    features: Float[Array, "*batch features"], count: int
) -> Float[Array, "*batch count"]:
    """Standard normal noise, float32, that is a pure function of each vector of features.

    The bits of a vector's float32 values are mixed into one word, and that word seeds `count`
    draws. So the noise of a frame is the same at every position, in every batch and in every
    chunk, on every platform up to the rounding of one function; frames that differ in a single
    bit have unrelated noise, and equal frames (digital silence) have equal noise. It has no
    gradient.
    """
    values = lax.stop_gradient(features).astype(jnp.float32)
    words = lax.bitcast_convert_type(values, jnp.uint32)
    word = jnp.sum(_mix(words + _index(words.shape)), axis=-1, keepdims=True, dtype=jnp.uint32)
    shape = (*word.shape[:-1], count)
    draws = _mix(jnp.broadcast_to(_mix(word), shape) + _index(shape))
    # 23 bits and a half are exact in float32, symmetric about zero, and never reach -1 or 1.
    uniform = ((draws >> 9).astype(jnp.float32) + 0.5) * 2.0**-22 - 1.0
    return jnp.sqrt(2.0) * lax.erf_inv(uniform)


def _index(shape: tuple[int, ...]) -> UInt32[Array, "..."]:
    """Constant per position of the last axis, so that equal words hash apart by position."""
    return lax.broadcasted_iota(jnp.uint32, shape, len(shape) - 1) * jnp.uint32(_GOLDEN)


def _mix(word: UInt32[Array, "..."]) -> UInt32[Array, "..."]:
    """MurmurHash3's finalizer (Appleby 2011): every bit out depends on every bit in."""
    word = (word ^ (word >> 16)) * jnp.uint32(0x85EBCA6B)
    word = (word ^ (word >> 13)) * jnp.uint32(0xC2B2AE35)
    return word ^ (word >> 16)
