"""Texts that SSML replaces: read apart from their neighbors, and shown as they are written."""

import pytest

from ganspeech.text.phonemes.front_ends import Espeak
from ganspeech.text.script.lexicon import Lexicon
from ganspeech.text.script.reading import Reading, read
from ganspeech.text.script.ssml import Abilities, ssml_script
from ganspeech.text.spoken_text import ESPEAK

ABILITIES = Abilities(Espeak("en-us"), lambda name: None, (0.25, 4.0))
SPELL = "say-as interpret-as='characters'"


def readings(inside: str, words: dict[str, str] | None = None) -> list[Reading]:
    lexicon = Lexicon.from_words(words) if words else None
    script = ssml_script(f"<speak>{inside}</speak>", ABILITIES)
    assert not script.notes
    return [read(item, ESPEAK, lexicon) for item in script.items]


def said(inside: str, words: dict[str, str] | None = None) -> str:
    return "".join("".join(one.spelled.symbols[1:-1:2]) for one in readings(inside, words))


@pytest.mark.parametrize(
    "inside, apart",
    [
        (f"<{SPELL}>AB</say-as>C", "A.B C"),
        ("<say-as interpret-as='cardinal'>5</say-as>km", "five km"),
        ("x<mark name='m'/><sub alias='five'>5</sub><mark name='n'/>km", "x five km"),
        ("<sub alias='one'>1</sub><sub alias='two'>2</sub>", "one two"),
        ("<sub alias='C'>c</sub>-based, (<sub alias='one'>1</sub>)", "C-based, (one)"),
        ("<sub alias='one'>1</sub><phoneme ph='kæt'>cat</phoneme>", "one [[kæt]]"),
    ],
)
def test_letters_and_digits_are_kept_apart(inside, apart):
    assert said(inside) == said(apart)


def test_scripts_without_spaces_have_none_added():
    (item,) = ssml_script("<speak>我有<sub alias='五'>5</sub>个</speak>", ABILITIES).items
    assert " " not in item.sentence.text


@pytest.mark.parametrize(
    "inside, shown, words",
    [
        (f"said <{SPELL}>a</say-as>.", "said a.", [("said", "said"), ("a.", "Ae.")]),
        (f"(<{SPELL}>W3-a</say-as>)", "(W3-a)", [("(W3-a)", "(W, three, dash, Ae)")]),
        ("<sub alias='World Wide Web'>W W W</sub> of", "W W W of",
         [("W", "World Wide Web"), ("W", ""), ("W", ""), ("of", "of")]),
        ("Go.<mark name='m'/> <sub alias='W. H. O.'>WHO</sub>", "Go. WHO",
         [("Go.", "Go."), ("WHO", "W. H. O.")]),
        ("one gif, <sub alias='gif two'>g2</sub>!", "one gif, g2!",
         [("one", "one"), ("gif,", "jif,"), ("g2!", "jif two!")]),
        ("a <sub alias='CAT'>kitty</sub> ran", "a kitty ran",
         [("a", "a"), ("kitty", ""), ("ran", "ran")]),
        ("a <sub alias='big cat'>kitty</sub>", "a big cat",
         [("a", "a"), ("big", "big"), ("cat", "")]),
    ],
)  # fmt: skip
def test_words_are_shown_as_they_are_written(inside, shown, words):
    found = readings(inside, {"gif": "jif", "cat": "/kæt/"})
    stretches = [stretch for one in found for stretch in one.stretches]
    assert " ".join(one.text for one in found) == shown
    assert [pair for stretch in stretches for pair in stretch.words] == words


def test_marks_stay_at_their_words():
    inside = "<sub alias='one two three'>123</sub> <mark name='m'/>go<mark name='n'/>"
    (stretch,) = (stretch for one in readings(inside) for stretch in one.stretches)
    assert (stretch.text, stretch.marks) == ("123 go", ((4, "m"), (6, "n")))


@pytest.mark.parametrize("alias", ["word " * 99, "Word word. Word."])
def test_what_is_cut_into_sentences_is_shown_as_it_is_read(alias):
    found = readings(f"<sub alias='{alias}'>w</sub>")
    assert len(found) > 1 and " ".join(one.text for one in found) == alias.strip()
