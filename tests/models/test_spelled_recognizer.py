"""A recognizer of words spelled in phones hears these alone, and keeps them in its file."""

import dataclasses

import jax
import numpy as np
import pytest
from tones import TASK, room, word

from ganspeech.models.recognizer import Recognizer, Transcript
from ganspeech.models.spotter import Spotter
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.text.spelled_words import SpelledWords

VOCABULARY = SpelledWords(("an AE N", "Annie AE N IY", "knee N IY"))


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    """Of weights that no training made."""
    task = dataclasses.replace(TASK, vocabulary=VOCABULARY)
    network = ConvolutionalRecognizer(width=8, blocks=1, kernel=3)
    variables = jax.jit(lambda key: network.init(key, *task.example()))(jax.random.key(2))
    # More than such weights tell apart, so that the best path is no word.
    params = jax.tree.map(lambda leaf: 10 * np.asarray(leaf), variables["params"]["symbols"])
    return Recognizer(network, {"params": variables["params"] | {"symbols": params}}, task)


def test_nothing_but_the_words_is_heard(recognizer, tmp_path):
    audio = [word("low"), word("high", 0.9), room(0.5)]
    heard = recognizer(audio)
    assert {w for one in heard for w in one.text.split()} <= set(VOCABULARY.known)
    assert any(one.text for one in heard)
    for one in heard:
        spelled = tuple(n for w in one.text.split() for n in VOCABULARY.encode(w))
        assert one.ids == spelled
    recognizer.save(tmp_path / "model.safetensors")
    again = Recognizer.read(tmp_path / "model.safetensors")
    assert again.task.vocabulary == VOCABULARY
    assert [one.text for one in again(audio)] == [one.text for one in heard]


def test_a_spotter_cuts_between_words(recognizer, monkeypatch):
    """Eight steps: the phones of "an" in the second and third, those of "knee" in the last two."""
    symbols = VOCABULARY.symbols
    path = [symbols.index(phone) for phone in ("", "AE", "N", "", "", "", "N", "IY")]
    log_probs = np.log(0.98 * np.eye(len(symbols))[path] + 0.02 / len(symbols))
    ids = tuple(n for n in path if n)
    transcript = Transcript(VOCABULARY.decode(ids), ids, 1.0, log_probs)
    assert transcript.text == "an knee"
    monkeypatch.setattr(Recognizer, "__call__", lambda self, audio: [transcript])
    spotter = Spotter(recognizer)
    words = spotter.feed(np.concatenate([room(1), word("low"), room(1)])) + spotter.finish()
    assert [spotted.word for spotted in words] == ["an", "knee"]
    first, second = words
    # Midway between the third and the seventh of eight steps.
    share = (first.end - first.start) / (second.end - first.start)
    assert first.end == second.start and share == pytest.approx(4.5 / 8, abs=0.1)
