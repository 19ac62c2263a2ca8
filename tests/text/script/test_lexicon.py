"""Words that an author pronounces: phonemes in brackets, and lines of a lexicon."""

import pytest

from ganspeech.text.phonemes.front_ends import Espeak, Plain
from ganspeech.text.script.ipa import with_s
from ganspeech.text.script.lexicon import Lexicon
from ganspeech.text.script.plain import plain_script
from ganspeech.text.script.reading import read
from ganspeech.text.sentences import sentences
from ganspeech.text.spoken_text import ESPEAK
from ganspeech.text.symbols import LETTERS

WORDS = (
    "# ours\n\nGIF\tjif\nganspeech\t/ˈɡænspiːtʃ/\nC++\t[siː plʌs plʌs]\nbus\t/bʌs/\nI\t/aɪ/\r\n"
    "Knut\t/knuːt/\n"
)


@pytest.fixture
def lexicon(tmp_path) -> Lexicon:
    (tmp_path / "words.tsv").write_text(WORDS, "utf-8")
    return Lexicon.read(tmp_path / "words.tsv")


def said(text: str, lexicon: Lexicon | None = None) -> str:
    readings = [read(item, ESPEAK, lexicon) for item in plain_script(text).items]
    return " / ".join("".join(reading.spelled.symbols[::2]) for reading in readings)


@pytest.mark.parametrize(
    "text, symbols",
    [
        ("A [[təˈmɑːtoʊ]]. Yes.", "^ɐ təˈmɑːtoʊ.$ / ^jˈɛs.$"),
        ("[[ t͡ʃɪ.p ]], he said", "^tʃɪp, hiː sˈɛd$"),
        ("[[ɡoʊ]]!", "^ɡoʊ!$"),
        ("un[[duː]] the [[æpəl]]", "^ˈʌn duː ðɪ æpəl$"),
        ("[x](https://a.b) [1]", "^ˈɛks wˌʌn$"),
        ("[[oʊ, noʊ]] [[[oʊ]]]", "^oʊ, noʊ oʊ$"),
    ],
)
def test_brackets(text, symbols):
    assert said(text) == symbols


@pytest.mark.parametrize(
    "text, noted",
    [
        ("Hi.\n\n[[Main Page]]", "line 3: 'M' in [[Main Page]] is not a symbol of IPA"),
        ("array[[0]] [[0]]", "line 1: [[0]] has no sound"),
        ("<b>a</b>\n<i>[[ˈˈ]]</i> a", "line 2: [[ˈˈ]] has no sound"),
        ("a [[ ]]", "line 1: [[ ]] has no sound"),
        ("say [[hɛlo", "line 1: '[[hɛlo' has no closing ]]"),
        ("[[h@'loU]] a", "line 1: '@' in [[h@'loU]] is not a symbol of IPA"),
    ],
)
def test_brackets_without_phonemes_are_noted_and_read(text, noted):
    script = plain_script(text)
    assert script.notes == (f"{noted}; it is read as any other text",)
    assert not any(item.inserted for item in script.items)
    assert said(text) == " / ".join(
        "".join(ESPEAK.spell(sentence.text).symbols[::2]) for sentence in sentences(text)
    )


def test_brackets_are_no_letters():
    script = plain_script("One.\nTwo [[tuː]] three.", phonemes=False)
    assert [item.sentence.text for item in script.items] == ["One.", "Two three."]
    assert script.notes == ("line 2: phonemes in [[ ]] are left out: this voice reads letters",)


@pytest.mark.parametrize(
    "text, symbols",
    [
        ("A GIF, and GIFs.", "^ɐ dʒˈɪf, ænd dʒˈɪfs.$"),
        ("(GANSPEECH's) C++.", "^ˈɡænspiːtʃɪz siː plʌs plʌs.$"),
        ("Two buses, Knut’s.", "^tˈuː bʌsɪz, knuːts.$"),
        ("GANspeech-based; is", "^ˈɡænspiːtʃ bˈeɪst; ɪz$"),
        ("I go", "^aɪ ɡˈoʊ$"),
        ("Nothing of these.", "^nˈʌθɪŋ ʌv ðˈiːz.$"),
    ],
)
def test_words_in_any_case_plural_and_possessive(text, symbols, lexicon):
    assert said(text, lexicon) == symbols


@pytest.mark.parametrize(
    "word, said, plural, ended",
    [
        ("tomato", "/təmɑː/", "Tomatoes", "təmɑːz"),
        ("echo", "/ɛkoʊ/", "echoes'", "ɛkoʊz"),
        ("cache", "/kæʃ/", "caches", "kæʃɪz"),
        ("house", "/haʊs/", "house's", "haʊsɪz"),
        ("size", "/saɪz/", "SIZES", "saɪzɪz"),
        ("axe", "/æks/", "axes", "æksɪz"),
        ("bus", "/bʌs/", "buses'", "bʌsɪz"),
        ("cache", "cash", "caches", "cashes"),
        ("echo", "ekko", "echoes", "ekkos"),
        ("cafe\u0301", "/kæfeɪ/", "café", "kæfeɪ"),
    ],
)
def test_every_ending_is_tried(word, said, plural, ended):
    (hit,) = Lexicon.from_words({word: said}).found(f"two {plural}.")
    assert (hit.entry.ipa or hit.entry.respelled, hit.begin) == (ended, 4)


def test_short_words_have_no_plurals():
    assert not list(Lexicon.from_words({"I": "/aɪ/", "go": "/ɡoʊ/"}).found("is goes"))


@pytest.mark.parametrize(
    "ipa, ended",
    [("kæt", "kæts"), ("dɒɡ", "dɒɡz"), ("siː", "siːz"), ("dʒʌdʒ", "dʒʌdʒɪz"), ("bɑːθ", "bɑːθs")],
)
def test_an_ending_is_voiced_as_the_sound_before_it(ipa, ended):
    assert with_s(ipa) == ended


@pytest.mark.parametrize(
    "line, told",
    [
        ("gif jif", "line 2: no tab: write a word, a tab, and /IPA/ or a respelling"),
        ("gif\t", "line 2: write a word, one tab, and /IPA/ or a respelling"),
        ("gif\t/dʒɪf", "line 2: the phonemes '/dʒɪf' must stand between / and /, or [ and ]"),
        ("gif\t/dʒ%f/", "line 2: '%' in /dʒ%f/ is not a symbol of IPA"),
        ("gif\t/ˈ/", "has no sound"),
        ("New York\t/njuː/", "line 2: 'New York' is more than one word"),
        ("A\t/eɪ/", "line 2: 'A' differs from line 1"),
        ("b\tbee\x00", r"line 2: 'bee\x00' must be one line without control characters"),
    ],
)
def test_bad_lines_are_named(line, told, tmp_path):
    path = tmp_path / "words.tsv"
    path.write_text(f"a\t/a/\n{line}\n", "utf-8")
    with pytest.raises(ValueError) as caught:
        Lexicon.read(path)
    assert str(caught.value).startswith(f"{path}, ") and told in str(caught.value)


def test_words_of_an_object_are_those_of_a_file(lexicon, tmp_path):
    cells = [line.split("\t") for line in WORDS.splitlines() if "\t" in line]
    assert Lexicon.from_words(dict(cells)) == lexicon
    assert Lexicon.from_words({"A": "b", "a ": " b"}).entries.keys() == {"a"}
    (tmp_path / "twice.tsv").write_text("GIF\t/dʒɪf/\ngif\t[dʒɪf]\n", "utf-8")
    twice = Lexicon.from_words({"GIF": "/dʒɪf/", "gif": "[dʒɪf]"})
    assert Lexicon.read(tmp_path / "twice.tsv") == twice and len(twice.entries) == 1
    with pytest.raises(ValueError, match="lexicon, word 'a': it differs from 'A'"):
        Lexicon.from_words({"A": "b", "a": "c"})


@pytest.mark.parametrize(
    "content, told", [(b"", "has no words"), (b"a\xff", "it is not UTF-8 text"), (None, "No such")]
)
def test_files_that_are_none(content, told, tmp_path):
    path = tmp_path / "words.tsv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=told):
        Lexicon.read(path)


@pytest.mark.parametrize("front", [Espeak("en-us"), Plain()], ids=["espeak", "letters"])
def test_plain_texts_are_read_as_before(front):
    text = "Dr. No paid $5, on May 3: 7:30! 'Hm'...\n\nA list:\n- one\n- [two](http://x.y)"
    spoken = ESPEAK if isinstance(front, Espeak) else type(ESPEAK)(Plain(), LETTERS)
    items = plain_script(text).items
    found = sentences(text)
    assert [item.sentence.text for item in items] == [sentence.text for sentence in found]
    assert [i.sentence.pause for i in items] == [s.pause for s in found[:-1]] + [0.0]
    for item, sentence in zip(items, found):
        reading = read(item, spoken)
        assert reading.spelled == spoken.spell(sentence.text) and reading.text == sentence.text
