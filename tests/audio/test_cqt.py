"""The constant-Q transform against its definition and librosa; rates doubled and halved."""

import jax
import jax.numpy as jnp
import librosa
import numpy as np
import pytest

from ganspeech.audio.cqt import C1, cqt, double_rate, halve_rate

RNG = np.random.default_rng(0)


def defined(audio, sample_rate, hop_length, bins_per_octave, octaves):
    """The transform by its definition: each bin's window at the full rate, in float64."""
    frames = 1 + len(audio) // hop_length
    frequencies = C1 * 2.0 ** (np.arange(octaves * bins_per_octave) / bins_per_octave)
    ratio = 2.0 ** (2 / bins_per_octave)
    spectrum = np.zeros((frames, len(frequencies)), complex)
    for k, frequency in enumerate(frequencies):
        length = (ratio + 1) / (ratio - 1) * sample_rate / frequency
        half = int(length / 2)
        time = np.arange(-half, half + 1)
        window = 0.5 + 0.5 * np.cos(2 * np.pi * time / length)
        kernel = window / window.sum() * np.sqrt(length)
        kernel = kernel * np.exp(-2j * np.pi * frequency / sample_rate * time)
        padded = np.pad(audio, (half, half + hop_length))
        for n in range(frames):
            at = n * hop_length
            spectrum[n, k] = padded[at : at + len(kernel)] @ kernel
    return spectrum


def transform(audio, sample_rate, hop_length, bins_per_octave, octaves):
    """The transform of one recording, compiled as it is in training."""
    settings = dict(sample_rate=sample_rate, hop_length=hop_length, octaves=octaves)
    compiled = jax.jit(lambda x: cqt(x, bins_per_octave=bins_per_octave, **settings))
    return np.asarray(compiled(jnp.asarray(audio, jnp.float32)[None])[0])


@pytest.mark.parametrize(
    ("sample_rate", "hop_length"),
    [(4000, 64), (4000, 24), (700, 16)],
    ids=["decimated every octave", "as far as the hop allows", "bins near half the rate"],
)
def test_equals_its_definition(sample_rate, hop_length):
    octaves = 3 if sample_rate == 700 else 5
    audio = 0.1 * RNG.normal(size=3000)
    expected = defined(audio, sample_rate, hop_length, 12, octaves)
    ours = transform(audio, sample_rate, hop_length, 12, octaves)
    assert ours.shape == expected.shape
    assert np.abs(ours - expected).max() < 1e-3 * np.abs(expected).max()


@pytest.mark.parametrize(("bins", "hop_length"), [(24, 512), (48, 256)])
@pytest.mark.parametrize("signal", ["noise", "tone"])
def test_agrees_with_librosa(bins, hop_length, signal):
    time = np.arange(44100) / 44100
    audio = {"noise": 0.1 * RNG.normal(size=44100), "tone": 0.5 * np.sin(880 * np.pi * time)}
    audio = audio[signal].astype(np.float32)
    # The lowest windows are longer than a second.
    expected = librosa.cqt(
        np.pad(audio, 44100),
        sr=44100,
        hop_length=hop_length,
        fmin=C1,
        n_bins=9 * bins,
        bins_per_octave=bins,
        tuning=0.0,
        pad_mode="constant",
        sparsity=0,
    ).T
    ours = transform(np.pad(audio, 44100), 44100, hop_length, bins, 9)
    assert ours.shape == expected.shape
    # librosa's windows are whole numbers of samples, some 90 to 360 of them, which is the 2 %.
    assert np.linalg.norm(ours - expected) < 0.02 * np.linalg.norm(expected)


def test_the_gradient_is_that_of_a_linear_map():
    def energy(x):
        spectrum = cqt(x, sample_rate=4000, hop_length=32, bins_per_octave=6, octaves=4)
        return jnp.sum(spectrum.real**2 + spectrum.imag**2)

    x = jax.random.normal(jax.random.key(0), (2, 500))
    # Of a quadratic form, the gradient's product with its point is twice its value.
    value, gradient = jax.jit(jax.value_and_grad(energy))(x)
    np.testing.assert_allclose(jnp.sum(gradient * x), 2 * value, rtol=1e-4)


def test_rates_are_doubled_and_halved():
    frequencies = np.array([0.01, 0.1, 0.22])[:, None]
    x = np.sin(2 * np.pi * frequencies * np.arange(1001) + 0.3)
    doubled = np.asarray(double_rate(jnp.asarray(x, jnp.float32)))
    assert doubled.shape == (3, 2002)
    np.testing.assert_array_equal(doubled[:, ::2], x.astype(np.float32))
    between = np.sin(2 * np.pi * frequencies * (np.arange(1001) + 0.5) + 0.3)
    np.testing.assert_allclose(doubled[:, 101:-100:2], between[:, 50:-50], atol=1e-4)
    halved = np.asarray(halve_rate(jnp.asarray(x, jnp.float32)))
    assert halved.shape == (3, 501)
    np.testing.assert_allclose(halved[:, 50:-50], x[:, 100:-100:2], atol=1e-4)
    gone = np.sin(2 * np.pi * np.array([0.28, 0.4])[:, None] * np.arange(1000))
    assert np.abs(halve_rate(jnp.asarray(gone, jnp.float32)))[:, 50:-50].max() < 1e-4


def test_bins_above_half_the_rate_are_refused():
    with pytest.raises(ValueError, match="9 octaves of 24 bins from C1 on reach 16267 Hz"):
        cqt(
            jnp.zeros((1, 512)),
            sample_rate=32000,
            hop_length=256,
            bins_per_octave=24,
            octaves=9,
        )
