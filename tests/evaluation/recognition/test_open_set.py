"""Words found against other sounds taken for one: counts, thresholds and what is told."""

import dataclasses

import numpy as np
import pytest

from ganspeech.evaluation.recognition.open_set import OpenSet, open_set_of
from ganspeech.models.recognizer import Transcript
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Words


def test_the_threshold_finds_as_many_words_as_it_says():
    found = np.r_[np.linspace(0.81, 0.99, 19), -1.0]  # one word of twenty was misheard
    scored = OpenSet(found, np.array([0.5, 0.85, -1.0, 0.9]))
    assert scored.threshold == pytest.approx(0.81)
    assert scored.found_at(0.81) == 0.95 and scored.taken_at(0.81) == 2
    assert scored.taken_at(0.0) == 3 and scored.found_at(0.0) == 0.95
    line = scored.line()
    assert (
        "Of 20 words and 4 other sounds" in line and "2 other sounds taken for one: 50.0 %" in line
    )
    assert "others taken, %" in scored.figure() and "ROC" in scored.figure()


def test_what_no_threshold_reaches_is_told():
    scored = OpenSet(np.array([0.9, -1.0]), np.array([0.1]))
    assert scored.threshold is None
    assert scored.line().endswith("no threshold finds 95 % of the words; 50.0 % are")
    assert "no threshold" in scored.figure()


@dataclasses.dataclass
class Lines:
    id: str
    text: str

    @property
    def recording(self):
        return self

    def audio(self):
        return self.id


class Hears:
    """Hears "one" in everything but what is called "quiet", more surely in longer names."""

    task = Recognition(vocabulary=Words(("one", "two"), others=True))

    def __call__(self, audio):
        return [
            Transcript("" if name == "quiet" else "one", (), len(name) / 10, np.zeros((1, 4)))
            for name in audio
        ]


def test_words_and_other_sounds_are_told_apart_by_their_texts():
    words = [Lines("aaa", "One."), Lines("bbbb", "two")]
    others = [Lines("quiet", "other"), Lines("c", "horse")]
    scored = open_set_of(Hears(), words + others)
    assert scored.found.tolist() == [0.3, -1.0] and scored.taken.tolist() == [-1.0, 0.1]
    assert open_set_of(Hears(), words) is None and open_set_of(Hears(), others) is None
