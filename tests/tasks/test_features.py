"""Features of recognizers: librosa's, on a common scale, and blind to what is padded."""

import dataclasses

import librosa
import numpy as np
import pytest

from ganspeech.audio import RECOGNITION_16K
from ganspeech.tasks.features import ZERO_PADDED, Features

RNG = np.random.default_rng(0)
AUDIO = (0.1 * RNG.normal(size=9000) * np.hanning(9000)).astype(np.float32)
ALL = [
    Features(),
    Features(deltas=2),
    Features(kind="mfcc", coefficients=20, deltas=1),
    Features(dataclasses.replace(ZERO_PADDED, padding="same", n_mels=40), kind="mfcc"),
]


@pytest.mark.parametrize("features", ALL, ids=lambda f: f"{f.kind}-{f.deltas}")
def test_padding_changes_no_frame(features):
    # Loud right up to the end, where padding would show.
    audio = np.sign(AUDIO[:6000]) * 0.5
    alone = np.asarray(features(audio[None]))
    frames = features.frames(len(audio))
    assert alone.shape == (1, frames, features.channels)
    padded = np.asarray(features(np.pad(audio, (0, 5000))[None]))
    assert padded.shape[1] == features.frames(11000)
    np.testing.assert_allclose(padded[:, :frames], alone, atol=2e-4)


@pytest.mark.parametrize("count", [13, 20])
def test_coefficients_are_librosas(count):
    ours = np.asarray(Features(kind="mfcc", coefficients=count, deltas=1)(AUDIO[None]))[0]
    theirs = librosa.feature.mfcc(
        y=AUDIO, sr=16000, n_mfcc=count, n_fft=512, win_length=400, hop_length=160, n_mels=80,
        fmax=8000,
    )  # fmt: skip
    # One line a coefficient maps ours to theirs.
    for n in range(count):
        slope, middle = np.polyfit(ours[:, n], theirs[n], 1)
        np.testing.assert_allclose(slope * ours[:, n] + middle, theirs[n], atol=0.05)
        assert slope == pytest.approx(11 * np.sqrt(80) if n == 0 else 20, rel=1e-3)
    slopes = librosa.feature.delta(theirs, mode="nearest")[1] / 20
    np.testing.assert_allclose(ours[:-4, count + 1], slopes[:-4], atol=1e-3)


def test_other_powers_and_logarithms_have_the_same_scale():
    means = [
        float(Features(dataclasses.replace(ZERO_PADDED, **changes))(AUDIO[None]).mean())
        for changes in ({}, {"log_base": "10"})
    ]
    assert means[0] == pytest.approx(means[1], abs=1e-4)


def test_speech_has_about_unit_variance(recordings):
    import soundfile

    values = []
    for path in sorted((recordings / "speechocean" / "train").rglob("*.ogg"))[::100]:
        audio = soundfile.read(path, frames=32000, dtype="float32")[0]
        values.append(np.asarray(Features()((0.95 * audio / np.abs(audio).max())[None])).ravel())
    every = np.concatenate(values)
    assert abs(every.mean()) < 0.3 and 0.7 < every.std() < 1.3


def test_impossible_settings_are_named():
    for settings, told in (
        ({"spec": RECOGNITION_16K}, r"spec\.pad_mode must be constant.*'reflect'"),
        ({"kind": "mfcc", "coefficients": 81}, r"coefficients must be 1 to 80 \(n_mels\), not 81"),
        ({"deltas": 3}, r"deltas must be 0, 1 or 2, not 3"),
    ):
        with pytest.raises(ValueError, match=told):
            Features(**settings)
