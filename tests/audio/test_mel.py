import dataclasses

import jax
import jax.numpy as jnp
import librosa
import numpy as np
import pytest
import soundfile

from ganspeech.audio import (
    HIFIGAN_22K,
    PRESETS,
    SPEECH_16K,
    log_mel,
    mel_filterbank,
    mel_spectrogram,
)
from ganspeech.audio.mel import compress, expand


def librosa_mel(audio, spec, mel_power=None):
    ends = [(0, 0)] * (audio.ndim - 1) + [spec.pads()]
    mel = librosa.feature.melspectrogram(
        y=np.pad(audio, ends, mode=spec.pad_mode), sr=spec.sample_rate, n_fft=spec.n_fft,
        hop_length=spec.hop_length, win_length=spec.win_length, center=False, power=spec.power,
        n_mels=spec.n_mels, fmin=spec.fmin, fmax=spec.fmax, htk=spec.mel_scale == "htk",
        norm=None if spec.mel_norm == "none" else spec.mel_norm,
    )  # fmt: skip
    return mel.swapaxes(-1, -2)


def speechlike(samples, batch=2):
    """Harmonics that fade over frequency, and some noise."""
    rng = np.random.default_rng(0)
    time = np.arange(samples) / 22050
    tone = sum(np.sin(2 * np.pi * 140 * k * time * (1 + 0.1 * time)) / k for k in range(1, 40))
    return (0.1 * tone + 0.003 * rng.normal(size=(batch, samples))).astype(np.float32)


@pytest.mark.parametrize("mel_norm", ["slaney", "none"])
@pytest.mark.parametrize("mel_scale", ["slaney", "htk"])
@pytest.mark.parametrize(
    ("rate", "n_fft", "n_mels", "fmin", "fmax"),
    [(22050, 1024, 80, 0, 8000), (24000, 2048, 128, 55.5, 12000), (16000, 400, 23, 20, 7600)],
)
def test_filterbank_is_librosas(rate, n_fft, n_mels, fmin, fmax, mel_scale, mel_norm):
    spec = dataclasses.replace(
        HIFIGAN_22K, sample_rate=rate, n_fft=n_fft, win_length=400, n_mels=n_mels, fmin=fmin,
        fmax=fmax, mel_scale=mel_scale, mel_norm=mel_norm,
    )  # fmt: skip
    reference = librosa.filters.mel(
        sr=rate, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax, htk=mel_scale == "htk",
        norm=None if mel_norm == "none" else mel_norm,
    )  # fmt: skip
    np.testing.assert_allclose(mel_filterbank(spec), reference.T, rtol=1e-5, atol=1e-7)


VARIANTS = {
    **PRESETS,
    "power 2": dataclasses.replace(HIFIGAN_22K, power=2.0),
    "power 1.5": dataclasses.replace(HIFIGAN_22K, power=1.5),
    "power 0.5": dataclasses.replace(HIFIGAN_22K, power=0.5),
    "base 10": dataclasses.replace(HIFIGAN_22K, log_base="10", log_floor=1e-3),
    "zeros": dataclasses.replace(HIFIGAN_22K, pad_mode="constant"),
    "centerd, band": dataclasses.replace(SPEECH_16K, padding="center", fmin=80.0, fmax=7600.0),
    "high": dataclasses.replace(HIFIGAN_22K, n_fft=2048, win_length=1200, hop_length=240),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_mel_and_log_mel_are_librosas(name):
    spec = VARIANTS[name]
    audio = speechlike(6000)
    reference = librosa_mel(audio, spec)
    mel = jax.jit(lambda x: mel_spectrogram(x, spec))(audio)
    np.testing.assert_allclose(mel, reference, rtol=1e-4, atol=1e-5)
    log = np.log if spec.log_base == "e" else np.log10
    reference = log(np.maximum(reference, spec.log_floor))
    np.testing.assert_allclose(log_mel(audio, spec), reference, rtol=1e-4, atol=1e-5)


def test_centred_mel_is_librosas_own_padding():
    spec = PRESETS["recognition_16k"]
    audio = speechlike(4000)
    reference = librosa.feature.melspectrogram(
        y=audio, sr=16000, n_fft=512, win_length=400, hop_length=160, n_mels=80, fmax=8000,
        center=True, pad_mode="reflect",
    )  # fmt: skip
    np.testing.assert_allclose(
        mel_spectrogram(audio, spec), reference.swapaxes(1, 2), rtol=1e-4, atol=1e-5
    )


def test_recordings_agree_with_librosa(recordings):
    paths = sorted((recordings / "kathleen" / "wavs").glob("*.flac"))[:3]
    assert paths
    for path in paths:
        audio, rate = soundfile.read(path, dtype="float32")
        assert rate == HIFIGAN_22K.sample_rate
        audio = audio[: 3 * rate]
        reference = librosa_mel(audio, HIFIGAN_22K)
        np.testing.assert_allclose(
            mel_spectrogram(audio, HIFIGAN_22K), reference, rtol=1e-4, atol=1e-5
        )
        np.testing.assert_allclose(
            log_mel(audio, HIFIGAN_22K), np.log(np.maximum(reference, 1e-5)), rtol=1e-4, atol=1e-5
        )


@pytest.mark.parametrize("name", ["hifigan_22k", "recognition_16k", "power 0.5", "base 10"])
def test_silence_gives_the_floor_and_a_finite_gradient(name):
    spec = VARIANTS[name]
    log = np.log if spec.log_base == "e" else np.log10
    np.testing.assert_allclose(log_mel(np.zeros(2048), spec), log(spec.log_floor), rtol=1e-5)
    for level in (0.0, 1e-20, 1e-6, 1e-3):
        audio = jnp.full(2048, level)
        assert np.isfinite(jax.grad(lambda x: jnp.sum(log_mel(x, spec)))(audio)).all(), level


@pytest.mark.parametrize("name", ["hifigan_22k", "base 10"])
def test_expand_undoes_compress(name):
    mel = np.geomspace(2e-3, 10, 50).astype(np.float32)
    np.testing.assert_allclose(
        expand(compress(mel, VARIANTS[name]), VARIANTS[name]), mel, rtol=1e-5
    )
