"""Front ends, which turn a sentence into symbols that a network can speak.

A missing package is reported in one line when its front end is first used.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from num2words import CONVERTER_CLASSES, num2words

from ganspeech.text.english.letters import for_espeak, letters_apart, without_shouting
from ganspeech.text.english.speakable import english_letters, spoken_form
from ganspeech.text.phonemes.espeak import espeak_phonemes
from ganspeech.text.phonemes.gruut import gruut_phonemes
from ganspeech.text.phonemes.mandarin import pinyin

_LARGEST_AMHARIC = 1_000_000
"""Largest number in Amharic; for greater ones num2words never returns."""


class FrontEnd(ABC):
    """Converter of sentences to symbols; subclasses are frozen dataclasses, plain data."""

    phonemic: ClassVar[bool] = True
    """Whether its symbols are phonemes in IPA."""

    @abstractmethod
    def phonemes(self, sentence: str) -> list[str]:
        """Symbols of a sentence, with spaces and punctuation.

        Characters that it cannot read are kept as they are, for the caller to report. Raises
        ValueError when its package is missing or lacks the language.
        """


@dataclass(frozen=True)
class Gruut(FrontEnd):
    """Phonemes from gruut's dictionary, and its guesses for other words."""

    language: str = "en-us"
    """Language as gruut names it. English is included; others are packages, `gruut-lang-de`."""

    def phonemes(self, sentence: str) -> list[str]:
        """IPA, one code point each, with stress and punctuation."""
        return gruut_phonemes(self.language, sentence)


@dataclass(frozen=True)
class Espeak(FrontEnd):
    """Phonemes by espeak-ng, clause by clause as Piper's voices were trained on them."""

    voice: str = "en-us"
    """Language as espeak-ng names it: `de`, `fr`, `cmn`."""

    def phonemes(self, sentence: str) -> list[str]:
        """IPA, one code point each, with stress and the punctuation that ends clauses."""
        english = self.voice.lower().startswith("en")
        text = for_espeak(spoken_form(without_shouting(sentence))) if english else sentence
        return espeak_phonemes(self.voice, text)


@dataclass(frozen=True)
class Pinyin(FrontEnd):
    """Mandarin in Latin letters, each syllable followed by the digit of its tone."""

    phonemic: ClassVar[bool] = False

    def phonemes(self, sentence: str) -> list[str]:
        """Letters, tones 1 to 5, spaces between syllables, punctuation."""
        return pinyin(sentence)


@dataclass(frozen=True)
class Plain(FrontEnd):
    """The characters as they are written, for any language."""

    phonemic: ClassVar[bool] = False

    lowercase: bool = True
    """Whether letters lose their case."""
    numbers: str = ""
    """Language of the words for numbers, as num2words names it; `en` also expands dates, money,
    units and abbreviations; numbers that num2words does not support stay digits; empty: nothing is
    expanded."""
    form: Literal["NFC", "NFD"] = "NFC"
    """Unicode form: accents composed with their letters, or separate."""

    def __post_init__(self):
        if self.numbers and self.numbers not in CONVERTER_CLASSES:
            known = ", ".join(sorted(CONVERTER_CLASSES))
            raise ValueError(f"numbers: no language {self.numbers!r} in num2words; it has {known}")

    def phonemes(self, sentence: str) -> list[str]:
        """Characters, one each."""
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
        except Exception:  # Each language of num2words fails in its own way.
            return found[0]
