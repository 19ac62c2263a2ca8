"""Words by many voices: each as often by all, trimmed, and the same every time."""

from collections import Counter

import numpy as np
import pytest

from ganspeech.audio.files import read_audio
from ganspeech.data.readers.embedded_words import EmbeddedWords, variants


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path))
    return EmbeddedWords(words=("yes", "no"), takes=1, held_out=10)


def test_every_voice_says_every_word(corpus):
    found = corpus.utterances()
    assert len(variants()) > 60 and len(found) == 2 * len(variants())
    assert Counter(one.text for one in found) == {word: len(found) // 2 for word in ("yes", "no")}
    assert {one.speaker for one in found} == set(variants())
    assert not any(name.lower().startswith(("klatt", "whisper", "robo")) for name in variants())
    train, held_out = corpus.divide(found)
    assert len(held_out) == 10 and len(train) == len(found) - 10


def test_words_differ_by_voice_and_have_no_pauses_at_their_ends(corpus):
    audio = [read_audio(one.audio)[0] for one in corpus.utterances()[:40:4]]
    assert len({len(one) for one in audio}) > 5
    for one in audio:
        assert 2000 < len(one) < 30000
        assert min(np.abs(one[:50]).max(), np.abs(one[-50:]).max()) > 0.005 * np.abs(one).max()


def test_words_must_be_different(corpus):
    with pytest.raises(ValueError, match=r"corpus\.words must be different words"):
        EmbeddedWords(words=("yes", "yes"))
    with pytest.raises(ValueError, match=r"corpus\.takes must be at least 1"):
        EmbeddedWords(takes=0)
