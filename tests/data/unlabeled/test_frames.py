"""Features of recordings, with means and deviations of their speakers."""

import librosa
import numpy as np
import pytest

from ganspeech.data.unlabeled.frames import SpeechFrames, normalized


@pytest.mark.parametrize("kind, width", [("mfcc", 39), ("log-mel", 40)])
@pytest.mark.parametrize("sample_rate", [8000, 16000])
def test_frames_of_speech_are_those_of_all_without_silence(kind, width, sample_rate):
    rng = np.random.default_rng(0)
    audio = np.pad(rng.normal(0, 0.1, sample_rate // 2), sample_rate)
    audio = (audio + rng.normal(0, 1e-4, len(audio))).astype(np.float32)
    frames = SpeechFrames(kind, sample_rate)
    whole, speech = frames.of_all(audio), frames(audio)
    assert whole.shape == (126, width) and whole.dtype == np.float32 and frames.width == width
    assert abs(len(speech) - 35) < 5
    first = next(n for n, row in enumerate(whole) if (row == speech[0]).all())
    np.testing.assert_array_equal(speech, whole[first : first + len(speech)])


def test_a_frame_is_the_mean_of_two_of_librosa():
    audio = np.random.default_rng(0).normal(0, 0.1, 3200).astype(np.float32)
    mel = librosa.feature.melspectrogram(
        y=audio, sr=16000, n_fft=512, win_length=400, hop_length=160, n_mels=40, pad_mode="constant"
    )
    rows = librosa.power_to_db(mel).T
    found = SpeechFrames("log-mel").of_all(audio)
    np.testing.assert_allclose(found[:10], (rows[0:20:2] + rows[1:20:2]) / 2, rtol=1e-4)
    np.testing.assert_allclose(found[10], rows[20], rtol=1e-4)
    assert len(rows) == 21 and len(found) == 11


@pytest.mark.parametrize("samples", [1600, 1601, 1759, 1760, 1761, 1919, 1920, 16161])
def test_every_length_has_frames_for_all_that_may_be_speech(samples):
    audio = np.random.default_rng(0).normal(0, 0.1, samples).astype(np.float32)
    assert len(SpeechFrames("log-mel")(audio)) <= -(-samples // 320)


def test_silence_has_no_frames():
    assert SpeechFrames()(np.zeros(16000, np.float32)).shape == (0, 39)


def test_each_speaker_has_zero_mean_and_unit_variance():
    rng = np.random.default_rng(0)
    speakers = {"a": "x", "b": "y", "c": "x"}
    features = {id: rng.normal(n, 1 + n, (50, 2)).astype("f4") for n, id in enumerate(speakers)}
    features["b"][:, 1] = 4.0
    scaled = normalized(features, speakers)
    assert list(scaled) == ["a", "b", "c"]
    both = np.concatenate([scaled["a"], scaled["c"]])
    np.testing.assert_allclose(both.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(both.std(axis=0), 1, atol=1e-5)
    assert scaled["a"].dtype == np.float32 and not scaled["b"][:, 1].any()


@pytest.mark.parametrize("rate, message", [(100, "at least 4000"), (11025, "a multiple of 100")])
def test_impossible_rates_are_told(rate, message):
    with pytest.raises(ValueError, match=rf"frames\.sample_rate must be {message}"):
        SpeechFrames(sample_rate=rate)
