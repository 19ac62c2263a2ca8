"""Changes to real and generated audio, which keep a discriminator from learning examples by heart.

Karras et al. 2020, "Training generative adversarial networks with limited data", carried from
images to sound. Each function changes one example by its own key, keeps its shape, and is
differentiable twice with respect to the audio: generators learn through it, and gradient penalties
see it.

What a discriminator sees changed, a generator may learn to make (a leak), unless the change, as a
map from the distribution of recordings to that of changed recordings, can be undone. All changes
here can, as long as each leaves enough examples alone: the paper proves it for any probability
below 1 and finds it to hold in practice below 0.8.
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
"""Decibels."""
BAND_DEVIATION = 6.0
"""Decibels, for each knot of the random filter."""
KNOTS = 8
"""Frequencies at which a filter's gain is drawn: Nyquist's and its halves, an octave apart."""
NOISE_BELOW = (10.0, 40.0)
"""Decibels by which noise lies below the example, the least and the most."""
LONGEST_MASK = 1 / 4
"""Share of the length."""


def shift(x: Float[Array, " samples"], key: Key[Array, ""]) -> Float[Array, " samples"]:
    """Moves by up to an eighth of the length; what leaves at one end comes in at the other.

    Circular because that can be undone, where filling with zeros loses what leaves; words and
    digits are quiet at both ends, so that the seam is seldom heard.
    """
    most = int(len(x) * LONGEST_SHIFT)
    # On a CPU nine times faster than turning phases, and so is the gradient.
    return jnp.roll(x, jax.random.randint(key, (), -most, most + 1))


def gain(x: Float[Array, " samples"], key: Key[Array, ""]) -> Float[Array, " samples"]:
    """Makes louder or quieter, by normally distributed decibels."""
    return x * _from_decibels(GAIN_DEVIATION * jax.random.normal(key))


def polarity(x: Float[Array, " samples"], key: Key[Array, ""]) -> Float[Array, " samples"]:
    """Turns the wave upside down, or not, with equal chances.

    Always turning could not be undone at probability 1/2: half of all examples, whatever they were.
    """
    return x * jax.random.rademacher(key, (), jnp.float32)


def filter(x: Float[Array, " samples"], key: Key[Array, ""]) -> Float[Array, " samples"]:
    """Raises some octaves and lowers others, without delay; decibels run straight between knots.

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
    """A random stretch of an axis, true inside: `[length]`, up to a share `longest` of it."""
    length_key, start_key = jax.random.split(key)
    size = jax.random.randint(length_key, (), 0, int(length * longest) + 1)
    start = jax.random.randint(start_key, (), 0, length - size + 1)
    places = jnp.arange(length)
    return (places >= start) & (places < start + size)


def hats(places: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Weights `[knots, places]` of straight lines between rising knots, flat beyond them."""
    return np.stack([np.interp(places, knots, row) for row in np.eye(len(knots))]).astype(
        np.float32
    )


def _octave_hats(bins: int) -> np.ndarray:
    octaves = np.log2(np.arange(bins).clip(0.5) / max(bins - 1, 1))
    return hats(octaves, np.arange(1.0 - KNOTS, 1.0))


def _from_decibels(decibels: Array) -> Array:
    return 10 ** (decibels / 20)
