"""Spotting: words in streams, whatever the chunks, and everything else rejected."""

import dataclasses

import numpy as np
import pytest
import tones
from tones import RATE, room, word

from ganspeech.audio.endpointing import Gate
from ganspeech.models.recognizer import THRESHOLD, Recognizer, Transcript
from ganspeech.models.spotter import REJECTED, Spotted, Spotter
from ganspeech.tasks.recognition import recognize_batch

GATE = Gate(longest=0.7)


@pytest.fixture(scope="module")
def hear() -> Recognizer:
    return tones.recognizer_of_tones()


def scene() -> np.ndarray:
    """Two words, one long noise, two words in a row, and one that the end cuts off."""
    noise = 0.3 * np.random.default_rng(1).normal(size=RATE).astype(np.float32)
    run = [word("low", 0.25), room(0.1), word("high", 0.25)]
    parts = [room(1), word("low"), room(0.5), word("high"), room(0.5), noise, room(1), *run]
    return np.concatenate([*parts, room(0.6), word("high", 0.2)])


def spot(hear, audio, size, **settings) -> list[Spotted]:
    spotter = Spotter(hear, gate=GATE, **settings)
    found = []
    for start in range(0, len(audio), size):
        found += spotter.feed(audio[start : start + size])
    return found + spotter.finish()


def test_words_are_spotted_where_they_are(hear):
    found = spot(hear, scene(), 800)
    assert [spotted.word for spotted in found] == ["low", "high", "", "low", "high", "high"]
    times = [(1, 1.3), (1.8, 2.1), (2.6, 3.6), (4.6, 4.9), (4.9, 5.2), (5.8, 6.0)]
    for spotted, expected in zip(found, times):
        assert (spotted.start, spotted.end) == pytest.approx(expected, abs=0.12)
        assert THRESHOLD <= spotted.confidence <= 1 or not spotted.word
    assert found[2].confidence == 0  # too long to be heard
    assert found[3].end == found[4].start and found[3].confidence == found[4].confidence


def test_the_model_says_what_is_rejected_unless_told_otherwise(hear):
    strict = dataclasses.replace(hear, threshold=1.0)
    assert {spotted.word for spotted in spot(strict, scene(), 800)} == {REJECTED}
    assert spot(strict, scene(), 800, threshold=THRESHOLD) == spot(hear, scene(), 800)
    with pytest.raises(ValueError, match="threshold must be a probability"):
        dataclasses.replace(hear, threshold=1.5)


@pytest.mark.parametrize("size", [1, 97, 160, 12345, 10**6])
def test_chunks_make_no_difference(hear, size):
    audio = scene()[: 3 * RATE] if size == 1 else scene()
    assert spot(hear, audio, size) == spot(hear, audio, 640)


def test_programs_are_few_and_compiled_in_advance(hear):
    recognize_batch.clear_cache()
    spotter = Spotter(hear, gate=GATE)
    spotter.warm()
    assert recognize_batch._cache_size() == len(spotter._lengths) == 2
    for seconds in (0.1, 0.3, 0.5, 0.69, 2.0):
        spotter.feed(np.concatenate([word("low", seconds), room(0.5)]))
    spotter.finish()
    assert recognize_batch._cache_size() == 2
    assert len(Spotter(hear, gate=Gate(longest=0.25))._lengths) == 1
    # The gate is shortened so that no sound is longer than the longest bucket.
    assert len(Spotter(hear, gate=Gate(longest=60.0))._lengths) == 2
    whole = np.concatenate([room(1), word("low", 0.75), room(1), word("low", 0.9), room(1)])
    first, second = Spotter(hear, gate=Gate(longest=60.0)).feed(whole)
    assert first.guess or first.word
    assert second == Spotted(REJECTED, 0.0, second.start, second.end)


class Says:
    """Stands in for a recognizer: it says what it is told to, as surely as it is told to."""

    def __init__(self, ids, confidence):
        self.sample_rate, self.task = RATE, tones.TASK
        path = np.ravel([[n, 0] for n in ids] or [0])
        log_probs = np.log(np.where(np.arange(3) == path[:, None], 0.98, 0.01))
        text = self.task.vocabulary.decode(ids)
        self.transcript = Transcript(text, tuple(ids), confidence, log_probs)

    def __call__(self, audio):
        return [self.transcript] * len(audio)


def test_what_is_not_sure_is_rejected():
    audio = np.concatenate([room(1), word("low"), room(1)])
    for says, threshold, expected in (
        (Says([1], 0.59), 0.6, [("", "low")]),
        (Says([1], 0.6), 0.6, [("low", "")]),
        (Says([1, 2, 2], 0.3), 0.2, [("low", ""), ("high", ""), ("high", "")]),
        (Says([], 1.0), 0.0, [("", "")]),
    ):
        found = spot(says, audio, 500, threshold=threshold)
        assert [(spotted.word, spotted.guess) for spotted in found] == expected
        edges = [found[0].start, *(spotted.end for spotted in found)]
        assert edges == sorted(edges) and {s.confidence for s in found} == {
            says.transcript.confidence
        }
        assert edges[0] == pytest.approx(1, abs=0.03) and edges[-1] == pytest.approx(1.3, abs=0.03)


def test_silence_and_clipping_are_heard_and_bad_chunks_named(hear):
    assert spot(hear, np.zeros(20 * RATE, np.float32), RATE) == []
    assert spot(hear, np.zeros(0, np.float32), 1) == []
    loud = 10 * scene()[: 2 * RATE]
    assert spot(hear, loud, 500)[0].start == pytest.approx(1, abs=0.021)
    assert spot(hear, loud, 500) == spot(hear, np.clip(loud, -1, 1), 500)
    spotter = Spotter(hear, gate=GATE)
    found = spotter.feed(scene()[:RATE])
    for wrong, told in (
        (np.zeros((2, 9), np.float32), r"chunks must be \[samples\], not \[2, 9\]"),
        (np.zeros(9, np.int16), "chunks must be floats .* not int16"),
        (np.array([0.0, np.nan]), "a chunk has NaN"),
    ):
        with pytest.raises(ValueError, match=told):
            spotter.feed(wrong)
    # The stream goes on as if that had not been.
    found += spotter.feed(scene()[RATE:].astype(np.float64)) + spotter.finish()
    assert found == spot(hear, scene(), 640) and spotter.finish() == []
    with pytest.raises(ValueError, match="this stream is finished"):
        spotter.feed(scene())


def test_settings_that_make_no_sense_are_named(hear):
    with pytest.raises(ValueError, match=r"threshold must be a probability, 0 to 1, not 60"):
        Spotter(hear, threshold=60)
    short = dataclasses.replace(hear, task=dataclasses.replace(tones.TASK, buckets=(0.2,)))
    with pytest.raises(ValueError, match=r"longest bucket of this recognizer, 0\.2 s, does not"):
        Spotter(short)
