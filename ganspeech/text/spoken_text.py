"""Text processing of a voice: its front end and the ids of its symbols, saved with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ganspeech.text import symbols as known
from ganspeech.text.phonemes.front_ends import Espeak, FrontEnd, Gruut, Pinyin, Plain
from ganspeech.text.vocabulary import EmptyText, UnknownSymbols


class TextMismatch(ValueError):
    """Text settings that differ; the message says how."""


@dataclass(frozen=True)
class Spelled:
    """Sentence as the input of a network."""

    ids: tuple[int, ...]
    """Ids of symbols, including blanks and end marks; empty: nothing to say."""
    symbols: tuple[str, ...]
    """Symbol of each id."""
    unknown: tuple[str, ...] = ()
    """Symbols of the sentence that the voice lacks, each once; they are left out."""
    places: tuple[int, ...] = ()
    """Index of each id's symbol in the sentence; -1 for blanks and end marks."""


@dataclass(frozen=True)
class SpokenText:
    """Conversion of texts to ids: plain data, fixed by the training of the network.

    The defaults are English by gruut, in the symbols of `IPA`.
    """

    front: FrontEnd = Gruut()
    """Front end that turns a sentence into symbols."""
    symbols: tuple[str, ...] = known.IPA
    """Symbols by id; unused ids are empty strings. The network has an embedding for each."""
    others: tuple[tuple[str, int], ...] = ()
    """Symbols with several ids, or with the id of another symbol: a pair of symbol and id for each
    id, in order. They take precedence over `symbols`."""
    blank: str = known.PAD
    """Symbol that `blanks` puts between others."""
    blanks: Literal["none", "between", "around"] = "between"
    """Places of blanks: none, between any two symbols (`first` and `last` are symbols too), or also
    before the first and after the last."""
    first: str = known.FIRST
    """Symbol that begins a sentence; empty: none."""
    last: str = known.LAST
    """Symbol that ends a sentence; empty: none."""

    def __post_init__(self):
        known = [symbol for symbol in self.symbols if symbol]
        if not known or len(set(known)) < len(known):
            twice = next((s for s in known if known.count(s) > 1), None)
            raise ValueError(
                f"symbols must be unique, but {twice!r} occurs twice"
                if twice
                else "symbols must hold at least one symbol"
            )
        if self.blanks not in ("none", "between", "around"):
            raise ValueError(f"blanks must be none, between or around, not {self.blanks!r}")
        if wrong := [pair for pair in self.others if not 0 <= pair[1] < len(self.symbols)]:
            raise ValueError(f"others has {wrong[0]}: ids must be in 0..{len(self.symbols) - 1}")
        used = {"first": self.first, "last": self.last}
        used |= {"blank": self.blank} if self.blanks != "none" else {}
        for name, symbol in used.items():
            if symbol and symbol not in self.numbers:
                raise ValueError(f"{name} is {symbol!r}, which is not one of the symbols")

    @property
    def size(self) -> int:
        """Number of ids: the network's `symbols`."""
        return len(self.symbols)

    def spell(self, sentence: str) -> Spelled:
        """Converts a sentence to ids; symbols that the voice lacks are named in `unknown`.

        A sentence with nothing left to say has no ids. Raises ValueError when the front end's
        package is missing.
        """
        return self.write(self.front.phonemes(sentence))

    def write(self, phonemes: Sequence[str]) -> Spelled:
        """Converts a front end's symbols to ids; the network's own marks count as unknown."""
        known = [(n, symbol) for n, symbol in enumerate(phonemes) if symbol in self._readable]
        unknown = tuple(dict.fromkeys(s for s in phonemes if s not in self._readable))
        if not any(symbol[0].isalnum() for _, symbol in known):
            return Spelled((), (), unknown)
        first, last = ([(-1, end)] if end else [] for end in (self.first, self.last))
        groups = [
            [(n, symbol, place) for n in self.numbers[symbol]]
            for place, symbol in [*first, *known, *last]
        ]
        if self.blanks != "none":
            blank = [(n, self.blank, -1) for n in self.numbers[self.blank]]
            groups = [part for group in groups for part in (blank, group)]
            groups = [*groups, blank] if self.blanks == "around" else groups[1:]
        ids, symbols, places = zip(*(one for group in groups for one in group))
        return Spelled(ids, symbols, unknown, places)

    def encode(self, text: str) -> tuple[int, ...]:
        """Ids of a whole text, for training: no symbol may be unknown.

        Raises `EmptyText` if there is nothing to say, and `UnknownSymbols`, naming the symbols that
        the voice lacks.
        """
        spelled = self.spell(text)
        if spelled.unknown:
            raise UnknownSymbols("symbols that the voice does not have", spelled.unknown)
        if not spelled.ids:
            raise EmptyText(f"nothing to say in the text {text!r}")
        return spelled.ids

    def require_same(self, other: "SpokenText", what: str = "text") -> None:
        """Raises `TextMismatch`, naming the first setting that differs, if any does."""
        if self.front != other.front:
            raise TextMismatch(f"{what}: phonemes by {self.front} are not those by {other.front}")
        if self.symbols != other.symbols:
            n = next(
                (n for n, (a, b) in enumerate(zip(self.symbols, other.symbols)) if a != b), None
            )
            difference = (
                f"{self.size} and {other.size} of them"
                if n is None
                else f"number {n} is {self.symbols[n]!r} and {other.symbols[n]!r}"
            )
            raise TextMismatch(f"{what}: the symbols differ, {difference}")
        for name in ("others", "blank", "blanks", "first", "last"):
            mine, its = getattr(self, name), getattr(other, name)
            if mine != its:
                raise TextMismatch(f"{what}: {name} differs, {mine!r} and {its!r}")

    @cached_property
    def _readable(self) -> frozenset[str]:
        """Symbols that a text may hold. A blank may be a letter, as in Meta's voices; not `PAD`."""
        return frozenset(self.numbers) - {self.first, self.last} - ({self.blank} & {known.PAD})

    @cached_property
    def numbers(self) -> dict[str, tuple[int, ...]]:
        """Ids of each symbol."""
        numbers = {symbol: (n,) for n, symbol in enumerate(self.symbols) if symbol}
        several: dict[str, tuple[int, ...]] = {}
        for symbol, n in self.others:
            several[symbol] = (*several.get(symbol, ()), n)
        return numbers | several


ESPEAK = SpokenText(Espeak())
"""Phonemes of espeak-ng, if it is installed."""
PINYIN = SpokenText(Pinyin(), known.PINYIN)
"""Mandarin."""
CHARACTERS = SpokenText(Plain(numbers="en"), known.LETTERS)
"""English letters, without phonemes."""
