"""Voices on unseen texts: tables of what is heard, melodies, and the page of the worst."""

import numpy as np
import pytest
import unseen_texts

from ganspeech.evaluation.recognition.accuracy import Answer

pytest.importorskip("swift_f0", reason="pitch needs the extra: pip install -e .[eval]")
RATE = 16000


def gliding(start: float, end: float) -> np.ndarray:
    """A second of a buzz whose pitch goes from one frequency to another."""
    pitch = np.geomspace(start, end, RATE)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    harmonics = [np.sin(n * phase) / n for n in range(1, 8)]
    return (0.2 * np.sum(harmonics, axis=0)).astype(np.float32)


def test_an_end_that_rises_is_told_from_one_that_falls():
    flat = unseen_texts.melody(gliding(200, 200), RATE)
    rising = unseen_texts.melody(gliding(150, 300), RATE)
    falling = unseen_texts.melody(gliding(300, 150), RATE)
    assert unseen_texts.end_of(flat) == pytest.approx(0, abs=0.1)
    # From the middle of the first four fifths to the middle of the last: half of an octave.
    assert unseen_texts.end_of(rising) == pytest.approx(6, abs=0.5)
    assert unseen_texts.end_of(falling) == pytest.approx(-6, abs=0.5)
    assert flat.std() < 0.2 < 3 < rising.std()


def test_the_page_begins_with_the_worst_text():
    good, bad = "One two.", "Three <four>."
    answers = {
        "a": {good: Answer(good, "one two", "one two"), bad: Answer(bad, "three four", "tree")},
        "b": {good: Answer(good, "one two", "won"), bad: Answer(bad, "three four", "three four")},
    }
    spoken = {name: {text: gliding(200, 210) for text in (good, bad)} for name in answers}
    html = unseen_texts.worst_page(spoken, answers, {"a": RATE, "b": RATE})
    assert 0 < html.index("Three &lt;four&gt;.") < html.index("One two.")
    assert "a: tree" in html and "b: three four" in html


def test_kinds_have_ten_texts_each():
    assert {len(texts) for texts in unseen_texts.TEXTS.values()} == {10}
    assert len(set(unseen_texts.ALL)) == 50
