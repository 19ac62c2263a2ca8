"""Texts to numbers and back, and what each vocabulary says of texts it cannot write."""

import dataclasses
import pickle

import pytest

from ganspeech.config import serialize
from ganspeech.text.phonemes.lexicon import PHONES
from ganspeech.text.vocabulary import (
    BLANK,
    Characters,
    EmptyText,
    Phones,
    Subwords,
    UnknownSymbols,
    Words,
)

LEXICON = """;;; a comment
THE\tDH AH0
THE\tDH IY0
CAT  K AE1 T # a comment
READ(2)  R EH1 D
DON'T D OW1 N T
"""


@pytest.fixture
def lexicon(tmp_path):
    path = tmp_path / "lexicon.txt"
    path.write_text(LEXICON)
    return str(path)


def all_four(lexicon):
    return (Characters(), Words(("the", "cat")), Phones(lexicon), Subwords("▁ t;▁t h;▁th e;a t"))


def test_every_vocabulary_round_trips(lexicon):
    said = "the cat the cat"
    for vocabulary in all_four(lexicon):
        symbols = vocabulary.symbols
        assert symbols[BLANK] == "" and len(set(symbols)) == len(symbols)
        ids = vocabulary.encode(" The CAT, the cat! ")
        assert BLANK not in ids and max(ids) < len(symbols)
        text = vocabulary.decode(ids)
        assert text == ("DH AH K AE T DH AH K AE T" if vocabulary.unit == "phone" else said)
        assert vocabulary.decode((BLANK, *ids, BLANK)) == text
        assert vocabulary.words(text) == vocabulary.words(said)


def test_every_vocabulary_is_plain_data(lexicon):
    for vocabulary in all_four(lexicon):
        again = serialize.loads(serialize.dumps(vocabulary))
        vocabulary.encode("the cat")
        assert again == vocabulary and hash(again) == hash(vocabulary)
        assert pickle.loads(pickle.dumps(vocabulary)).encode("cat") == again.encode("cat")
        assert "unit" not in {field.name for field in dataclasses.fields(vocabulary)}


def test_nothing_said_is_refused_by_all(lexicon):
    for vocabulary in all_four(lexicon):
        with pytest.raises(EmptyText, match=r"no words in the text ' \.\.\. '"):
            vocabulary.encode(" ... ")


def test_numbers_outside_are_refused_by_all(lexicon):
    for vocabulary in all_four(lexicon):
        for number in (-1, len(vocabulary.symbols)):
            with pytest.raises(ValueError, match=f"no symbol {number} in a vocabulary of"):
                vocabulary.decode([number])


@pytest.mark.parametrize(
    "vocabulary, text, message, symbols",
    [
        (Characters(), "Die Straße я", "characters outside the vocabulary: 'ß', 'я'", ("ß", "я")),
        (Subwords(), "smørrebrød", "characters outside the vocabulary: 'ø'", ("ø",)),
        (Words(), "one ten two ten", "words outside the vocabulary: 'ten'", ("ten",)),
        (Words(), "a b c d e f g", "words outside .*: 'a', 'b', 'c', 'd', 'e' and 2 more", None),
    ],
)
def test_what_is_unknown_is_named(vocabulary, text, message, symbols):
    with pytest.raises(UnknownSymbols, match=message) as caught:
        vocabulary.encode(text)
    assert symbols is None or caught.value.symbols == symbols
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_characters_are_numbered_as_listed():
    assert Characters().encode("a z b'a") == (1, 28, 26, 28, 2, 27, 1)
    assert Characters("ab ").decode([1, 3, 3, 2, 3]) == "a b"


def test_digits_are_words_by_default():
    assert Words().encode("7 zero") == (8, 1)
    assert Words().decode((8, 1)) == "seven zero"


def test_phones_take_the_first_pronunciation(lexicon):
    phones = Phones(lexicon)
    assert len(phones.symbols) == 40 and phones.symbols[1:] == PHONES
    assert phones.decode(phones.encode("Don't read the cat")) == "D OW N T R EH D DH AH K AE T"
    assert phones.words("THE CAT") == ["DH", "AH", "K", "AE", "T"]
    with pytest.raises(UnknownSymbols, match=r"words missing from the lexicon .*: 'dog', 'ran'"):
        phones.encode("the dog ran the dog ran")


def test_phones_decode_without_a_lexicon():
    assert Phones().decode([1, 0, 39]) == "AA ZH"
    with pytest.raises(ValueError, match=r"task\.vocabulary\.lexicon"):
        Phones().encode("a")


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Characters(""), "letters must be different characters"),
        (lambda: Characters("aab"), "letters must be different characters"),
        (lambda: Characters("aB"), "letters has 'B', which no normalized text contains"),
        (lambda: Characters("a7"), "letters has '7'"),
        (lambda: Words(()), "entries must be different words"),
        (lambda: Words(("yes", "turn on")), "single, normalized words, not 'turn on'"),
        (lambda: Words(("Yes",)), "'Yes'"),
        (lambda: Subwords("t h;th"), "merges must be pairs .* not 'th'"),
        (lambda: Subwords("th e"), "not 'th e'"),
    ],
)
def test_bad_vocabularies_name_the_field(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_other_words_have_one_symbol_together_that_no_text_shows():
    words = Words(("one", "two"), others=True)
    assert words.symbols == ("", "one", "two", "<other>")
    assert words.encode("One horse, two!") == (1, 3, 2)
    assert words.decode((3, 1, 3)) == "one" and words.words("one horse") == ["one"]
    with pytest.raises(UnknownSymbols, match="outside the vocabulary"):
        Words(("one", "two")).encode("one horse")
