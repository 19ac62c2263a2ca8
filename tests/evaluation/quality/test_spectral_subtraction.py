"""Spectral subtraction: quieter noise, the same speech."""

import numpy as np
import pytest

from ganspeech.evaluation.quality.spectral_subtraction import subtract_all
from ganspeech.tasks.speech_enhancement import METRICGAN_16K

RATE = METRICGAN_16K.sample_rate


def tone(seconds: float) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)


@pytest.fixture
def noise():
    return 0.02 * np.random.default_rng(0).standard_normal(2 * RATE)


def test_noise_is_less_and_speech_stays(noise):
    clean = np.concatenate([np.zeros(RATE), tone(1)])
    noisy = (clean + noise).astype(np.float32)
    found = subtract_all({"one": noisy}, METRICGAN_16K)["one"]
    assert found.shape == noisy.shape and found.dtype == np.float32
    before, after = (np.square(audio - clean).mean() for audio in (noisy, found))
    assert after < before / 4
    spoken = slice(RATE + 1000, -1000)
    assert np.dot(found[spoken], clean[spoken]) / np.dot(clean[spoken], clean[spoken]) > 0.95


def test_pure_noise_is_left_at_its_floor(noise):
    found = subtract_all({"one": noise.astype(np.float32)}, METRICGAN_16K)["one"]
    assert 0.0 < np.square(found).mean() / np.square(noise).mean() < 0.1


def test_silence_stays_silent():
    silent = np.zeros(RATE, np.float32)
    np.testing.assert_array_equal(subtract_all({"one": silent}, METRICGAN_16K)["one"], silent)
