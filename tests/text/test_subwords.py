"""Byte-pair encoding: merges worked out by hand, and properties on more text."""

import pytest

from ganspeech.data.readers.sentences import make_sentences
from ganspeech.text.english.normalization import normalized
from ganspeech.text.subwords import BASE, learn_merges
from ganspeech.text.vocabulary import Subwords


def test_merges_worked_out_by_hand():
    # low x5, lower x2, newest x6, widest x3 (Sennrich et al. 2016): "es" and "st" occur 9 times
    # each, and "es" is first by alphabet.
    texts = ["low " * 5, "lower " * 2, "newest " * 6, "widest " * 3]
    merges = learn_merges(texts, len(BASE) + 1 + 4)
    assert merges == "e s;es t;l o;lo w"
    vocabulary = Subwords(merges)
    assert vocabulary.symbols[-4:] == ("es", "est", "lo", "low")
    assert vocabulary.tokens("Lowest!") == ["▁", "low", "est"]
    assert vocabulary.decode(vocabulary.encode("lowest low")) == "lowest low"


def test_merges_do_not_overlap():
    vocabulary = Subwords("a a")
    assert vocabulary.tokens("aaaaa") == ["▁", "aa", "aa", "a"]
    # Learned from overlapping pairs too: "aaaa" is counted as it stands, and still ends.
    assert learn_merges(["aaaa aaaa"], 100)


def test_two_ways_to_one_symbol_make_one_symbol():
    vocabulary = Subwords("a b;b c;ab c;a bc")
    assert vocabulary.symbols.count("abc") == 1
    assert vocabulary.decode(vocabulary.encode("abc")) == "abc"


def test_size_round_trip_and_determinism():
    texts = make_sentences(200, seed=1)
    merges = learn_merges(texts, 120)
    assert merges == learn_merges(reversed(texts), 120)
    vocabulary = Subwords(merges)
    assert len(vocabulary.symbols) == 120
    # What is learned for a smaller size is the beginning.
    assert merges.startswith(learn_merges(texts, 60) + ";")
    letters = 0
    for text in make_sentences(50, seed=2):
        assert vocabulary.decode(vocabulary.encode(text)) == normalized(text)
        letters += len(normalized(text)) + 1
    pieces = sum(len(vocabulary.encode(text)) for text in make_sentences(50, seed=2))
    assert pieces < 0.6 * letters


def test_small_texts_make_smaller_vocabularies():
    assert learn_merges(["ab ab cd"], 1000) == "a b;▁ ab"


@pytest.mark.parametrize(
    "texts, size, message",
    [
        (["a"], 28, "size must be above 28"),
        (["..."], 100, "no words to learn subwords from"),
        ([], 100, "no words"),
        (["größe я"], 100, "characters outside a-z and ': 'ß', 'я'"),
    ],
)
def test_bad_requests_are_refused(texts, size, message):
    with pytest.raises(ValueError, match=message):
        learn_merges(texts, size)
