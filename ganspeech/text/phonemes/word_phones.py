"""Phones of words: what a recognizer of phones hears of a text, without stress."""

import re

from ganspeech.text.english.normalization import normalized
from ganspeech.text.phonemes.front_ends import Espeak
from ganspeech.text.phonemes.gruut import gruut_words
from ganspeech.text.phonemes.lexicon import read_lexicon
from ganspeech.text.vocabulary import UnknownSymbols

PROGRAMS = ("gruut", "espeak")
"""Front ends by name; any other name is the file of a lexicon."""

_STRESS = str.maketrans("", "", "ˈˌ")
_PHONE = re.compile(r"tʃ|dʒ|aɪ|aʊ|eɪ|oʊ|ɔɪ|əʊ|[^\W\d_]")
_MARKS = re.compile(r"[\u02b0-\u02ff\u0300-\u036f]*")
"""Modifier letters, signs of length and diacritics, which belong to the phone before them."""


def word_phones(front: str, language: str, sentence: str) -> list[tuple[str, ...]]:
    """Phones of each word of a sentence.

    `front` is "gruut" or "espeak", which give IPA in NFD with diphthongs and affricates as one
    phone, or the file of a lexicon (see `read_lexicon`), which gives ARPAbet. `language` is what
    the program calls it; a lexicon needs none. Raises `UnknownSymbols`, naming words that the
    lexicon lacks, and characters without a sound; ValueError when a program lacks the language.
    """
    if front == "gruut":
        words, foreign = gruut_words(language, sentence)
        if foreign:
            raise UnknownSymbols("characters without a sound", list(dict.fromkeys(foreign)))
        found = [tuple(phone.translate(_STRESS) for phone in word) for word in words]
    elif front == "espeak":
        ipa = "".join(Espeak(language).phonemes(sentence)).translate(_STRESS)
        found = [tuple(_phones(word)) for word in ipa.split()]
    else:
        found = _listed(front, sentence)
    return [word for word in found if word]


def _phones(word: str) -> list[str]:
    phones, place = [], 0
    while place < len(word):
        phone = _PHONE.match(word, place)
        if not phone:  # punctuation
            place += 1
            continue
        marks = _MARKS.match(word, phone.end())
        assert marks
        place = marks.end()
        phones.append(phone[0] + marks[0])
    return phones


def _listed(lexicon: str, sentence: str) -> list[tuple[str, ...]]:
    words, known = normalized(sentence).split(), read_lexicon(lexicon)
    if missing := [word for word in dict.fromkeys(words) if word not in known]:
        raise UnknownSymbols(f"words missing from the lexicon {lexicon}", missing)
    return [known[word] for word in words]
