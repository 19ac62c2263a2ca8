"""Phonemes by gruut: a dictionary, and a model that guesses other words."""

import re
import unicodedata
import warnings
from importlib.util import find_spec
from typing import Any

from ganspeech.text.english.letters import in_capitals, without_shouting
from ganspeech.text.english.speakable import english_letters, spoken_form

BREAKS = re.compile(r"[.,:;!?]")
_TIE = "\N{COMBINING DOUBLE INVERTED BREVE}"
_SPELLED = str.maketrans({"g": "ɡ", _TIE: "", "\N{COMBINING DOUBLE BREVE BELOW}": ""})


class GruutError(ValueError):
    """Language that gruut cannot read here."""


def gruut_phonemes(language: str, sentence: str) -> list[str]:
    """Code points of IPA in NFD without ties; words separated by spaces, with punctuation.

    Characters that gruut has no sound for are kept as they are, for the caller to report.
    Raises `GruutError` for a language that is not installed.
    """
    read, foreign = _read(language, sentence)
    symbols: list[str] = []
    for word in read:
        if word.is_break or not word.phonemes:
            mark = BREAKS.search(word.text)
            symbols += [mark[0]] if mark and symbols else []
            continue
        sounds = unicodedata.normalize("NFD", "".join(word.phonemes)).translate(_SPELLED)
        symbols += [" ", *sounds] if symbols else list(sounds)
    return symbols + foreign


def gruut_words(language: str, sentence: str) -> tuple[list[list[str]], list[str]]:
    """Phonemes of each word, diphthongs and affricates as one, and characters without a sound.

    IPA in NFD without ties. Raises `GruutError` for a language that is not installed.
    """
    read, foreign = _read(language, sentence)
    words = [
        [unicodedata.normalize("NFD", phoneme).translate(_SPELLED) for phoneme in word.phonemes]
        for word in read
        if word.phonemes and not word.is_break
    ]
    return words, foreign


def _read(language: str, sentence: str) -> tuple[list[Any], list[str]]:
    """Words and breaks as gruut has them, and characters that it has no sound for."""
    gruut, language = _gruut(language)
    english = language.startswith("en")
    text = _punctuated(spoken_form(english_letters(sentence)) if english else sentence)
    known, foreign = _known(text, english)
    known = in_capitals(known) if english else known
    words = [word for part in gruut.sentences(known, lang=language) for word in part]
    silent = (word.text for word in words if not word.is_break and not word.phonemes)
    return words, foreign + [c for text in silent for c in text if c.isalpha()]


def _gruut(language: str):
    try:
        with warnings.catch_warnings():
            # gruut's dependencies use deprecated features.
            warnings.simplefilter("ignore", DeprecationWarning)
            import gruut
    except ImportError:
        raise GruutError("phonemes by gruut need its package: pip install gruut") from None
    code = language.replace("_", "-").lower()
    short = code.split("-")[0]
    if not (gruut.is_language_supported(code) or gruut.is_language_supported(language)):
        known = ", ".join(sorted(gruut.get_supported_languages()))
        raise GruutError(f"gruut does not support the language {language!r}; it supports {known}")
    if find_spec(f"gruut_lang_{short}") is None:
        raise GruutError(f"gruut has no dictionary of {language!r}: pip install gruut-lang-{short}")
    return gruut, code


def _punctuated(text: str) -> str:
    """Writes dashes between words as commas, and an ellipsis as a comma or a period."""
    text = re.sub(r"\s*—\s*|\s+(?:-{1,2}|–)\s+|\s*--\s*", ", ", text)
    return re.sub(r"\.{2,}", lambda f: ", " if f.string[f.end() :].strip() else ".", text)


def _known(text: str, english: bool) -> tuple[str, list[str]]:
    """Splits off what gruut would silently drop: emoji, and in English foreign letters."""

    def dropped(character: str) -> bool:
        if character.isalpha():
            return english and not character.isascii()
        return unicodedata.category(character)[0] in "SM" and not character.isascii()

    kept = "".join(" " if dropped(character) else character for character in text)
    if english:
        # gruut spells words in capitals; long ones and all-caps texts are plain words.
        kept = re.sub("[A-Z]{5,}", lambda found: found[0].lower(), without_shouting(kept))
    return kept, [character for character in text if dropped(character)]
