"""Words and their phonemes, also where front ends join, expand and reorder."""

import pytest

from ganspeech.text.phonemes.front_ends import Espeak, Gruut, Plain
from ganspeech.text.script.visemes import VISEMES, viseme
from ganspeech.text.script.words import match_words
from ganspeech.text.symbols import IPA


@pytest.mark.parametrize(
    "front, text, found",
    [
        (Espeak("en-us"), "The end of the world.",
         ["The ðɪ", "end ˈɛnd", "of the ʌvðə", "world. wˈɜːld"]),
        (Gruut(), "It is 7:30 — on May 3,",
         ["It ˈɪt", "is ˈɪz", "7:30 — sˈɛvən θˈɚti", "on ˈɔn", "May 3, mˈeɪ θˈɚd"]),
        (Espeak("en-us"), "Pay $2.5 million & go",
         ["Pay pˈeɪ", "$2.5 million tˈuː pˈɔɪnt fˈaɪv mˈɪliən dˈɑːlɚz", "& ænd", "go ɡˈoʊ"]),
        (Espeak("de"), "Um 12 Uhr", ["Um ʊm", "12 tsvˈœlf", "Uhr ˈuːɾ"]),
        (Plain(numbers="en"), "(Go!) 22", ["(Go!) go", "22 twenty-two"]),
        (Espeak("en-us"), "— 日本 —", []),
    ],
)  # fmt: skip
def test_words_have_their_phonemes(front, text, found):
    words, symbols = text.split(), front.phonemes(text)
    if not found:
        symbols = []
    matched = match_words([(word, word) for word in words], symbols, front.phonemes)
    assert [
        f"{' '.join(words[one.first : one.last])} {''.join(symbols[one.begin : one.end])}"
        for one in matched
    ] == found


def test_what_is_read_unlike_its_words_is_one_word():
    (only,) = match_words([("a", "a"), ("b", "b")], list("x y z x y z x y z x y z"), list)
    assert (only.first, only.last) == (0, 2)


def test_each_sound_of_ipa_has_a_shape():
    without = [symbol for symbol in IPA if symbol.isalpha() and symbol not in "ˈˌːˑʲʰˤ"]
    assert all(viseme(symbol) in VISEMES for symbol in without)
    assert [viseme(s) for s in "pθəˈ"] == ["PP", "TH", "E", None]
