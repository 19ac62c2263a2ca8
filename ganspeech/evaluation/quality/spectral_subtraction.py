"""Spectral subtraction: what removes noise without having learned anything, as a baseline."""

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np

from ganspeech.audio import AudioSpec, istft, stft
from ganspeech.audio.stft import magnitude
from ganspeech.evaluation.quality.metrics import Audio

QUIETEST = 0.1
"""Share of a recording's frames, the least loud, whose mean power spectrum is its noise."""
FLOOR = 0.02
"""Least share of the noise's power that stays, so that what is left over does not tinkle."""
SPARED = 1e-12
"""Power below which a frame counts as silent."""


def subtract_all(noisy: Mapping[str, Audio], spec: AudioSpec) -> dict[str, Audio]:
    """Recordings less an estimate of their noise, by sentence (Berouti et al. 1979).

    More is subtracted of frames in which less speech stands out: from the noise's power at 20 dB to
    4.75 times as much at -5 dB. Phases stay those of the noisy recording.
    """
    return {sentence: _subtracted(audio, spec) for sentence, audio in noisy.items()}


def _subtracted(audio: Audio, spec: AudioSpec) -> Audio:
    spectrum = stft(jnp.asarray(audio), spec)
    power = np.asarray(magnitude(spectrum, power=2))
    loudness = power.sum(1)
    quiet = np.argsort(loudness)[: max(1, round(QUIETEST * len(power)))]
    noise = power[quiet].mean(0)
    above = 10 * np.log10(np.maximum(loudness, SPARED) / max(noise.sum(), SPARED))
    factor = 4 - 3 / 20 * np.clip(above, -5, 20)
    left = np.maximum(power - factor[:, None] * noise, FLOOR * noise)
    # Noise is an average: where a bin has less than its floor, nothing is to be added.
    gain = np.sqrt(np.minimum(left / np.maximum(power, SPARED), 1))
    return np.asarray(istft(gain * spectrum, spec, len(audio)))
