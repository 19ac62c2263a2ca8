"""Vocal tract length perturbation: the same words by a longer or shorter throat.

Jaitly and Hinton 2013, "Vocal tract length perturbation (VTLP) improves speech recognition":
formants lie at frequencies about inversely proportional to the length of the vocal tract, so that
scaling the frequencies of the features makes another speaker.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from ganspeech.audio.mel import mel_centers
from ganspeech.audio.spec import AudioSpec


def with_other_throats(
    log_mel: Float[Array, "batch frames mels"],
    keys: Key[Array, " batch"],
    most: float,
    spec: AudioSpec,
) -> Float[Array, "batch frames mels"]:
    """Log-mels of each example with frequencies scaled by a factor of its own.

    Factors are drawn evenly in their logarithm, from `1 / (1 + most)` to `1 + most`. What moves
    beyond the highest or lowest band is lost, and the last known one repeated instead.
    """
    widest = math.log1p(most)

    def warped(x: Float[Array, "frames mels"], key: Key[Array, ""]) -> Float[Array, "frames mels"]:
        factor = jnp.exp(jax.random.uniform(key, minval=-widest, maxval=widest))
        return jnp.dot(x, _interpolation(factor, mel_centers(spec)), precision="highest")

    return jax.vmap(warped)(log_mel, keys)


def _interpolation(
    factor: Float[Array, ""], centers: Float[np.ndarray, " mels"]
) -> Float[Array, "mels mels"]:
    """Weights of linear interpolation: column m looks where its frequency was before."""
    bands = jnp.arange(len(centers), dtype=jnp.float32)
    places = jnp.interp(jnp.asarray(centers, jnp.float32) / factor, jnp.asarray(centers), bands)
    return jnp.maximum(0.0, 1.0 - jnp.abs(places[None] - bands[:, None]))
