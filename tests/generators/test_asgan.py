import jax
import numpy as np
import pytest

from ganspeech.generators import asgan
from ganspeech.generators.asgan import ASGANGenerator

NOISE = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float32)


def small(frames):
    return ASGANGenerator(frames=frames, bands=5, layers=1, style=8, widths=(8, 8, 4), blocks=1)


@pytest.mark.parametrize("frames", [3, 16, 21])
def test_any_number_of_frames_is_made(frames):
    made, _ = jax.jit(small(frames).init_with_output)(jax.random.key(0), NOISE)
    assert made.shape == (3, frames, 5, 1) and np.abs(made).max() < 1
    assert len(np.unique(np.round(made, 6), axis=0)) == 3


def test_a_label_changes_what_is_made():
    labels = np.eye(3, dtype=np.float32)
    noise = np.repeat(NOISE[:1], 3, axis=0)
    made, _ = jax.jit(small(16).init_with_output)(jax.random.key(0), noise, labels)
    assert len(np.unique(np.round(made, 6), axis=0)) == 3


def test_waves_differ_in_frequency_and_are_always_the_same():
    waves = asgan.waves(64, 32)
    np.testing.assert_array_equal(waves, asgan.waves(64, 32))
    peaks = np.abs(np.fft.rfft(waves, axis=0)).argmax(0)
    assert len(set(peaks)) > 15
    assert waves.std() == pytest.approx(1, abs=0.1)


def test_harmonics_do_not_fold_back():
    # The fourth harmonic of 0.22 of the rate lies at 0.88, which folds to 0.12.
    frames = 200
    tone = np.cos(2 * np.pi * 0.22 * np.arange(frames))[None, :, None].astype(np.float32)
    middle = slice(50, 150)

    def folded(x):
        spectrum = np.abs(np.fft.rfft(np.asarray(x)[0, middle, 0] * np.hanning(100)))
        return spectrum[12] / spectrum[22]

    plain = jax.nn.leaky_relu(tone, asgan.SLOPE)
    assert folded(asgan._activated(tone, doubled=False)) < 0.1 * folded(plain)
    assert asgan._activated(tone, doubled=True).shape == (1, 2 * frames, 1)
