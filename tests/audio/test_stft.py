import dataclasses

import jax
import jax.numpy as jnp
import librosa
import numpy as np
import pytest

from ganspeech.audio import HIFIGAN_22K, RECOGNITION_16K, AudioSpec, istft, magnitude, stft

pytestmark = pytest.mark.accelerator

SHAPES = {
    "hop divides n_fft": AudioSpec(n_fft=512, win_length=512, hop_length=128),
    "hop does not": AudioSpec(n_fft=512, win_length=400, hop_length=160),
    "odd hop and window": AudioSpec(n_fft=600, win_length=301, hop_length=75),
    "short window": AudioSpec(n_fft=1024, win_length=600, hop_length=120),
}


def waves(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


def librosa_stft(audio, spec):
    mode = dict(n_fft=spec.n_fft, hop_length=spec.hop_length, win_length=spec.win_length)
    if spec.padding == "center":
        spectrum = librosa.stft(audio, center=True, pad_mode=spec.pad_mode, **mode)
    else:
        ends = [(0, 0)] * (audio.ndim - 1) + [spec.pads()]
        spectrum = librosa.stft(np.pad(audio, ends, mode=spec.pad_mode), center=False, **mode)
    return spectrum.swapaxes(-1, -2)


@pytest.mark.parametrize("pad_mode", ["reflect", "constant"])
@pytest.mark.parametrize("padding", ["center", "same"])
@pytest.mark.parametrize("shape", SHAPES)
def test_stft_is_librosas_and_istft_its_inverse(shape, padding, pad_mode):
    spec = dataclasses.replace(SHAPES[shape], padding=padding, pad_mode=pad_mode)
    audio = waves(2, 4321)
    spectrum = jax.jit(lambda x: stft(x, spec))(audio)
    assert spectrum.shape == (2, spec.frames(4321), spec.bins)
    np.testing.assert_allclose(spectrum, librosa_stft(audio, spec), rtol=1e-4, atol=1e-5)
    frames, hop = spectrum.shape[1], spec.hop_length
    back = istft(spectrum, spec)
    assert back.shape == (2, (frames - (padding == "center")) * hop)
    np.testing.assert_allclose(back, audio[:, : back.shape[1]], atol=2e-6)
    exact = istft(spectrum, spec, min(4321, frames * hop))
    np.testing.assert_allclose(exact, audio[:, : exact.shape[1]], atol=1e-5)


def test_istft_of_no_spectrum_in_particular_is_librosas():
    spec = dataclasses.replace(SHAPES["hop does not"], padding="center")
    spectrum = stft(waves(4000), spec) * waves(spec.frames(4000), spec.bins)
    reference = librosa.istft(
        np.asarray(spectrum).T, hop_length=160, win_length=400, n_fft=512, center=True
    )
    np.testing.assert_allclose(istft(spectrum, spec), reference, rtol=1e-4, atol=1e-5)


def test_any_leading_axes():
    spec = SHAPES["hop divides n_fft"]
    audio = waves(2, 3, 1024)
    spectrum = stft(audio, spec)
    np.testing.assert_allclose(spectrum[1, 2], stft(audio[1, 2], spec), atol=1e-5)
    np.testing.assert_allclose(istft(spectrum, spec)[1, 2], audio[1, 2], atol=2e-6)


def test_lower_precision_audio_is_computed_in_float32():
    audio = jnp.asarray(waves(2048), jnp.bfloat16)
    spectrum = stft(audio, HIFIGAN_22K)
    assert spectrum.dtype == jnp.complex64
    np.testing.assert_array_equal(spectrum, stft(audio.astype(jnp.float32), HIFIGAN_22K))


@pytest.mark.parametrize("spec", [HIFIGAN_22K, RECOGNITION_16K], ids=["same", "center"])
def test_gradient_agrees_with_finite_differences(spec):
    audio, direction = waves(2048).astype(np.float64), waves(2, 2048)[1].astype(np.float64)

    def energy(x):
        return jnp.sum(jnp.log(1e-3 + magnitude(stft(x, spec))))

    slope = np.vdot(jax.grad(energy)(jnp.asarray(audio, jnp.float32)), direction)

    def reference(x):
        return np.log(1e-3 + np.abs(librosa_stft(x, spec))).sum()

    step = 1e-6
    expected = (reference(audio + step * direction) - reference(audio - step * direction)) / (
        2 * step
    )
    assert slope == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("power", [0.5, 1.0, 1.5, 2.0])
def test_magnitude_at_silence_is_zero_with_a_finite_gradient(power):
    def total(x):
        return jnp.sum(magnitude(stft(x, HIFIGAN_22K), power))

    value, gradient = jax.value_and_grad(total)(jnp.zeros(2048))
    assert value == 0 and not gradient.any()
    # Magnitudes whose square underflows are the other way to a NaN.
    assert np.isfinite(jax.grad(total)(jnp.full(2048, 1e-20))).all()


def test_clear_errors():
    with pytest.raises(ValueError, match="audio of 100 samples is too short: the spec needs 385"):
        stft(waves(100), HIFIGAN_22K)
    with pytest.raises(ValueError, match="has 257 bins, but n_fft 1024 needs 513"):
        istft(jnp.zeros((4, 257), jnp.complex64), HIFIGAN_22K)
    spectrum = jnp.zeros((4, 513), jnp.complex64)
    with pytest.raises(ValueError, match="length must be 1 to 1024 for 4 frames, not 1025"):
        istft(spectrum, HIFIGAN_22K, 1025)
    sparse = AudioSpec(hop_length=1024)
    with pytest.raises(ValueError, match="lower hop_length"):
        istft(spectrum, sparse)
