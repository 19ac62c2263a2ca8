import jax
import numpy as np
import pytest

from ganspeech.discriminators import asgan as asgan_judge
from ganspeech.discriminators.asgan import ASGANDiscriminator
from ganspeech.generators import asgan
from ganspeech.generators.asgan import ASGANGenerator

NOISE = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float32)


def small(frames):
    return ASGANGenerator(frames=frames, bands=5, layers=1, style=8, widths=(8, 8, 4), blocks=1)


@pytest.mark.parametrize("frames", [16, 21])
def test_any_number_of_frames_is_made_and_judged(frames):
    generator, judge = small(frames), ASGANDiscriminator(widths=(4, 8))
    made, _ = jax.jit(generator.init_with_output)(jax.random.key(0), NOISE)
    assert made.shape == (3, frames, 5, 1)
    assert len(np.unique(np.round(made, 6), axis=0)) == 3
    (maps,), _ = jax.jit(judge.init_with_output)(jax.random.key(1), made)
    assert [each.shape for each in maps] == [
        (3, -(-frames // 2), 4),
        (3, -(-frames // 4), 8),
        (3, 1),
    ]


def test_waves_differ_in_frequency_and_all_examples_start_from_them():
    waves = asgan.waves(64, 32)
    np.testing.assert_array_equal(waves, asgan.waves(64, 32))
    peaks = np.abs(np.fft.rfft(waves, axis=0)).argmax(0)
    assert len(set(peaks)) > 15 and peaks.max() <= 32


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


@pytest.mark.parametrize("frames", [6, 7])
def test_half_as_many_frames_are_low_passed(frames):
    x = np.random.default_rng(1).normal(size=(2, frames, 3)).astype(np.float32)
    padded = np.pad(x, ((0, 0), (1, 2), (0, 0)), mode="edge")
    expected = [
        np.tensordot([1, 3, 3, 1], padded[:, start : start + 4], axes=(0, 1)) / 8
        for start in range(0, frames, 2)
    ]
    np.testing.assert_allclose(asgan_judge._halved(x), np.stack(expected, 1), rtol=1e-5, atol=1e-6)
