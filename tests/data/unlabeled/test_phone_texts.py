"""Sentences become rows of phones of one inventory, and what cannot is named."""

import numpy as np
import pytest

from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.unlabeled.phone_texts import (
    Pronunciation,
    with_silence,
    without_silence,
)

WORDS = [("B", "A"), ("A",), ("C", "A")]
PHONES = ("<SIL>", "A", "B", "C")


@pytest.fixture
def lexicon(tmp_path):
    path = tmp_path / "words.dict"
    path.write_text("BEE B IY\nTEA T IY\nTOO T UW\n")
    return str(path)


def many(words):
    return {f"line {n}": words for n in range(100)}


def test_words_are_kept_apart_and_bad_texts_are_named(lexicon):
    problems = Problems()
    texts = [("line 1", "Bee, tea."), ("line 2", "-"), ("line 3", "Bee or not to bee")]
    found = Pronunciation(lexicon).words(texts, problems)
    assert found == {"line 1": [("B", "IY"), ("T", "IY")]}
    assert problems.skipped == {
        "texts without words": ["line 2"],
        f"words missing from the lexicon {lexicon}": ["line 3: 'or' 'not' 'to'"],
    }


def test_all_phones_that_occur_are_the_inventory_and_rare_ones_are_reported():
    problems = Problems()
    texts = many(WORDS) | {"last": [("Z",)]}
    assert Pronunciation().phones(texts, problems) == (*PHONES, "Z")
    assert problems.lines() == ["used 1: phones that occur fewer than 10 times (Z)"]


def test_a_given_inventory_keeps_its_order_and_refuses_others():
    given = Pronunciation(inventory=("C", "B", "A"))
    assert given.phones(many(WORDS), Problems()) == ("<SIL>", "C", "B", "A")
    with pytest.raises(CorpusError, match=r"lacks 'Y' 'Z' \(the first is in last\)"):
        given.phones(many(WORDS) | {"last": [("Z", "Y")]}, Problems())


def test_too_few_sentences_are_refused_with_what_was_left_out():
    problems = Problems()
    problems.skip("texts without words", "line 7")
    with pytest.raises(CorpusError, match=r"^1 usable sentences.*fewer than 100.*\(line 7\)$"):
        Pronunciation().phones({"one": WORDS}, problems)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"silence": 1.5}, r"pronunciation\.silence must be from 0 to 1, not 1.5"),
        ({"inventory": ("A", "A")}, "different phones without <SIL>"),
        ({"inventory": ("<SIL>", "A")}, "different phones without <SIL>"),
    ],
)
def test_impossible_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        Pronunciation(**settings)


def test_silence_is_at_both_ends_and_between_words_as_often_as_wanted():
    def rows(probability):
        rng = np.random.default_rng(0)
        return [with_silence(WORDS, PHONES, probability, rng).tolist() for _ in range(2000)]

    assert rows(0)[0] == [0, 2, 1, 1, 3, 1, 0]
    assert rows(1)[0] == [0, 2, 1, 0, 1, 0, 3, 1, 0]
    between = np.mean([len(row) - 7 for row in rows(0.25)]) / 2
    assert abs(between - 0.25) < 0.03
    assert rows(0.25) == rows(0.25)


def test_what_was_said_has_no_silence_and_none_outside_the_inventory():
    row = without_silence(WORDS, PHONES)
    assert row.tolist() == [2, 1, 1, 3, 1] and row.dtype == np.int32
    assert without_silence([("A", "Z")], PHONES) is None
