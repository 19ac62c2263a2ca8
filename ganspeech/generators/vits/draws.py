"""What is drawn in training a VITS: noise, and which segments are decoded (Kim et al. 2021)."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

from ganspeech.nn.axis import example_keys


def draw(
    key: Key[Array, ""] | None,
    shape: tuple[int, int, int],
    tokens: int,
    frame_lengths: Int[Array, " batch"],
    segment: int,
) -> tuple[
    Float[Array, "batch frames latent"], Float[Array, "batch tokens 2"], Int[Array, " batch"]
]:
    """Noise of the posterior and of durations, and first frames of segments, per example.

    `shape` is `(batch, frames, latent)`. Segments of `segment` frames lie within `frame_lengths`.
    Without a key, noise is zero and segments start with the recording.
    """
    batch, *of_one = shape
    shapes = tuple(of_one), (tokens, 2)
    if key is None:
        noise, duration_noise = (jnp.zeros((batch, *shape)) for shape in shapes)
        return noise, duration_noise, jnp.zeros(batch, jnp.int32)

    def draw_one(key: Key[Array, ""], length: Int[Array, ""]) -> tuple[Array, Array, Array]:
        keys = jax.random.split(key, 3)
        noise, duration_noise = (jax.random.normal(k, s) for k, s in zip(keys, shapes))
        end = jnp.maximum(length - segment, 0) + 1
        return noise, duration_noise, jax.random.randint(keys[2], (), 0, end)

    return jax.vmap(draw_one)(example_keys(key, batch), frame_lengths)
