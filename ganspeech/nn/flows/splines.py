"""Monotonic splines with a closed inverse, for normalizing flows (Durkan et al. 2019)."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

LEAST = 1e-3
"""Smallest share of a piece in width and height, and smallest slope between pieces."""


def rational_quadratic(
    x: Float[Array, "*shape"],
    widths: Float[Array, "*shape pieces"],
    heights: Float[Array, "*shape pieces"],
    slopes: Float[Array, "*shape inner_knots"],
    *,
    bound: float,
    inverse: bool = False,
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """`x` mapped by an increasing spline, and the log of its slope there; float32.

    Each value has its own spline, rational-quadratic from `(-bound, -bound)` to
    `(bound, bound)` and the identity outside. `widths` and `heights` become the
    pieces' shares by a softmax, `slopes` (of the `pieces - 1` inner knots) slopes by a
    softplus; at both ends the slope is 1. `inverse` gives the inverse and its slope.
    """
    x_knots, y_knots = _knots(widths, bound), _knots(heights, bound)
    inner = LEAST + jax.nn.softplus(slopes.astype(jnp.float32))
    one = jnp.ones_like(inner[..., :1])
    knot_slopes = jnp.concatenate([one, inner, one], axis=-1)
    x = x.astype(jnp.float32)
    # Clipped first, so that no gradient outside is NaN.
    within = jnp.clip(x, -bound, bound)
    edges = (y_knots if inverse else x_knots)[..., 1:-1]
    piece = jnp.sum(within[..., None] >= edges, axis=-1)
    chosen = jax.nn.one_hot(piece, widths.shape[-1])

    def pick(values: Float[Array, "*shape pieces"]) -> Float[Array, "*shape"]:
        return jnp.sum(chosen * values, axis=-1)

    left, width = pick(x_knots[..., :-1]), pick(jnp.diff(x_knots))
    bottom, height = pick(y_knots[..., :-1]), pick(jnp.diff(y_knots))
    before, after = pick(knot_slopes[..., :-1]), pick(knot_slopes[..., 1:])
    mean = height / width
    bend = before + after - 2 * mean
    if inverse:
        rise = within - bottom
        a = height * (mean - before) + rise * bend
        b = height * before - rise * bend
        c = -mean * rise
        share = 2 * c / (-b - jnp.sqrt(jnp.maximum(b**2 - 4 * a * c, 0)))
    else:
        share = (within - left) / width
    both = share * (1 - share)
    below = mean + bend * both
    if inverse:
        y = left + share * width
    else:
        y = bottom + height * (mean * share**2 + before * both) / below
    above = after * share**2 + 2 * mean * both + before * (1 - share) ** 2
    log_slope = 2 * jnp.log(mean) + jnp.log(above) - 2 * jnp.log(below)
    inside = jnp.abs(x) <= bound
    return jnp.where(inside, y, x), jnp.where(inside, -log_slope if inverse else log_slope, 0.0)


def _knots(shares: Float[Array, "*shape pieces"], bound: float) -> Float[Array, "*shape knots"]:
    """Edges of the pieces, from `-bound` to `bound`."""
    pieces = shares.shape[-1]
    shares = LEAST + (1 - LEAST * pieces) * jax.nn.softmax(shares.astype(jnp.float32))
    inner = bound * (2 * jnp.cumsum(shares, axis=-1)[..., :-1] - 1)
    end = jnp.full_like(inner[..., :1], bound)
    return jnp.concatenate([-end, inner, end], axis=-1)
