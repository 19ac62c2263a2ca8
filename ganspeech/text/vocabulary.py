"""Vocabularies: the symbols of a recognizer's texts; symbol 0 is CTC's blank."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from ganspeech.text.english.normalization import normalized
from ganspeech.text.phonemes.lexicon import PHONES, LexiconError, read_lexicon
from ganspeech.text.subwords import BASE, BOUNDARY, pieces, read_merges

BLANK = 0
"""Id of CTC's blank (Graves et al. 2006) in every vocabulary."""
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NAMES_SHOWN = 5


class EmptyText(ValueError):
    """Text without any word."""


class UnknownSymbols(ValueError):
    """Text that a vocabulary cannot encode; `symbols` are its unknown characters or words."""

    def __init__(self, what: str, symbols: Sequence[str]):
        super().__init__(what, tuple(symbols))
        self.what = what
        self.symbols = tuple(symbols)

    def __str__(self) -> str:
        rest = len(self.symbols) - NAMES_SHOWN
        names = ", ".join(map(repr, self.symbols[:NAMES_SHOWN]))
        return f"{self.what}: {names}" + (f" and {rest} more" if rest > 0 else "")


class Vocabulary(ABC):
    """Symbols, and the encoding of texts in them: subclasses are frozen dataclasses, plain data.

    Texts are normalized first, so transcripts need no preparation.
    """

    unit: ClassVar[Literal["character", "word", "phone", "subword"]]
    """Kind of a symbol."""

    @property
    @abstractmethod
    def symbols(self) -> tuple[str, ...]:
        """Symbols by id; the first is the blank, an empty string."""

    @abstractmethod
    def tokens(self, text: str) -> list[str]:
        """Symbols that spell a text, known or not."""

    @abstractmethod
    def decode(self, ids: Sequence[int]) -> str:
        """Text of symbol ids; blanks are left out."""

    def encode(self, text: str) -> tuple[int, ...]:
        """Ids of a text's symbols, never the blank's.

        Raises `EmptyText` for a text without words, and `UnknownSymbols`, naming unknown ones.
        """
        tokens = self.tokens(text)
        if not tokens:
            raise EmptyText(f"no words in the text {text!r}")
        if unknown := [token for token in dict.fromkeys(tokens) if token not in self._numbers]:
            kind = "words" if self.unit == "word" else "characters"
            raise UnknownSymbols(f"{kind} outside the vocabulary", unknown)
        return tuple(self._numbers[token] for token in tokens)

    def words(self, text: str) -> list[str]:
        """Units that an error rate counts in a transcript or a decoded text: words, or phones."""
        return normalized(text).split()

    @property
    def known(self) -> tuple[str, ...]:
        """The only words that decoded texts have; empty: any."""
        return ()

    @property
    def spellings(self) -> tuple[tuple[int, ...], ...]:
        """Ids of the symbols of each known word; empty: any symbols may follow each other."""
        return ()

    def starts(self, ids: Sequence[int]) -> list[int]:
        """Places of the symbols that words of a decoded text begin with."""
        words = [len(self.decode(ids[:n]).split()) for n in range(len(ids) + 1)]
        return [n for n in range(len(ids)) if words[n + 1] > words[n]]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {symbol: n for n, symbol in enumerate(self.symbols) if n != BLANK}

    def _symbols_of(self, ids: Sequence[int]) -> list[str]:
        symbols = self.symbols
        if wrong := [int(n) for n in ids if not 0 <= n < len(symbols)]:
            raise ValueError(f"no symbol {wrong[0]} in a vocabulary of {len(symbols)}")
        return [symbols[n] for n in ids if n != BLANK]


@dataclass(frozen=True)
class Characters(Vocabulary):
    """Letters, and the space between words."""

    letters: str = "abcdefghijklmnopqrstuvwxyz' "
    """Characters in the order of their ids, from 1."""

    unit = "character"

    def __post_init__(self):
        if not self.letters or len(set(self.letters)) < len(self.letters):
            raise ValueError(f"letters must be different characters, not {self.letters!r}")
        for letter in self.letters:
            # Between two others, since spaces and apostrophes are only kept inside.
            if normalized(f"a{letter}a") != f"a{letter}a":
                raise ValueError(f"letters has {letter!r}, which no normalized text contains")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The blank and the letters."""
        return ("", *self.letters)

    def tokens(self, text: str) -> list[str]:
        """The characters of the normalized text."""
        return list(normalized(text))

    def decode(self, ids: Sequence[int]) -> str:
        """The letters, with single spaces."""
        return " ".join("".join(self._symbols_of(ids)).split())


OTHER = "<other>"
"""Symbol of other words than those of a vocabulary."""


@dataclass(frozen=True)
class Words(Vocabulary):
    """A few whole words, such as digits or commands."""

    entries: tuple[str, ...] = DIGITS
    """Words in the order of their ids, from 1."""
    others: bool = False
    """Whether all other words have one symbol together, the last, so that a recognizer can learn
    what is none of the entries. Texts do not show it, nor do error rates count it."""

    unit = "word"

    def __post_init__(self):
        if not self.entries or len(set(self.entries)) < len(self.entries):
            raise ValueError(f"entries must be different words, not {self.entries}")
        for word in self.entries:
            if normalized(word).split() != [word]:
                raise ValueError(f"entries must be single, normalized words, not {word!r}")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The blank and the words."""
        return ("", *self.entries, *[OTHER] * self.others)

    @property
    def known(self) -> tuple[str, ...]:
        """The words."""
        return self.entries

    def tokens(self, text: str) -> list[str]:
        """The words of the normalized text."""
        words = normalized(text).split()
        return [w if w in self.entries else OTHER for w in words] if self.others else words

    def decode(self, ids: Sequence[int]) -> str:
        """The words, with single spaces, without others."""
        return " ".join(symbol for symbol in self._symbols_of(ids) if symbol != OTHER)

    def words(self, text: str) -> list[str]:
        """The words, without others if these have a symbol."""
        return [word for word in self.tokens(text) if word != OTHER]


@dataclass(frozen=True)
class Phones(Vocabulary):
    """The 39 phones of `PHONES`; texts are encoded by each word's first entry in a lexicon."""

    lexicon: str = ""
    """File of pronunciations (see `read_lexicon`), which `encode` needs and `decode` does not."""

    unit = "phone"

    @property
    def symbols(self) -> tuple[str, ...]:
        """The blank and the phones."""
        return ("", *PHONES)

    def tokens(self, text: str) -> list[str]:
        """Phones of a text; raises `UnknownSymbols`, naming the words that the lexicon lacks."""
        if not self.lexicon:
            raise LexiconError("phones need a lexicon: name its file with task.vocabulary.lexicon")
        missing = f"words missing from the lexicon {self.lexicon}"
        return phones_of(text, read_lexicon(self.lexicon), missing)

    def decode(self, ids: Sequence[int]) -> str:
        """The phones, with single spaces: "DH AH K AE T"."""
        return " ".join(self._symbols_of(ids))

    def words(self, text: str) -> list[str]:
        """Phones of a transcript, or of a decoded text, which is in phones already."""
        parts = text.split()
        return parts if set(parts) <= set(PHONES) else self.tokens(text)


def phones_of(text: str, known: Mapping[str, Sequence[str]], missing: str) -> list[str]:
    """Phones of a text's words; raises `UnknownSymbols`, which begins with `missing`."""
    words = normalized(text).split()
    if unknown := [word for word in dict.fromkeys(words) if word not in known]:
        raise UnknownSymbols(missing, unknown)
    return [phone for word in words for phone in known[word]]


@dataclass(frozen=True)
class Subwords(Vocabulary):
    """Letters and frequent parts of words (Sennrich et al. 2016); see `learn_merges`."""

    merges: str = ""
    """Pairs that are joined, in this order: "▁ t;▁t h;..."; empty: letters alone."""

    unit = "subword"

    def __post_init__(self):
        read_merges(self.merges)

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """The blank, the letters, and the new symbols that merges make."""
        joined = ("".join(pair) for pair in self._ranks)
        return ("", *dict.fromkeys((*BASE, *joined)))

    def tokens(self, text: str) -> list[str]:
        """The subwords of the normalized text, each word's first with the mark of its start."""
        return [part for word in normalized(text).split() for part in pieces(word, self._ranks)]

    def decode(self, ids: Sequence[int]) -> str:
        """The words that the subwords make, with single spaces."""
        return " ".join("".join(self._symbols_of(ids)).replace(BOUNDARY, " ").split())

    @cached_property
    def _ranks(self) -> dict[tuple[str, str], int]:
        return read_merges(self.merges)
