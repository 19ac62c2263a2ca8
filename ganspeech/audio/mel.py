"""Mel filterbanks and (log-)mel spectrograms."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ganspeech.audio.spec import AudioSpec
from ganspeech.audio.stft import TRANSFORM, magnitude, stft


@jax.named_scope(TRANSFORM)
def mel_spectrogram(
    audio: Float[Array, "*batch samples"], spec: AudioSpec
) -> Float[Array, "*batch frames mels"]:
    """Mel bands of `|STFT| ** spec.power`: `librosa.feature.melspectrogram`, frames first."""
    filters = mel_filterbank(spec)
    used = int(np.flatnonzero(filters.any(axis=1))[-1]) + 1
    spectrum = magnitude(stft(audio, spec)[..., :used], spec.power)
    return jnp.matmul(spectrum, filters[:used], precision=jax.lax.Precision.HIGHEST)


def log_mel(
    audio: Float[Array, "*batch samples"], spec: AudioSpec
) -> Float[Array, "*batch frames mels"]:
    """Logarithm, in `spec.log_base`, of mel bands clipped from below at `spec.log_floor`.

    The gradient is zero where a band is below the floor, and finite everywhere.
    """
    return compress(mel_spectrogram(audio, spec), spec)


@jax.named_scope(TRANSFORM)
def compress(
    mel: Float[Array, "*batch frames mels"], spec: AudioSpec
) -> Float[Array, "*batch frames mels"]:
    """Clipped logarithm of mel values, as in `log_mel`."""
    log = jnp.log if spec.log_base == "e" else jnp.log10
    return log(jnp.maximum(mel, spec.log_floor))


def expand(
    log_mel: Float[Array, "*batch frames mels"], spec: AudioSpec
) -> Float[Array, "*batch frames mels"]:
    """Mel values from their logarithm: the inverse of `compress` above the floor."""
    return jnp.exp(log_mel if spec.log_base == "e" else log_mel * np.log(10.0))


def amplified(
    log_mel: Float[Array, "*batch frames mels"], gain: Float[Array, "..."], spec: AudioSpec
) -> Float[Array, "*batch frames mels"]:
    """Log-mel of audio that is `gain` times as loud, above the floor."""
    log = jnp.log if spec.log_base == "e" else jnp.log10
    return jnp.maximum(log_mel + spec.power * log(gain), spec.silence)


@functools.lru_cache(maxsize=64)
def mel_filterbank(spec: AudioSpec) -> np.ndarray:
    """Triangular filters, float32 `[bins, mels]`, read-only: `librosa.filters.mel` transposed.

    "slaney" follows the Auditory Toolbox (Slaney 1998): linear below 1 kHz, logarithmic above;
    "htk" follows Young et al. 2002. The Slaney norm gives each filter unit area over Hz.
    """
    edges = _edges(spec)
    bins = np.arange(spec.bins)[:, None] * (spec.sample_rate / spec.n_fft)
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0.0, np.minimum(rising, falling))
    if spec.mel_norm == "slaney":
        weights *= 2.0 / (edges[2:] - edges[:-2])
    weights = weights.astype(np.float32)
    weights.setflags(write=False)
    return weights


def mel_centers(spec: AudioSpec) -> np.ndarray:
    """Frequencies of the filters' peaks in Hz, float32 `[mels]`."""
    return _edges(spec)[1:-1].astype(np.float32)


def _edges(spec: AudioSpec) -> np.ndarray:
    """Frequencies in Hz where filters begin, peak and end, `[mels + 2]`."""
    to_mel, to_hz = _SCALES[spec.mel_scale]
    return to_hz(np.linspace(to_mel(spec.fmin), to_mel(spec.fmax), spec.n_mels + 2))


def _hz_to_mel_htk(hz):
    return 2595.0 * np.log10(1.0 + np.asarray(hz) / 700.0)


def _mel_to_hz_htk(mel):
    return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)


# Slaney's scale: 15 mels are 1 kHz, and 27 more mels are a factor of 6.4.
_LOG_STEP = np.log(6.4) / 27.0


def _hz_to_mel_slaney(hz):
    hz = np.asarray(hz, np.float64)
    return np.where(
        hz < 1000.0, hz * 3.0 / 200.0, 15.0 + np.log(np.maximum(hz, 1000.0) / 1000.0) / _LOG_STEP
    )


def _mel_to_hz_slaney(mel):
    above = 1000.0 * np.exp(_LOG_STEP * (np.maximum(mel, 15.0) - 15.0))
    return np.where(mel < 15.0, mel * 200.0 / 3.0, above)


_SCALES = {
    "slaney": (_hz_to_mel_slaney, _mel_to_hz_slaney),
    "htk": (_hz_to_mel_htk, _mel_to_hz_htk),
}
