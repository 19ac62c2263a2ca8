"""Files written by version 0.1, before its modules moved, are still read."""

from pathlib import Path

import numpy as np
import pytest

from ganspeech.load import load_recognizer, load_vocoder, load_voice

HERE = Path(__file__).parent / "written_by_0_1"


@pytest.fixture(scope="module")
def expected():
    """What version 0.1 made of `mel`, of `tone` and of a text."""
    with np.load(HERE / "expected.npz") as arrays:
        return dict(arrays)


@pytest.mark.parametrize("source", ["run", "vocoder.safetensors"])
def test_vocoder(source, expected):
    vocoder = load_vocoder(HERE / source)
    audio = vocoder(expected["mel"], spec=vocoder.spec)
    np.testing.assert_allclose(audio, expected["run"], atol=1e-6)


def test_recognizer(expected):
    recognizer = load_recognizer(HERE / "recognizer.safetensors")
    (transcript,) = recognizer([expected["tone"]])
    np.testing.assert_allclose(transcript.log_probs, expected["recognizer"], atol=1e-4)


def test_voice(expected):
    voice = load_voice(HERE / "voice.safetensors")
    np.testing.assert_allclose(voice.say("One. Two."), expected["voice"], atol=1e-5)
