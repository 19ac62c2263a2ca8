"""Augmentations of spectrograms and pictures against overfitting of the discriminator.

Karras et al. 2020 and Zhao et al. 2020, "Differentiable augmentation for data-efficient GAN
training". As in `waveform_augmentation`, each function changes one example `[time, bins, channels]`
with its own key, keeps its shape and is differentiable twice. Values lie in [-1, 1] and stand for
decibels or brightness, so factors of a waveform are offsets here. There is no polarity.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Key

from ganspeech.audio.waveform_augmentation import hats, stretch

Change = Callable[
    [Float[Array, "time bins channels"], Key[Array, ""]], Float[Array, "time bins channels"]
]

LONGEST_SHIFT = 1 / 8
"""Largest shift in time, as a share of the length, to either side."""
WIDEST_SHIFT = 1 / 32
"""Largest shift in frequency, as a share of the bins, to either side."""
GAIN_DEVIATION = 0.2
"""Standard deviation of the offset, the same everywhere."""
BAND_DEVIATION = 0.2
"""Standard deviation of the offset at each knot along the bins."""
KNOTS = 6
NOISE_DEVIATION = 0.1
"""Scale of the noise's standard deviation, which is half-normal."""
LONGEST_MASK = 1 / 4
"""Longest mask, as a share of the time or of the bins."""


def shift(
    x: Float[Array, "time bins channels"], key: Key[Array, ""]
) -> Float[Array, "time bins channels"]:
    """Moves by up to an eighth in time, circularly, and by a few bins in frequency.

    Time wraps around, as for waveforms. The lowest or the highest bin is repeated where
    frequency moves away from it: bass is not treble.
    """
    time_key, bin_key = jax.random.split(key)
    length, bins, _ = x.shape
    most = int(length * LONGEST_SHIFT)
    x = jnp.roll(x, jax.random.randint(time_key, (), -most, most + 1), axis=0)
    most = int(bins * WIDEST_SHIFT)
    padded = jnp.pad(x, ((0, 0), (most, most), (0, 0)), mode="edge")
    start = jax.random.randint(bin_key, (), 0, 2 * most + 1)
    return lax.dynamic_slice_in_dim(padded, start, bins, axis=1)


def gain(
    x: Float[Array, "time bins channels"], key: Key[Array, ""]
) -> Float[Array, "time bins channels"]:
    """Adds one normally distributed number everywhere: louder, or brighter."""
    return x + GAIN_DEVIATION * jax.random.normal(key)


def filter(
    x: Float[Array, "time bins channels"], key: Key[Array, ""]
) -> Float[Array, "time bins channels"]:
    """Raises some bins and lowers others smoothly, alike at all times, by 0 on average."""
    bins = x.shape[1]
    offsets = BAND_DEVIATION * jax.random.normal(key, (KNOTS,))
    curve = (offsets - offsets.mean()) @ hats(np.arange(bins), np.linspace(0, bins - 1, KNOTS))
    return x + curve[None, :, None]


def noise(
    x: Float[Array, "time bins channels"], key: Key[Array, ""]
) -> Float[Array, "time bins channels"]:
    """Adds white noise of a random level."""
    level_key, noise_key = jax.random.split(key)
    level = NOISE_DEVIATION * jnp.abs(jax.random.normal(level_key))
    return x + level * jax.random.normal(noise_key, x.shape)


def mask(
    x: Float[Array, "time bins channels"], key: Key[Array, ""]
) -> Float[Array, "time bins channels"]:
    """Replaces up to a quarter of the time, or of the bins, by 0, the middle of the range."""
    axis_key, time_key, bin_key = jax.random.split(key, 3)
    length, bins, _ = x.shape
    in_time = stretch(length, LONGEST_MASK, time_key)[:, None, None]
    in_bins = stretch(bins, LONGEST_MASK, bin_key)[None, :, None]
    return jnp.where(jnp.where(jax.random.bernoulli(axis_key), in_time, in_bins), 0.0, x)


CHANGES: dict[str, Change] = {
    "shift": shift,
    "gain": gain,
    "filter": filter,
    "noise": noise,
    "mask": mask,
}
