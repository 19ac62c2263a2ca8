"""The score without labels against the same by hand, and baselines against what they say."""

import math

import numpy as np
import pytest

from ganspeech.data.unlabeled.unpaired import Segments
from ganspeech.evaluation.recognition.unpaired.readings import Readings, baselines
from ganspeech.evaluation.recognition.unpaired.score import (
    language_of,
    text_nll,
    unsupervised_score,
)
from ganspeech.evaluation.recognition.unpaired.scored import score_readings

PHONES = ("<SIL>", "a", "b", "c", "d")
TEXTS = [[1, 2, 3], [1, 2, 3, 4], [1, 2], [1, 3]] * 5


@pytest.fixture
def readings():
    """Two utterances: one is read as runs with silence between, of the other nothing is known."""
    steps = [np.eye(5)[[0, 1, 1, 0, 2, 2, 3, 0]], np.eye(5)[[1, 0, 1]]]
    utterances = [
        Segments("u0", np.ones((8, 2), np.float32), phones=np.array([1, 2, 4], np.int32)),
        Segments("u1", np.ones((3, 2), np.float32)),
    ]
    return Readings("a test", utterances, steps, TEXTS, PHONES)


def test_runs_are_read_once_and_silence_not_at_all(readings):
    assert readings.read == [[1, 2, 3], [1, 1]]
    (answer,) = readings.answers(readings.read)
    assert (answer.id, answer.reference, answer.hypothesis) == ("u0", "a b d", "a b c")


def test_the_score_is_likelihood_less_the_logarithm_of_phones_in_use(readings):
    language = language_of(readings)
    found = unsupervised_score(readings, readings.read, language)
    per_phone = [
        -math.log(10) * language.score_sentence(["a", "b", "c"]) / 4,
        -math.log(10) * language.score_sentence(["a", "a"]) / 3,
    ]
    assert list(found.nll_of.values()) == pytest.approx(per_phone)
    assert found.phones_used == 3 / 4 and not found.collapsed
    assert found.unsupervised == pytest.approx(np.mean(per_phone) - math.log(3 / 4))
    alone = unsupervised_score(readings, [[1], [1]], language)
    assert alone.phones_used == 1 / 4 and alone.collapsed


def test_the_text_itself_is_likely(readings):
    likely = text_nll(readings)
    random = unsupervised_score(readings, [[4, 2, 4], [3, 3]], language_of(readings)).nll
    assert 0 < likely < random
    few = Readings("few", readings.utterances, readings.steps, TEXTS[:4], PHONES)
    assert math.isnan(text_nll(few))


def test_baselines_are_of_the_text_and_the_same_every_time(readings):
    found = baselines(readings)
    assert found == baselines(readings)
    assert found["majority"] == [[1, 1, 1]] * 2
    assert {len(row) for row in found["unigram"]} == {3}
    # Names are permuted alike everywhere.
    first, second = found["chance mapping"]
    assert len(set(first)) == 3 and second == [first[0]] * 2 and 0 not in first


def test_rows_have_errors_of_what_is_known(readings):
    scored = score_readings(readings)
    assert list(scored.rows) == ["read", "majority", "unigram", "chance mapping"]
    assert scored.own.errors.value == pytest.approx(100 / 3)
    # Said a b d, read a a a.
    assert scored.rows["majority"].errors.value == pytest.approx(200 / 3)
