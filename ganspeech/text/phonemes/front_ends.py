"""Front ends: what makes a sentence a list of symbols that a network can speak.

One that needs a package says so in one line where it is missing, when it is first used.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

from num2words import CONVERTER_CLASSES, num2words

from ganspeech.text.english.letters import for_espeak, letters_apart
from ganspeech.text.english.speakable import english_letters, spoken_form
from ganspeech.text.phonemes.espeak import espeak_phonemes
from ganspeech.text.phonemes.gruut import gruut_phonemes
from ganspeech.text.phonemes.mandarin import pinyin

_LARGEST_AMHARIC = 1_000_000
"""Largest number: beyond it num2words never returns for Amharic."""


class FrontEnd(ABC):
    """How a sentence becomes symbols; subclasses are frozen dataclasses, plain data."""

    @abstractmethod
    def phonemes(self, sentence: str) -> list[str]:
        """The symbols of a sentence, with spaces and punctuation.

        Characters that it cannot read are among them as they are, so that whoever has no number for
        them can name them. `ValueError` when its package is missing or lacks the language.
        """


@dataclass(frozen=True)
class Gruut(FrontEnd):
    """Phonemes from gruut's dictionary, and its guesses for words that are not in there."""

    language: str = "en-us"
    """Language as gruut names it. English comes with it; others are packages, `gruut-lang-de`."""

    def phonemes(self, sentence: str) -> list[str]:
        """IPA, a code point each, with stress and punctuation."""
        return gruut_phonemes(self.language, sentence)


@dataclass(frozen=True)
class Espeak(FrontEnd):
    """Phonemes by espeak-ng, clause by clause as Piper's voices were trained on them."""

    voice: str = "en-us"
    """Language as espeak-ng names it: `de`, `fr`, `cmn`."""

    def phonemes(self, sentence: str) -> list[str]:
        """IPA, a code point each, with stress and the punctuation that ends clauses."""
        english = self.voice.lower().startswith("en")
        text = for_espeak(spoken_form(sentence)) if english else sentence
        return espeak_phonemes(self.voice, text)


@dataclass(frozen=True)
class Pinyin(FrontEnd):
    """Mandarin in Latin letters, each syllable followed by the digit of its tone."""

    def phonemes(self, sentence: str) -> list[str]:
        """Letters, tones 1 to 5, spaces between syllables, punctuation."""
        return pinyin(sentence)


@dataclass(frozen=True)
class Plain(FrontEnd):
    """The characters as they are written, for any language."""

    lowercase: bool = True
    """Whether letters lose their case."""
    numbers: str = ""
    """The language in whose words numbers are written, as num2words names it; `en` also has dates,
    money, units and abbreviations; numbers that num2words cannot say stay digits; empty: all as
    written."""
    form: Literal["NFC", "NFD"] = "NFC"
    """Unicode's form: accents in one with their letters, or apart from them."""

    def __post_init__(self):
        if self.numbers and self.numbers not in CONVERTER_CLASSES:
            known = ", ".join(sorted(CONVERTER_CLASSES))
            raise ValueError(f"numbers: no words of {self.numbers!r}; there are {known}")

    def phonemes(self, sentence: str) -> list[str]:
        """One character each."""
        text = unicodedata.normalize("NFC", sentence)
        if self.numbers == "en":
            text = letters_apart(spoken_form(english_letters(text)))
        elif self.numbers:
            text = re.sub(r"\d{1,15}(?:\.\d{1,15})?", self._words, text)
        text = text.lower() if self.lowercase else text
        return list(unicodedata.normalize(self.form, " ".join(text.split())))

    def _words(self, found: re.Match) -> str:
        number = float(found[0]) if "." in found[0] else int(found[0])
        if self.numbers == "am" and number > _LARGEST_AMHARIC:
            return found[0]
        try:
            return num2words(number, lang=self.numbers)
        except Exception:  # Each language of num2words fails in ways of its own.
            return found[0]
