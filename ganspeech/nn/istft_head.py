"""Inverse STFT head: features to audio (Vocos, Siuzdak 2023)."""

import math

import jax.numpy as jnp
from flax import linen as nn
from jax import lax
from jaxtyping import Array, Float

from ganspeech.audio.spec import AudioSpec
from ganspeech.audio.stft import istft
from ganspeech.nn.dense import Dense

LOG_MAGNITUDE_LIMIT = math.log(1e2)
"""Vocos clips magnitudes at 100, which keeps the first steps of training finite."""


class ISTFTHead(nn.Module):
    """Predicts log-magnitude and phase of each bin and inverts the spectrum."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch frames width"], spec: AudioSpec
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples, in float32."""
        y = Dense(2 * spec.bins, stddev=0.02, name="spectrum")(x)
        log_magnitude, phase = jnp.split(y, 2, axis=-1)
        return audio_from_polar(log_magnitude, phase, spec)


def audio_from_polar(
    log_magnitude: Float[Array, "batch frames bins"],
    phase: Float[Array, "batch frames bins"],
    spec: AudioSpec,
) -> Float[Array, "batch samples"]:
    """Audio of `frames * spec.hop_length` samples from log-magnitudes (base e) and phases.

    Magnitudes are clipped at 100; phases are in radians and need no wrapping. In float32.
    """
    # Clipping before the exponential, not after, so that no gradient is infinity times zero.
    magnitude = jnp.exp(jnp.minimum(log_magnitude.astype(jnp.float32), LOG_MAGNITUDE_LIMIT))
    phase = phase.astype(jnp.float32)
    spectrum = lax.complex(magnitude * jnp.cos(phase), magnitude * jnp.sin(phase))
    return istft(spectrum, spec, length=log_magnitude.shape[-2] * spec.hop_length)
