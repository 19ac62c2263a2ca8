"""Strings of digits are made of takes of one speaker, those held out of other takes."""

import numpy as np
import pytest
import soundfile

from ganspeech.audio.files import read_audio
from ganspeech.data.corpus import CorpusError
from ganspeech.data.readers.connected_digits import ConnectedDigits
from ganspeech.data.readers.words import DIGITS


@pytest.fixture
def takes(tmp_path, monkeypatch):
    """Takes whose level tells digit, speaker and take."""
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "recordings"
    folder.mkdir()
    for speaker, number in (("ann", 0), ("bob", 1)):
        for digit in range(10):
            for take in range(3):
                level = (1 + digit + 10 * number + 20 * take) / 100
                path = folder / f"{digit}_{speaker}_{take}.wav"
                soundfile.write(path, np.full(800, level), 8000)
    return tmp_path


def levels(utterance):
    """Level of each stretch that is not silent, in hundredths."""
    audio, rate = read_audio(utterance.audio)
    assert rate == 8000
    places = np.flatnonzero(np.abs(audio) > 1e-3)
    firsts = places[np.diff(places, prepend=-9) > 1]
    gaps = np.diff(firsts) - 800
    assert ((gaps >= 400) & (gaps <= 1200)).all()
    return [round(100 * float(audio[place])) - 1 for place in firsts]


def test_strings_are_said_by_one_speaker_in_takes_of_their_part(takes):
    corpus = ConnectedDigits(str(takes), strings=40, held_out=10, held_out_takes=20)
    found = corpus.utterances()
    train, held_out = corpus.divide(found)
    assert (len(train), len(held_out)) == (40, 10)
    for part, parts_takes in ((train, {0, 1}), (held_out, {2})):
        for one in part:
            spoken = levels(one)
            assert 3 <= len(spoken) <= 7
            assert [DIGITS[level % 10] for level in spoken] == one.text.split()
            assert {level // 10 % 2 for level in spoken} == {one.speaker == "bob"}
            assert {level // 20 for level in spoken} <= parts_takes
    assert len({one.text for one in found}) > 45
    assert [one.text for one in corpus.utterances()] == [one.text for one in found]
    assert {one.speaker for one in held_out} == {"ann", "bob"}


def test_takes_that_lack_a_digit_are_told(takes):
    with pytest.raises(CorpusError, match=r"zero by ann is not among 3 takes.*held_out"):
        ConnectedDigits(str(takes), strings=2, held_out_takes=3).utterances()


def test_real_digits(recordings, tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path))
    corpus = ConnectedDigits(str(recordings / "fsdd"), strings=30, held_out=12)
    found = corpus.utterances()
    assert len(found) == 42 and len({one.speaker for one in found}) == 6
    seconds = [soundfile.info(one.audio).duration for one in found]
    assert 1 < np.mean(seconds) / 5 * 2 < 3
