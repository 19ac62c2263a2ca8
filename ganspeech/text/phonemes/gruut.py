"""Phonemes by gruut: a dictionary, and a model that guesses words which are not in there."""

import re
import unicodedata
import warnings
from importlib.util import find_spec

from ganspeech.text.english.letters import in_capitals
from ganspeech.text.english.speakable import english_letters, spoken_form

BREAKS = re.compile(r"[.,:;!?]")
_TIE = "\N{COMBINING DOUBLE INVERTED BREVE}"
_SPELLED = str.maketrans({"g": "ɡ", _TIE: "", "\N{COMBINING DOUBLE BREVE BELOW}": ""})


class GruutError(ValueError):
    """A language that gruut cannot read here."""


def gruut_phonemes(language: str, sentence: str) -> list[str]:
    """Code points of IPA, in the form NFD without ties; words parted by spaces, with punctuation.

    Characters that gruut has no sound for come as they are, for the caller to name. `GruutError`
    for a language that is not installed.
    """
    gruut, language = _gruut(language)
    english = language.startswith("en")
    text = _parted(spoken_form(english_letters(sentence)) if english else sentence)
    known, foreign = _known(text, english)
    known = in_capitals(known) if english else known
    symbols: list[str] = []
    for part in gruut.sentences(known, lang=language):
        for word in part:
            if word.is_break or not word.phonemes:
                mark = BREAKS.search(word.text)
                letters = [c for c in word.text if c.isalpha()]
                foreign += letters if not word.is_break else []
                symbols += [mark[0]] if mark and symbols else []
                continue
            sounds = unicodedata.normalize("NFD", "".join(word.phonemes)).translate(_SPELLED)
            symbols += [" ", *sounds] if symbols else list(sounds)
    return symbols + foreign


def _gruut(language: str):
    try:
        with warnings.catch_warnings():
            # What gruut is made of uses things that later Pythons advise against.
            warnings.simplefilter("ignore", DeprecationWarning)
            import gruut
    except ImportError:
        raise GruutError("phonemes by gruut need its package: pip install gruut") from None
    code = language.replace("_", "-").lower()
    short = code.split("-")[0]
    if not (gruut.is_language_supported(code) or gruut.is_language_supported(language)):
        known = ", ".join(sorted(gruut.get_supported_languages()))
        raise GruutError(f"gruut does not know the language {language!r}; it knows {known}")
    if find_spec(f"gruut_lang_{short}") is None:
        raise GruutError(f"gruut has no dictionary of {language!r}: pip install gruut-lang-{short}")
    return gruut, code


def _parted(text: str) -> str:
    """Dashes between words as commas, and dots of an ellipsis as one."""
    text = re.sub(r"\s*—\s*|\s+(?:-{1,2}|–)\s+|\s*--\s*", ", ", text)
    return re.sub(r"\.{2,}", lambda f: ", " if f.string[f.end() :].strip() else ".", text)


def _known(text: str, english: bool) -> tuple[str, list[str]]:
    """A text without what gruut drops unseen, and that: emoji, and of English foreign letters."""

    def dropped(character: str) -> bool:
        if character.isalpha():
            return english and not character.isascii()
        return unicodedata.category(character)[0] in "SM" and not character.isascii()

    kept = "".join(" " if dropped(character) else character for character in text)
    if english:
        # gruut spells words in capitals; long ones and shouted texts are not meant so.
        words = re.findall(r"[A-Za-z']{2,}", kept)
        if len(words) > 2 and all(word.isupper() for word in words):
            kept = kept.lower()
        kept = re.sub("[A-Z]{5,}", lambda found: found[0].lower(), kept)
    return kept, [character for character in text if dropped(character)]
