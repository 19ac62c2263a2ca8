"""Words spelled in phones: encoding, decoding, and what is no such vocabulary."""

import pytest

from ganspeech.config import serialize
from ganspeech.text.phonemes.lexicon import PHONES
from ganspeech.text.spelled_words import DIGIT_ENTRIES, SpelledWords
from ganspeech.text.vocabulary import Phones, UnknownSymbols

FEW = SpelledWords(("an AE1 N # stressed", "Annie AE1 N IY0", "knee N IY1", "an AH0 N"))


def ids_of(phones):
    return [FEW.symbols.index(phone) for phone in phones.split()]


def test_symbols_are_those_of_phones():
    assert SpelledWords().symbols == Phones().symbols == ("", *PHONES)
    assert len(SpelledWords().known) == len(DIGIT_ENTRIES) == 10 and SpelledWords().unit == "word"


def test_words_go_to_phones_and_back():
    for word in SpelledWords().known:
        assert SpelledWords().decode(SpelledWords().encode(word)) == word
    assert FEW.encode("Knee, an!") == tuple(ids_of("N IY AE N"))
    assert FEW.decode([0, *ids_of("N IY AE N"), 0]) == "knee an"
    assert FEW.known == ("an", "annie", "knee")
    assert FEW.words("Annie, an") == ["annie", "an"]
    assert FEW.spellings == tuple(tuple(ids_of(p)) for p in ("AE N", "AE N IY", "N IY", "AH N"))


@pytest.mark.parametrize(
    "phones, text, starts",
    [
        ("AH N AE N", "an an", [0, 2]),
        ("AE N IY", "annie", [0]),
        ("AE N N IY", "an knee", [0, 2]),
        ("AE N IY N IY", "annie knee", [0, 3]),
        ("AE N AE", "an", [0]),
        ("K AE N", "", []),
        ("", "", []),
    ],
)
def test_phones_are_read_as_far_as_they_spell_words(phones, text, starts):
    assert FEW.decode(ids_of(phones)) == text and FEW.starts(ids_of(phones)) == starts


def test_it_is_plain_data():
    assert serialize.loads(serialize.dumps(FEW)) == FEW


def test_other_words_are_named():
    with pytest.raises(UnknownSymbols, match="words outside the vocabulary: 'ten'"):
        SpelledWords().encode("two ten ten")


@pytest.mark.parametrize(
    "entries, message",
    [
        ((), "entries must have at least one word and its phones"),
        (("two",), "entries: 'two' has no phones"),
        (("two T OO",), "entries: 'OO' is not an ARPAbet phone"),
        (("&%: T UW",), "entries must begin with single words, unlike '&%: T UW'"),
        (
            ("two T UW", "one W AH N", "to T UW1"),
            "entries has 'two' and 'to', which sound the same",
        ),
    ],
)
def test_what_is_no_vocabulary(entries, message):
    with pytest.raises(ValueError, match=message):
        SpelledWords(entries)
