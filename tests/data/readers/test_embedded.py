"""The embedded corpus: exact, varied, and the same bits whenever it is made."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from ganspeech.audio.files import read_audio
from ganspeech.data.corpus import CorpusError
from ganspeech.data.prepare import prepare
from ganspeech.data.readers.embedded import EmbeddedSpeech, say
from ganspeech.data.readers.sentences import make_sentences


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def content(corpus: EmbeddedSpeech) -> list[tuple[str, str, str, str]]:
    return [
        (u.id, u.text, u.speaker, hashlib.sha256(Path(u.audio).read_bytes()).hexdigest())
        for u in corpus.utterances()
    ]


def test_it_is_the_same_bits_in_every_cache(tmp_path, monkeypatch):
    corpus = EmbeddedSpeech(sentences=24, held_out=8)
    first = content(corpus)
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "other"))
    assert content(corpus) == first
    assert len(list((tmp_path / "other").iterdir())) == 1


def test_it_is_made_once(cache):
    corpus = EmbeddedSpeech(sentences=4, held_out=1)
    before = {path: path.stat().st_mtime_ns for path in map(Path, _paths(corpus))}
    assert {path: path.stat().st_mtime_ns for path in map(Path, _paths(corpus))} == before
    EmbeddedSpeech(sentences=4, seed=1).utterances()
    assert len(list(cache.iterdir())) == 2


def test_every_voice_speaks_in_training_and_in_what_is_held_out():
    corpus = EmbeddedSpeech(sentences=24, held_out=8)
    result = prepare(corpus, 22050, minimum_seconds=0.5, progress=False)
    assert {r.speaker for r in result.train} == {r.speaker for r in result.held_out}
    assert {r.speaker for r in result.train} == set(corpus.voices) and len(corpus.voices) >= 6
    assert not {r.text for r in result.train} & {r.text for r in result.held_out}
    assert not result.problems.skipped and not result.problems.mended
    assert all(1.5 < r.samples / 22050 < 9 for r in result.train)


def test_the_audio_is_clean_speech_of_different_voices():
    text = "The quiet engineer measured seven shallow pools."
    spoken = [say_one(voice, text) for voice in EmbeddedSpeech().voices]
    for audio in spoken:
        assert audio.dtype == np.float32
        assert 0.05 < np.abs(audio).max() < 0.99  # loud enough, and not clipped
        assert np.abs(audio).max() > 10 * np.abs(audio).mean() / 2
    assert len({hashlib.sha256(audio.tobytes()).hexdigest() for audio in spoken}) == len(spoken)


def test_pitch_and_speed_are_heard():
    text, voice = "They borrowed a yellow boat.", "en-us+m3"
    slow, fast = (say_one(voice, text, speed=speed) for speed in (120, 200))
    assert len(slow) > 1.3 * len(fast)
    low, high = (say_one(voice, text, pitch=pitch) for pitch in (20, 80))
    assert fundamental(high) > 1.2 * fundamental(low)


def test_files_hold_what_was_spoken():
    utterance = EmbeddedSpeech(sentences=1, held_out=0).utterances()[0]
    audio, rate = read_audio(utterance.audio)
    assert rate == 22050 and len(audio) > rate
    assert utterance.text.endswith((".", "?")) and utterance.text[0].isupper()


def test_an_unknown_voice_is_named_and_leaves_no_cache(cache):
    with pytest.raises(CorpusError, match="no voice 'en-us-nobody'"):
        EmbeddedSpeech(sentences=2, voices=("en-us-nobody",)).utterances()
    assert not list(cache.iterdir())


@pytest.mark.parametrize("fields", [{"sentences": 0}, {"voices": ()}])
def test_nothing_to_say(fields):
    with pytest.raises(CorpusError, match="one sentence and one voice"):
        EmbeddedSpeech(**fields).utterances()


def test_sentences_differ_and_repeat_with_the_seed():
    texts = make_sentences(300, seed=0)
    assert len(set(texts)) == 300 and make_sentences(300, seed=0) == texts
    assert make_sentences(100, seed=0) == texts[:100]
    assert not set(make_sentences(300, seed=1)) & set(texts)
    words = [len(text.split()) for text in texts]
    assert min(words) >= 7 and max(words) <= 24


def say_one(voice, text, pitch=50, speed=160):
    return next(say([(voice, text, pitch, speed)]))[0]


def fundamental(audio):
    """Hertz of the strongest peak of the autocorrelation between 60 and 400 Hz."""
    spectrum = np.fft.rfft(audio, 2 * len(audio))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)
    lags = np.arange(22050 // 400, 22050 // 60)
    return 22050 / lags[np.argmax(correlation[lags])]


def _paths(corpus):
    return [utterance.audio for utterance in corpus.utterances()]
