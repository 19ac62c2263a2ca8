"""Decoding of phones and words: exact where it is small, better than the best path where noisy."""

import itertools
import math

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from ganspeech.recognizers.kneser_ney import learn_ngrams
from ganspeech.recognizers.language_model import LanguageModelError
from ganspeech.recognizers.phone_decoding import likely_phones, likely_words, phone_model

PHONES = ("<SIL>", "a", "b", "c")
LEXICON = {"ab": ("a", "b"), "a": ("a",), "abc": ("a", "b", "c"), "see": ("c",), "sea": ("c",)}
SENTENCES = [["ab", "sea"], ["a", "see", "see"], ["abc"], ["see", "ab"], ["a", "sea", "ab"]] * 2


def log_softmax(x):
    return x - np.logaddexp.reduce(x, axis=-1, keepdims=True)


def collapsed(path):
    return tuple(p for p, _ in itertools.groupby(path) if p)


def sums_of_paths(rows):
    """ln p of every row of phones, summed over its paths."""
    found = {}
    for path in itertools.product(range(len(PHONES)), repeat=len(rows)):
        score = sum(row[p] for row, p in zip(rows, path))
        text = collapsed(path)
        found[text] = np.logaddexp(found.get(text, -np.inf), score)
    return found


def divisions(names):
    """All ways to say phones by words."""
    if not names:
        yield []
    for word, said in LEXICON.items():
        if said == names[: len(said)]:
            yield from ([word, *rest] for rest in divisions(names[len(said) :]))


@pytest.mark.parametrize("seed", range(6))
def test_small_searches_find_the_best_of_all(seed):
    rows = log_softmax(np.random.default_rng(seed).normal(0, 1.5, (5, len(PHONES))))
    sums = sums_of_paths(rows)
    model = phone_model([[0, 1, 2, 0], [3, 1, 2], [1, 3, 3], [2, 2]], PHONES, 3)

    def by_phones(text):
        names = [PHONES[p] for p in text]
        return sums[text] + 0.7 * math.log(10) * model.score_sentence(names) + 0.3 * len(text)

    found = likely_phones(rows, PHONES, model, weight=0.7, bonus=0.3, beam=1000)
    assert tuple(found) == max(sums, key=by_phones)

    words = learn_ngrams(SENTENCES, 2)
    scores = {
        tuple(said): sums[text] + 0.7 * math.log(10) * words.score_sentence(said) + 0.3 * len(said)
        for text in sums
        for said in divisions(tuple(PHONES[p] for p in text))
    }
    found = likely_words(rows, PHONES, LEXICON, words, weight=0.7, bonus=0.3, beam=1000)
    assert tuple(found) == max(scores, key=scores.__getitem__)


def test_a_language_model_mends_what_is_noisy():
    """Rows of phones in which each is followed by one of two others, heard in noise."""
    rng = np.random.default_rng(0)
    count = 9
    names = ("<SIL>", *"abcdefgh")

    def drawn(length):
        row = [int(rng.integers(1, count))]
        while len(row) < length:
            row.append(1 + (row[-1] + int(rng.integers(1, 3))) % (count - 1))
        return row

    model = phone_model([drawn(20) for _ in range(300)], names, 3)
    wrong = {"greedy": 0, "beam": 0}
    for _ in range(20):
        said = drawn(20)
        steps = np.repeat(said, rng.integers(1, 3, len(said)))
        rows = log_softmax(2.5 * np.eye(count)[steps] + rng.normal(0, 1.3, (len(steps), count)))
        greedy = collapsed(rows.argmax(-1).tolist())
        wrong["greedy"] += Levenshtein.distance(said, greedy)
        wrong["beam"] += Levenshtein.distance(said, likely_phones(rows, names, model))
    assert wrong["greedy"] > 100 and wrong["beam"] < 0.5 * wrong["greedy"]


def test_homophones_are_told_apart_by_what_is_around_them():
    rows = np.log(np.eye(4)[[1, 2, 0, 3]] * 0.96 + 0.01)
    model = learn_ngrams(SENTENCES, 2)
    alike = {word: said for word, said in LEXICON.items() if word != "abc"}
    assert likely_words(rows, PHONES, alike, model) == ["ab", "sea"]


def test_phones_after_the_last_word_are_left_out_only_if_they_must_be():
    lexicon = {"ab": ("a", "b")}
    model = learn_ngrams([["ab"], ["ab", "ab"]], 2)
    rows = np.log(np.eye(4)[[1, 2, 1]] * 0.96 + 0.01)
    # A path that says no third phone is much less likely, and still whole.
    assert likely_words(rows, PHONES, lexicon, model) == ["ab"]
    assert likely_words(rows[:1], PHONES, lexicon, model, beam=1) == []


def test_what_does_not_belong_together_is_told():
    rows = log_softmax(np.zeros((2, 4)))
    with pytest.raises(LanguageModelError, match="knows no symbol of the vocabulary"):
        likely_phones(rows, PHONES, learn_ngrams([["x", "y"]], 2))
    with pytest.raises(LanguageModelError, match="none of the lexicon's 5 words is known to the"):
        likely_words(rows, PHONES, LEXICON, learn_ngrams([["x", "y"]], 2))
    with pytest.raises(ValueError, match="weight must be at least 0"):
        likely_phones(rows, PHONES, phone_model([[1, 2]], PHONES, 2), weight=-1.0)
