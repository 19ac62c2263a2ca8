"""Front ends: what makes a sentence a list of symbols that a network can speak."""

from abc import ABC, abstractmethod
from dataclasses import dataclass


class FrontEndError(ValueError):
    """A front end that cannot work here; the message says what to install or to change."""


class FrontEnd(ABC):
    """How a sentence becomes symbols; subclasses are frozen dataclasses, plain data."""

    @abstractmethod
    def phonemes(self, sentence: str) -> list[str]:
        """The symbols of a sentence, with spaces and punctuation; what nobody speaks is left out.

        ``FrontEndError`` when its package is missing or does not know its language.
        """


@dataclass(frozen=True)
class Gruut(FrontEnd):
    """Phonemes from gruut's dictionary, and its guesses for words that are not in there."""

    language: str = "en-us"
    """As gruut names it. English comes with it; others are packages, `gruut-lang-de`."""

    def phonemes(self, sentence: str) -> list[str]:
        """IPA, a code point each, with stress and punctuation."""
        raise NotImplementedError


@dataclass(frozen=True)
class Espeak(FrontEnd):
    """Phonemes by espeak-ng, clause by clause as Piper's voices were trained on them."""

    voice: str = "en-us"
    """As espeak-ng names it: `de`, `fr-fr`, `cmn`."""

    def phonemes(self, sentence: str) -> list[str]:
        """IPA, a code point each, with stress and the punctuation that ends clauses."""
        raise NotImplementedError


@dataclass(frozen=True)
class Pinyin(FrontEnd):
    """Mandarin in Latin letters, each syllable followed by the digit of its tone."""

    def phonemes(self, sentence: str) -> list[str]:
        """Letters, tones 1 to 5, spaces between words, punctuation."""
        raise NotImplementedError


@dataclass(frozen=True)
class Plain(FrontEnd):
    """The characters as they are written, for any language."""

    lowercase: bool = True
    """Whether letters lose their case."""
    numbers: str = ""
    """The language whose words numbers are written in, as num2words names it; empty: as digits."""
    form: str = "NFC"
    """Unicode's normal form: NFC, accents with their letters, or NFD, apart from them."""

    def phonemes(self, sentence: str) -> list[str]:
        """One character each."""
        raise NotImplementedError
