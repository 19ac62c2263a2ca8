"""Monotonic alignment of symbols and frames: the likeliest path that skips no symbol."""

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

_UNROLLED = 8
"""Frames per loop iteration; a single frame is too little work."""


def monotonic_alignment(
    log_likelihood: Float[Array, "batch symbols frames"],
    lengths: Int[Array, " batch"],
    frame_lengths: Int[Array, " batch"],
) -> Float[Array, "batch symbols frames"]:
    """Path of maximum log-likelihood: 1 where a frame is aligned to a symbol, else 0.

    It starts at the first symbol and ends at the last; each frame keeps the symbol of the frame
    before or moves to the next one. Kim et al. 2020, "Glow-TTS", monotonic alignment search; here
    both passes over the frames are compiled scans, over the whole batch at once.

    Padding beyond `lengths` symbols and `frame_lengths` frames has no effect, and the path is 0
    there. An example with fewer frames than symbols has no path: its last symbol then gets all
    frames. No gradient flows through the path.
    """
    scores = lax.stop_gradient(log_likelihood.astype(jnp.float32))
    by_frame = jnp.moveaxis(scores, 2, 0)
    frames, batch, symbols = by_frame.shape
    # Before the first frame all of the weight lies just before the first symbol.
    first = jnp.where(jnp.arange(frames) == 0, 0.0, -jnp.inf)

    def forward(
        best: Float[Array, "batch symbols"], inputs: tuple[Array, Array]
    ) -> tuple[Float[Array, "batch symbols"], Bool[Array, "batch symbols"]]:
        score, before = inputs
        moved = jnp.concatenate([jnp.full((batch, 1), before), best[:, :-1]], axis=1)
        return jnp.maximum(best, moved) + score, moved > best

    start = jnp.full((batch, symbols), -jnp.inf)
    _, moves = lax.scan(forward, start, (by_frame, first), unroll=_UNROLLED)

    def backward(
        symbol: Int[Array, " batch"], inputs: tuple[Array, Array]
    ) -> tuple[Int[Array, " batch"], Int[Array, " batch"]]:
        moved_here, frame = inputs
        moved = jnp.take_along_axis(moved_here, symbol[:, None], axis=1)[:, 0]
        moved &= (frame < frame_lengths) & (symbol > 0)
        return symbol - moved, symbol

    last = jnp.maximum(lengths - 1, 0).astype(jnp.int32)
    _, path = lax.scan(backward, last, (moves, jnp.arange(frames)), reverse=True, unroll=_UNROLLED)
    path = jnp.where(jnp.arange(frames)[:, None] < frame_lengths[None], path, -1)
    return jax.nn.one_hot(path.T, symbols, axis=1, dtype=jnp.float32)
