"""Views: the ways to what networks see, and back."""

import numpy as np
import pytest
import soundfile

from ganspeech.data.corpus import CorpusError
from ganspeech.data.readers.embedded import EmbeddedSpeech
from ganspeech.data.readers.mnist import MNIST
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.tasks.representations import Pictures, Waveform
from ganspeech.tasks.spectrogram_representations import LogMelPatch, LogSpectrum

RATE = 16000


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A tone a digit, higher with every digit, 0.4 s; two takes, the second held out."""
    root = tmp_path_factory.mktemp("tones")
    for digit in range(10):
        for take in (0, 1):
            time = np.arange(int(0.4 * RATE)) / RATE
            tone = 0.5 * np.sin(2 * np.pi * (300 + 250 * digit) * time)
            soundfile.write(root / f"{digit}_sine_{take}.wav", tone.astype(np.float32), RATE)
    return SpokenDigits(str(root), held_out=10)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path))


def strongest(audio):
    return np.abs(np.fft.rfft(audio)).argmax(-1) * RATE / audio.shape[-1]


def test_clips_lie_in_the_middle(corpus):
    found = Waveform().examples(corpus)
    assert found.train.values.shape == (10, 16384) and len(found.held_out) == 10
    assert [found.classes[label] for label in found.train.labels][:3] == ["zero", "one", "two"]
    loud = np.abs(found.train.values[3]) > 0.01
    edge = (16384 - 6400) // 2
    assert not loud[: edge - 10].any() and not loud[-edge + 10 :].any() and loud.sum() > 6000
    short = Waveform(samples=4096).examples(corpus).train.values[3]
    whole = found.train.values[3, edge : edge + 6400]
    np.testing.assert_array_equal(short, whole[1152 : 1152 + 4096])


@pytest.mark.parametrize("view", [Waveform(), LogMelPatch(), LogSpectrum()])
def test_the_way_there_and_back_keeps_the_tone(corpus, view):
    found = view.examples(corpus)
    values = found.held_out.values
    assert values.shape == (10, *view.shape) and np.abs(values).max() <= 1
    audio = view.audio(values, found.scale)
    assert audio.shape[0] == 10 and audio.shape[1] == view.samples if view == Waveform() else True
    pitch = 300 + 250 * np.arange(10)
    # A mel band of the small patch is up to 500 Hz wide.
    width = 300 if isinstance(view, LogMelPatch) else 70
    assert np.abs(strongest(audio) - pitch).max() < width
    images = view.images(values)
    assert images.ndim == 3 and images.min() >= 0 and images.max() <= 1
    # Low frequencies lie at the bottom, and time goes from left to right.
    rows = images[:, :, images.shape[2] // 2].argmax(1)
    assert rows[0] > rows[4] > rows[9]
    assert images[5, rows[5], images.shape[2] // 2] > images[5, rows[5], 1]


def test_bins_are_standardized_by_the_training_part(corpus):
    found = LogSpectrum().examples(corpus)
    raw = np.asarray(LogSpectrum().features(Waveform().examples(corpus).train.values))
    np.testing.assert_allclose(found.scale.mean, raw.mean((0, 1)), atol=1e-4)
    np.testing.assert_allclose(found.scale.deviation, raw.std((0, 1)), rtol=1e-3)
    inside = np.abs(found.train.values) < 0.99
    again = found.train.values[..., 0] * 3 * found.scale.deviation + found.scale.mean
    np.testing.assert_allclose(again[inside[..., 0]], raw[inside[..., 0]], atol=2e-3)


def test_pictures_get_an_edge_and_both_signs(tmp_path):
    pictures = np.zeros((10, 28, 28), np.uint8)
    pictures[:, 0, 0] = 255
    digits = np.arange(10)
    file = tmp_path / "mnist.npz"
    np.savez(file, x_train=pictures, y_train=digits, x_test=pictures, y_test=digits)
    found = Pictures().examples(MNIST(str(file)))
    assert found.train.values.shape == (10, 32, 32, 1)
    assert found.train.values[0, 2, 2, 0] == 1 and found.train.values[0, 0, 0, 0] == -1
    assert Pictures().images(found.train.values)[0, 2, 2] == 1
    fewer = Pictures().examples(MNIST(str(file), held_out=0))
    assert fewer.fingerprint == found.fingerprint


def test_views_refuse_corpora_that_they_cannot_show(corpus):
    with pytest.raises(CorpusError, match="pictures are in the corpus mnist, not in SpokenDigits"):
        Pictures().examples(corpus)
    with pytest.raises(CorpusError, match="EmbeddedSpeech is not a corpus of single words"):
        Waveform().examples(EmbeddedSpeech())
