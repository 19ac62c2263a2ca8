"""Spectral distances: zero on equal audio, known values on scaled audio, finite in silence."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.audio import SPEECH_16K
from ganspeech.losses.spectral import mel_l1, multi_resolution_stft

AUDIO = 0.3 * jax.random.normal(jax.random.key(0), (2, 2560))
DISTANCES = {
    "mel": lambda a, b: mel_l1(a, b, SPEECH_16K),
    "stft": lambda a, b: multi_resolution_stft(a, b),
}
each = pytest.mark.parametrize("distance", DISTANCES.values(), ids=DISTANCES.keys())


@each
def test_zero_on_equal_audio_and_the_same_for_any_batch(distance):
    other = AUDIO[::-1] * 0.5
    assert float(distance(AUDIO, AUDIO)) == pytest.approx(0, abs=1e-5)
    halves = [float(distance(AUDIO[i : i + 1], other[i : i + 1])) for i in range(2)]
    assert float(distance(AUDIO, other)) == pytest.approx(sum(halves) / 2, rel=1e-5)


@pytest.mark.parametrize("name", ["mel"])
def test_half_the_amplitude_is_log_two_of_mel(name):
    assert float(DISTANCES[name](AUDIO, AUDIO / 2)) == pytest.approx(math.log(2), rel=1e-4)


def test_half_the_amplitude_is_half_plus_log_two_of_stft():
    got = float(multi_resolution_stft(AUDIO, AUDIO / 2))
    assert got == pytest.approx(0.5 + math.log(2), rel=1e-3)


@each
@pytest.mark.parametrize("real", [AUDIO, jnp.zeros_like(AUDIO)], ids=["noise", "silence"])
def test_gradient_is_finite_for_silence(distance, real):
    value, gradient = jax.jit(jax.value_and_grad(distance, 1))(real, jnp.zeros_like(AUDIO))
    assert value.dtype == jnp.float32
    assert np.isfinite(value) and np.all(np.isfinite(gradient))
