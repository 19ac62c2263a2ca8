"""How voices read: ids as existing voices have them, unknown symbols, mismatches, plain data."""

import dataclasses

import pytest

from ganspeech.config import serialize
from ganspeech.config.registry import MENUS
from ganspeech.text.phonemes.front_ends import Espeak, Gruut, Plain
from ganspeech.text.spoken_text import SpokenText, TextMismatch
from ganspeech.text.symbols import IPA, LETTERS
from ganspeech.text.vocabulary import EmptyText, UnknownSymbols

CHARACTERS = SpokenText(Plain(), LETTERS)


def test_ids_as_piper_has_them():
    assert len(IPA) == 151
    assert len(set(IPA)) == len(IPA)
    spelled = SpokenText(Espeak()).spell("No!")
    # From piper-tts 1.3.0 and the map of en_US-joe-medium: ^ _ n _ ˈ _ o _ ʊ _ ! _ $
    assert spelled.ids == (1, 0, 26, 0, 120, 0, 27, 0, 100, 0, 4, 0, 2)
    assert "".join(spelled.symbols) == "^_n_ˈ_o_ʊ_!_$"


def test_blanks_and_ends():
    text = SpokenText(Plain(), ("k", "a", "b"), blank="k", blanks="around", first="", last="")
    # Meta's vocabularies have a letter where the blank is.
    assert text.spell("abk").ids == (0, 1, 0, 2, 0, 0, 0)
    bare = dataclasses.replace(text, blanks="none")
    assert bare.spell("abk").ids == (1, 2, 0)


def test_symbols_of_several_ids_and_numbers_without_symbols():
    text = SpokenText(
        Plain(), ("_", "a", "", "", "b"), (("b", 3), ("b", 4), ("c", 1)), last="", first=""
    )
    assert text.size == 5
    spelled = text.spell("abc")
    assert spelled.ids == (1, 0, 3, 4, 0, 1)
    assert spelled.symbols == ("a", "_", "b", "b", "_", "c")


def test_unknown_symbols_are_named_and_left_out():
    spelled = CHARACTERS.spell("Ωa日Ω😀")
    assert spelled.unknown == ("ω", "日", "😀")
    assert spelled.symbols == tuple("^_a_$")
    nothing = CHARACTERS.spell("日!")
    assert nothing.ids == () and nothing.unknown == ("日",)
    with pytest.raises(UnknownSymbols, match="symbols that the voice does not have: 'ω'"):
        CHARACTERS.encode("Ωa")
    with pytest.raises(EmptyText, match="nothing to say in the text '!'"):
        CHARACTERS.encode("!")
    assert CHARACTERS.encode("a") == (1, 0, 14, 0, 2)


def test_marks_of_the_network_cannot_be_written():
    spelled = CHARACTERS.spell("a ^ $5 _ b")
    assert spelled.unknown == ("^", "$", "5", "_")
    assert "".join(spelled.symbols[1:-1:2]) == "_" * (len(spelled.symbols) // 2)
    assert "".join(spelled.symbols[::2]) == "^a    b$"
    with pytest.raises(UnknownSymbols, match="'_'"):
        CHARACTERS.encode("a_b")
    # Without ends, and with another blank, they are symbols like others.
    bare = dataclasses.replace(CHARACTERS, first="", last="", blank=" ")
    assert not bare.spell("a^_$ b").unknown


@pytest.mark.parametrize(
    "change, told",
    [
        ({"front": Gruut()}, "phonemes by Plain.* are not those by Gruut.*en-us"),
        ({"symbols": (*LETTERS[:-1], "ß")}, "the symbols differ, number 39 is 'z' and 'ß'"),
        ({"symbols": (*LETTERS, "ß")}, "the symbols differ, 40 and 41 of them"),
        ({"blanks": "none"}, "blanks differs, 'between' and 'none'"),
    ],
)
def test_two_ways_to_read_are_refused(change, told):
    CHARACTERS.require_same(dataclasses.replace(CHARACTERS))
    with pytest.raises(TextMismatch, match=f"voice.pt: {told}"):
        CHARACTERS.require_same(dataclasses.replace(CHARACTERS, **change), "voice.pt")


@pytest.mark.parametrize(
    "fields, told",
    [
        ({"symbols": ("a", "a")}, "'a' occurs twice"),
        ({"symbols": ("", "")}, "at least one symbol"),
        ({"blank": "ß"}, "blank is 'ß'"),
        ({"first": "ß"}, "first is 'ß'"),
        ({"blanks": "some"}, "none, between or around"),
        ({"others": (("x", 40),)}, r"ids must be in 0\.\.39"),
    ],
)
def test_bad_fields_are_named(fields, told):
    with pytest.raises(ValueError, match=told):
        dataclasses.replace(CHARACTERS, **fields)


@pytest.mark.parametrize("name", MENUS["task.text"])
def test_plain_data_that_reads_its_language(name):
    text = MENUS["task.text"][name]
    assert serialize.loads(serialize.dumps(text)) == text
    assert hash(text) == hash(dataclasses.replace(text))
    sentence = (
        "我们走吧，好!" if name == "pinyin" else "The quick brown fox jumps; over 13 lazy dogs?"
    )
    spelled = text.spell(sentence)
    assert len(spelled.ids) > 20 and not spelled.unknown
    assert max(spelled.ids) < text.size
