"""Distances between spectra of real and generated audio."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ganspeech.audio.mel import log_mel
from ganspeech.audio.spec import AudioSpec
from ganspeech.audio.stft import magnitude, stft

RESOLUTIONS = ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240))
"""n_fft, hop and window length of Parallel WaveGAN's three spectra, in samples."""


def mel_l1(
    real: Float[Array, "batch samples"], fake: Float[Array, "batch samples"], spec: AudioSpec
) -> Float[Array, ""]:
    """Mean absolute difference of log-mel spectrograms (HiFi-GAN, Kong et al. 2020)."""
    return jnp.mean(jnp.abs(log_mel(real, spec) - log_mel(fake, spec)))


def multi_resolution_stft(
    real: Float[Array, "batch samples"],
    fake: Float[Array, "batch samples"],
    resolutions: tuple[tuple[int, int, int], ...] = RESOLUTIONS,
) -> Float[Array, ""]:
    """Spectral convergence plus log-magnitude distance (Parallel WaveGAN, Yamamoto et al. 2020).

    Averaged over `resolutions` (n_fft, hop and window length in samples). The convergence is
    taken example by example, so that the number of devices does not change it.
    """
    distances = []
    for n_fft, hop_length, win_length in resolutions:
        spec = AudioSpec(n_fft=n_fft, hop_length=hop_length, win_length=win_length)
        # The floor keeps the logarithm, and the gradient of the norm below, finite in silence.
        a = jnp.maximum(magnitude(stft(real, spec)), 1e-5)
        b = jnp.maximum(magnitude(stft(fake, spec)), 1e-5)
        difference = jnp.sum(jnp.square(a - b), axis=(1, 2)) + 1e-12
        convergence = jnp.sqrt(difference / jnp.sum(jnp.square(a), axis=(1, 2)))
        distances.append(jnp.mean(convergence) + jnp.mean(jnp.abs(jnp.log(a) - jnp.log(b))))
    return jnp.mean(jnp.stack(distances))
