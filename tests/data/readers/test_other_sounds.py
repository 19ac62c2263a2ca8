"""Pieces of other recordings: as long as asked, not silent, and apart from what is held out."""

import numpy as np
import pytest
import soundfile

from ganspeech.audio.files import read_audio
from ganspeech.data.corpus import CorpusError
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.other_sounds import TEXT, OtherSounds

RATE = 8000


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Four recordings of two seconds, each a constant of its own after a second of silence."""
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    root = tmp_path / "sounds"
    root.mkdir()
    for n in range(4):
        audio = np.r_[np.zeros(RATE), np.full(RATE, 0.1 * (n + 1))]
        soundfile.write(root / f"s{n}.wav", audio, RATE)
    return AudioFolder(str(root), held_out=1)


def test_pieces_are_as_long_as_asked_and_never_silent(folder):
    corpus = OtherSounds(folder, pieces=20, held_out=5, seconds=(0.2, 0.5))
    found = corpus.utterances()
    assert len(found) == 25 and {one.text for one in found} == {TEXT}
    train, held_out = corpus.divide(found)
    for one in found:
        audio, rate = read_audio(one.audio)
        assert rate == RATE and 0.2 * RATE <= len(audio) <= 0.5 * RATE and audio.max() > 0.05
    assert {round(float(read_audio(one.audio)[0].max()), 1) for one in held_out} == {0.4}
    assert 0.4 not in {round(float(read_audio(one.audio)[0].max()), 1) for one in train}
    assert [one.audio for one in corpus.utterances()] == [one.audio for one in found]


def test_a_share_cuts_words_up(folder):
    found = OtherSounds(folder, pieces=9, held_out=0, seconds=(0.1, 5.0), share=0.5).utterances()
    assert max(len(read_audio(one.audio)[0]) for one in found) <= RATE


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"seconds": (3.0, 4.0)}, "have no pieces of 3 s: lower corpus.seconds"),
        ({"seconds": (0.0, 1.0)}, "corpus.seconds must be two lengths above 0"),
        ({"pieces": 0}, "corpus.pieces must be at least 1"),
        ({"share": 1.5}, "corpus.share must be from 0 to 1"),
    ],
)
def test_what_cannot_be_cut_is_named(folder, fields, told):
    with pytest.raises(ValueError, match=told):
        OtherSounds(folder, **{"pieces": 3, "held_out": 0} | fields).utterances()


def test_nothing_held_out_there_is_nothing_held_out_here(folder):
    whole = AudioFolder(folder.root, held_out=0)
    with pytest.raises(CorpusError, match="holds nothing out"):
        OtherSounds(whole, pieces=3, held_out=1).utterances()
