"""Walks through the noise that a generator makes its examples of."""

import functools
from collections.abc import Callable
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ganspeech.tasks.representations import in_pieces

Noise = Float[np.ndarray, " latent"]
Walk = Float[np.ndarray, "steps latent"]

DEVIATION = {"normal": 1.0, "uniform": 3**-0.5}
"""Deviation of one number of either prior."""


def between(prior: Literal["normal", "uniform"], start: Noise, end: Noise, steps: int) -> Walk:
    """From one noise vector to another, both ends among the steps.

    Normal noise lies near a sphere, whose inside a straight way would cross, where the generator
    has seen nothing: its way is the spherical one (White 2016). Even noise fills its cube.
    """
    return spherical(start, end, steps) if prior == "normal" else straight(start, end, steps)


def straight(start: Noise, end: Noise, steps: int) -> Walk:
    """Even steps on a straight line."""
    share = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
    return (1 - share) * start[None] + share * end[None]


def spherical(start: Noise, end: Noise, steps: int) -> Walk:
    """Even turns from one direction to the other, while the norm goes evenly too.

    (Shoemake 1985, for vectors of one norm.) Directions that are the same or opposite leave no way
    or any, and are joined by the straight one.
    """
    norms = np.linalg.norm(start), np.linalg.norm(end)
    if not all(norms):
        return straight(start, end, steps)
    first, last = start / norms[0], end / norms[1]
    angle = np.arccos(np.clip(first @ last, -1, 1))
    if np.sin(angle) < 1e-4:
        return straight(start, end, steps)
    share = np.linspace(0, 1, steps)[:, None]
    turned = np.sin((1 - share) * angle) * first[None] + np.sin(share * angle) * last[None]
    norm = (1 - share) * norms[0] + share * norms[1]
    return (norm * turned / np.sin(angle)).astype(np.float32)


def sensitive_directions(
    generate: Callable[[Array], Array], point: Noise, count: int
) -> tuple[Float[np.ndarray, "count latent"], Float[np.ndarray, " count"]]:
    """Directions of unit length in which the output changes most at a point, most of all first.

    They are the leading right-singular vectors of the Jacobian of `generate` (one noise vector to
    one example) there (Ramesh et al. 2018); beside them their singular values: how far the output
    goes, in Euclidean distance, for a step of 1. A direction's sign means nothing; its largest
    number is positive.
    """

    @jax.jit
    @functools.partial(jax.vmap, in_axes=(None, 0))
    def slope(at: Array, step: Array) -> Array:
        # The convolutions know their reverse mode only; what it does to a slope is linear, and the
        # reverse of that goes forward.
        example, back = jax.vjp(generate, at)
        return jax.vjp(back, jnp.zeros_like(example))[1]((step,))[0]

    every = np.eye(len(point), dtype=np.float32)
    slopes = in_pieces(functools.partial(slope, jnp.asarray(point)), every).reshape(len(point), -1)
    directions, gains, _ = np.linalg.svd(slopes, full_matrices=False)
    chosen = directions.T[:count]
    largest = np.take_along_axis(chosen, np.abs(chosen).argmax(1)[:, None], 1)
    return chosen * np.sign(largest), gains[:count]


def along(
    prior: Literal["normal", "uniform"],
    point: Noise,
    direction: Noise,
    places: Float[np.ndarray, " steps"],
) -> Walk:
    """From a point in a direction of unit length, by so many of the prior's deviations."""
    steps = DEVIATION[prior] * np.asarray(places, np.float32)
    return point[None] + steps[:, None] * direction[None]
