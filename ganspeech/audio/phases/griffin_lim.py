"""Phases for magnitudes (fast Griffin-Lim), and magnitudes for mel bands."""

import functools
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float, PRNGKeyArray

from ganspeech.audio.mel import expand, mel_filterbank
from ganspeech.audio.spec import AudioSpec
from ganspeech.audio.stft import istft, stft


def griffin_lim(
    magnitude: Float[Array, "*batch frames bins"],
    spec: AudioSpec,
    iterations: int = 32,
    *,
    momentum: float = 0.99,
    key: PRNGKeyArray | None = None,
    length: int | None = None,
) -> Float[Array, "*batch samples"]:
    """Audio whose STFT magnitude is near `magnitude`, by fast Griffin-Lim.

    Arguments as for `prime_phase`; `length` in samples as for `istft`.
    """
    spectrum = prime_phase(magnitude, spec, iterations, momentum=momentum, key=key)
    return istft(spectrum, spec, length)


def prime_phase(
    magnitude: Float[Array, "*batch frames bins"],
    spec: AudioSpec,
    iterations: int = 16,
    *,
    momentum: float = 0.99,
    key: PRNGKeyArray | None = None,
) -> Complex[Array, "*batch frames bins"]:
    """Magnitudes with phases that make them nearly the STFT of some audio.

    Fast Griffin-Lim (Perraudin et al. 2013); with momentum 0, that of Griffin and Lim (1984).
    Without a key the initial phases advance at the bins' center frequencies, which is deterministic
    and needs fewer iterations; with one they are uniformly random.
    """
    magnitude = jnp.asarray(magnitude, jnp.float32)
    if key is None:
        first = jnp.broadcast_to(_advancing(magnitude.shape[-2], spec), magnitude.shape)
    else:
        angle = jax.random.uniform(key, magnitude.shape, maxval=2 * jnp.pi)
        first = jax.lax.complex(jnp.cos(angle), jnp.sin(angle))

    def rebuild(phases):
        return stft(istft(magnitude * phases, spec), spec)

    return magnitude * improved(first, rebuild, iterations, momentum)


def improved(
    first: Complex[Array, "..."],
    rebuild: Callable[[Complex[Array, "..."]], Complex[Array, "..."]],
    iterations: int,
    momentum: float,
) -> Complex[Array, "..."]:
    """Phases after iterations of fast Griffin-Lim.

    `rebuild` gives the spectrum of audio that is made with phases.
    """

    def improve(_, carry):
        phases, previous = carry
        rebuilt = rebuild(phases)
        return _unit(rebuilt - momentum / (1 + momentum) * previous), rebuilt

    start = (first, jnp.zeros_like(first))
    phases, _ = jax.lax.fori_loop(0, iterations, improve, start)
    return phases


def magnitude_from_log_mel(
    log_mel: Float[Array, "*batch frames mels"], spec: AudioSpec
) -> Float[Array, "*batch frames bins"]:
    """Smallest STFT magnitudes with these mel bands, negative ones set to zero.

    A pseudo-inverse of the filterbank: cheap and differentiable, where
    `librosa.feature.inverse.mel_to_stft` solves for non-negative magnitudes.
    """
    mel = expand(jnp.asarray(log_mel, jnp.float32), spec)
    raised = jnp.matmul(mel, _inverse_filterbank(spec), precision=jax.lax.Precision.HIGHEST)
    if spec.power == 1:
        return jnp.maximum(raised, 0.0)
    positive = raised > 0
    return jnp.where(positive, jnp.where(positive, raised, 1.0) ** (1 / spec.power), 0.0)


@functools.lru_cache(maxsize=64)
def _inverse_filterbank(spec: AudioSpec) -> np.ndarray:
    return np.linalg.pinv(mel_filterbank(spec).astype(np.float64)).astype(np.float32)


def _advancing(frames: int, spec: AudioSpec) -> Complex[Array, "frames bins"]:
    # Turns stay integers below n_fft, or float32 would lose the phase of late frames.
    starts = jnp.arange(frames) * spec.hop_length % spec.n_fft
    turns = starts[:, None] * jnp.arange(spec.bins)[None] % spec.n_fft
    angle = 2 * jnp.pi / spec.n_fft * turns
    return jax.lax.complex(jnp.cos(angle), jnp.sin(angle))


def turn_of_a_hop(spec: AudioSpec) -> Complex[np.ndarray, " bins"]:
    """Factors by which the phases of the bins' center frequencies turn from frame to frame."""
    turns = np.arange(spec.bins) * spec.hop_length % spec.n_fft / spec.n_fft
    return np.exp(2j * np.pi * turns).astype(np.complex64)


def _unit(spectrum: Complex[Array, "..."]) -> Complex[Array, "..."]:
    """Phases alone, of size 1; zero where the spectrum is zero."""
    squared = jnp.square(spectrum.real) + jnp.square(spectrum.imag)
    return spectrum * jax.lax.rsqrt(squared + 1e-20).astype(spectrum.dtype)
