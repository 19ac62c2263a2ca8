"""Other throats: a tone's place moves by the factor, and nothing else happens."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.audio import RECOGNITION_16K, log_mel
from ganspeech.audio.mel import mel_centers
from ganspeech.nn.vocal_tract import _interpolation, with_other_throats

CENTERS = mel_centers(RECOGNITION_16K)


def tone(hz):
    time = np.arange(16000) / 16000
    return np.asarray(log_mel(jnp.asarray(0.5 * np.sin(2 * np.pi * hz * time)), RECOGNITION_16K))


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.25])
def test_a_tone_moves_to_its_frequency_times_the_factor(factor):
    moved = tone(1000) @ np.asarray(_interpolation(jnp.asarray(factor), CENTERS))
    expected = tone(1000 * factor)
    middle = len(moved) // 2
    assert abs(moved[middle].argmax() - expected[middle].argmax()) <= 1


def test_a_factor_of_one_changes_nothing():
    weights = _interpolation(jnp.asarray(1.0), CENTERS)
    np.testing.assert_allclose(weights, np.eye(len(CENTERS)), atol=1e-4)


def test_every_example_has_a_throat_of_its_own_within_the_range():
    x = jnp.asarray(np.stack([tone(1000)] * 64))
    found = with_other_throats(x, jax.random.split(jax.random.key(0), 64), 0.2, RECOGNITION_16K)
    assert found.shape == x.shape and np.isfinite(found).all()
    peaks = CENTERS[np.asarray(found[:, x.shape[1] // 2].argmax(-1))]
    assert 780 < peaks.min() < 900 and 1100 < peaks.max() < 1260 and len(set(peaks)) > 5
