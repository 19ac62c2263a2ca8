"""Vocabulary of a few words whose symbols are their phones."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ganspeech.text.phonemes.lexicon import LexiconError, pronunciation
from ganspeech.text.vocabulary import BLANK, Phones, Vocabulary, phones_of

DIGIT_ENTRIES = (
    "zero Z IH R OW", "one W AH N", "two T UW", "three TH R IY", "four F AO R", "five F AY V",
    "six S IH K S", "seven S EH V AH N", "eight EY T", "nine N AY N",
)  # fmt: skip


@dataclass(frozen=True)
class SpelledWords(Vocabulary):
    """A few words, which a recognizer hears phone by phone and decodes as whole words.

    The symbols are those of `Phones`, so a recognizer of phones is a whole start for one of these.
    """

    entries: tuple[str, ...] = DIGIT_ENTRIES
    """Words and their phones, as lines of a lexicon (see `read_lexicon`): "two T UW". A word with
    several pronunciations is encoded by the first."""

    unit = "word"

    def __post_init__(self):
        if not self.entries:
            raise ValueError("entries must have at least one word and its phones")
        try:
            pronounced = self._pronounced
        except LexiconError as error:
            raise ValueError(f"entries: {error}") from error
        first: dict[tuple[str, ...], str] = {}
        for entry, (word, phones) in zip(self.entries, pronounced):
            if word.split() != [word]:
                raise ValueError(f"entries must begin with single words, unlike {entry!r}")
            if (heard := first.setdefault(phones, word)) != word:
                raise ValueError(f"entries has {heard!r} and {word!r}, which sound the same")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The blank and the phones."""
        return Phones().symbols

    @property
    def known(self) -> tuple[str, ...]:
        """The words."""
        return tuple(self._phones)

    @property
    def spellings(self) -> tuple[tuple[int, ...], ...]:
        """Ids of the phones of each entry."""
        return tuple(self._entries)

    def tokens(self, text: str) -> list[str]:
        """Phones of a text; raises `UnknownSymbols`, naming words that are no entries."""
        return phones_of(text, self._phones, "words outside the vocabulary")

    def decode(self, ids: Sequence[int]) -> str:
        """The words, with single spaces, of phones that spell entries one after the other.

        Of other phones, as a best path may have them, only the words before these.
        """
        return " ".join(word for word, _ in self._read([n for n in ids if n != BLANK]))

    def starts(self, ids: Sequence[int]) -> list[int]:
        """Places of the phones that words begin with."""
        return [start for _, start in self._read(ids)]

    def _read(self, ids: Sequence[int]) -> list[tuple[str, int]]:
        """Words and the places where they start, as far as the phones spell words."""
        self._symbols_of(ids)
        read: dict[int, list[tuple[str, int]]] = {0: []}  # by the place reached
        for place in range(len(ids)):
            for spelling, word in self._entries.items() if place in read else ():
                end = place + len(spelling)
                if tuple(ids[place:end]) == spelling:
                    read.setdefault(end, [*read[place], (word, place)])
        return read[max(read)]

    @cached_property
    def _pronounced(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Word and phones of each entry."""
        return tuple(map(pronunciation, self.entries))

    @cached_property
    def _phones(self) -> dict[str, tuple[str, ...]]:
        """First pronunciation of each word."""
        found: dict[str, tuple[str, ...]] = {}
        for word, phones in self._pronounced:
            found.setdefault(word, phones)
        return found

    @cached_property
    def _entries(self) -> dict[tuple[int, ...], str]:
        """Words by their phones' ids."""
        numbers = self._numbers
        return {
            tuple(numbers[phone] for phone in phones): word for word, phones in self._pronounced
        }
