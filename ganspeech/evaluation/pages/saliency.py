"""Saliency of a discriminator: slopes of its logit, and the maps of its layers."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jaxtyping import Array, Float, UInt8

from ganspeech.game.contract import Tree

Pictures = Float[np.ndarray, "n height width"]
SHARPEST = 0.99
"""Quantile of a picture's heat that is shown as the hottest."""


def panel(
    discriminators: Sequence[linen.Module],
    variables: Sequence[Tree],
    x: Float[Array, "n ..."],
    condition: Float[Array, "n classes"] | None,
) -> list[list[Array]]:
    """Maps and, last, logits of every sub-discriminator, as they are in use: nothing is drawn."""
    return [
        maps
        for discriminator, own in zip(discriminators, variables, strict=True)
        for maps in discriminator.apply(own, x, condition)
    ]


def mean_logits(judges: Sequence[Sequence[Array]]) -> Float[Array, " n"]:
    """One logit an example: the mean over sub-discriminators of their logits' means."""
    means = [maps[-1].reshape(len(maps[-1]), -1).mean(1) for maps in judges]
    return sum(means[1:], means[0]) / len(means)


def saliency(
    judge: Callable[[Array], Array],
    x: Float[np.ndarray, "n ..."],
    *,
    noise: float,
    copies: int = 16,
    seed: int = 0,
) -> Float[np.ndarray, "n ..."]:
    """The slope of each example's logit at each of its values.

    Simonyan et al. 2014; its mean over copies with normal noise on them, `noise` times as large as
    the range of an example's values, shows less of the function's fine grain (Smilkov et al. 2017).
    `judge` gives a logit for each example. The sign is kept: its size is what is usually shown.
    """
    slope = jax.jit(jax.grad(lambda x: judge(x).sum()))
    axes = tuple(range(1, x.ndim))
    spread = noise * (x.max(axes, keepdims=True) - x.min(axes, keepdims=True))
    draw = np.random.default_rng(seed).standard_normal
    total = np.zeros(x.shape, np.float32)
    for _ in range(copies):
        total += np.asarray(slope(jnp.asarray(x + spread * draw(x.shape, np.float32))))
    return total / copies


def heated(pictures: Pictures, heat: Pictures) -> UInt8[np.ndarray, "n height width 3"]:
    """Gray pictures in [0, 1] under a glow where heat, which is not negative, is great."""
    from matplotlib import colormaps

    top = np.quantile(heat, SHARPEST, axis=(1, 2), keepdims=True)
    share = np.clip(heat / np.maximum(top, 1e-12), 0, 1)[..., None]
    glow = colormaps["inferno"](0.25 + 0.7 * share[..., 0])[..., :3]
    gray = np.repeat(0.75 * pictures[..., None], 3, axis=-1)
    return np.round(255 * ((1 - share) * gray + share * glow)).astype(np.uint8)


def liveliest(
    maps: Float[np.ndarray, "n ... channels"], count: int
) -> Float[np.ndarray, "n ... chosen"]:
    """The channels that vary most over examples and places, as pictures in [0, 1].

    The mean of a channel becomes 0.5, and two deviations reach to 0 and 1. All examples share these
    two numbers, so that their maps can be compared.
    """
    axes = tuple(range(maps.ndim - 1))
    chosen = np.argsort(-maps.std(axes), kind="stable")[:count]
    kept = maps[..., chosen].astype(np.float32)
    mean, deviation = kept.mean(axes, keepdims=True), kept.std(axes, keepdims=True)
    return np.clip(0.5 + (kept - mean) / np.maximum(4 * deviation, 1e-12), 0, 1)


def grid(pictures: Pictures, columns: int) -> Float[np.ndarray, "height width"]:
    """Pictures side by side in rows, with a dark line between; what is left of a row is dark."""
    count, height, width = pictures.shape
    rows = -(-count // columns)
    filled = np.pad(pictures, ((0, rows * columns - count), (0, 1), (0, 1)))
    table = filled.reshape(rows, columns, height + 1, width + 1).swapaxes(1, 2)
    return table.reshape(rows * (height + 1), columns * (width + 1))[:-1, :-1]
