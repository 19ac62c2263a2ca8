"""An encoder on recordings of any length."""

import numpy as np
import pytest
from formants import voice
from small_encoders import encoder_folder

from ganspeech.interop.encoders.folder import read_encoder
from ganspeech.models import windows


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return read_encoder(encoder_folder(tmp_path_factory.mktemp("encoders") / "small"))


def test_padding_to_a_few_lengths_changes_nothing(encoder, monkeypatch):
    audio = voice(0.9)
    expected = encoder(audio, layer=2)
    monkeypatch.setattr(windows, "SECONDS", (2, 3, 30))
    np.testing.assert_allclose(encoder(audio, layer=2), expected, atol=1e-5)


def test_how_loud_it_is_and_how_it_is_cut_make_no_difference(encoder):
    audio = voice(0.7)
    expected = encoder(audio, layer=1)
    assert expected.shape == (encoder.network.frames(len(audio)), 16)
    np.testing.assert_allclose(encoder(0.2 * audio + 0.1, layer=1), expected, atol=1e-3)
    pieces = list(encoder.pieces(np.array_split(audio, 7), layer=1))
    np.testing.assert_allclose(np.concatenate(pieces), expected, atol=1e-5)


def test_a_long_recording_is_seen_in_windows_that_overlap(encoder, monkeypatch):
    monkeypatch.setattr(windows, "LONGEST", 3)
    monkeypatch.setattr(windows, "CONTEXT", 1)
    audio = voice(5.3)
    made = list(encoder.pieces(np.array_split(audio, 11), layer=0))
    assert len(made) == 4
    assert sum(map(len, made)) == encoder.network.frames(len(audio))


def test_windows_are_exact_beyond_the_reach_of_a_cut():
    def means(audio):
        return np.stack([audio[n : n + 8].mean() for n in range(0, len(audio) - 7, 4)])[:, None]

    audio = np.random.default_rng(0).normal(size=4 * 1203 + 2).astype("f4")
    pieces = np.array_split(audio, 13)
    made = list(windows.in_windows(pieces, means, rate=40, hop=4))
    assert len(made) > 3
    np.testing.assert_array_equal(np.concatenate(made), means(audio))


@pytest.mark.parametrize(
    "audio, told",
    [
        (np.zeros(2000, "f4"), "it is silent: all of its 2000 samples are 0"),
        (np.ones(44, "f4"), "44 samples at 16000 Hz are too short: a frame takes 45"),
    ],
)
def test_what_has_no_features_is_refused(encoder, audio, told):
    with pytest.raises(ValueError, match=told):
        encoder(audio, layer=1)


def test_layers_are_checked(encoder):
    with pytest.raises(ValueError, match="layer must be from 0 to 2, the layers of small, not 3"):
        encoder(voice(0.5), layer=3)
