"""Reading of a voice: its front end, and the ids of its symbols. Saved with every voice."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ganspeech.text import symbols as known
from ganspeech.text.phonemes.front_ends import Espeak, FrontEnd, Gruut, Pinyin, Plain
from ganspeech.text.vocabulary import EmptyText, UnknownSymbols


class TextMismatch(ValueError):
    """Two ways of reading that differ; the message names how."""


@dataclass(frozen=True)
class Spelled:
    """A sentence as a network gets it."""

    ids: tuple[int, ...]
    """Numbers of symbols, the blanks and the ends among them; empty: nothing to say."""
    symbols: tuple[str, ...]
    """Symbol of each id."""
    unknown: tuple[str, ...] = ()
    """Symbols of the sentence that the voice does not have, each once; they are left out."""


@dataclass(frozen=True)
class SpokenText:
    """How texts become numbers: plain data, for a network that was trained on these numbers alone.

    The defaults are English by gruut, in the symbols of `IPA`.
    """

    front: FrontEnd = Gruut()
    """Front end that turns a sentence into symbols."""
    symbols: tuple[str, ...] = known.IPA
    """The symbols by their number; numbers that no symbol has are empty strings. The network has as
    many embeddings."""
    others: tuple[tuple[str, int], ...] = ()
    """Symbols with several numbers, or with the number of another symbol: a pair of symbol and
    number for each number, in order. They go before `symbols`."""
    blank: str = known.PAD
    """The symbol that `blanks` puts between others."""
    blanks: Literal["none", "between", "around"] = "between"
    """Where blanks stand: nowhere, between any two symbols (`first` and `last` are symbols too), or
    also before the first and after the last."""
    first: str = known.FIRST
    """The symbol that begins a sentence; empty: none."""
    last: str = known.LAST
    """The symbol that ends a sentence; empty: none."""

    def __post_init__(self):
        known = [symbol for symbol in self.symbols if symbol]
        if not known or len(set(known)) < len(known):
            twice = next((s for s in known if known.count(s) > 1), None)
            raise ValueError(
                f"symbols must differ, {twice!r} is there twice"
                if twice
                else "symbols must hold one symbol at least"
            )
        if self.blanks not in ("none", "between", "around"):
            raise ValueError(f"blanks must be none, between or around, not {self.blanks!r}")
        if wrong := [pair for pair in self.others if not 0 <= pair[1] < len(self.symbols)]:
            raise ValueError(f"others has {wrong[0]}, whose number is none of {len(self.symbols)}")
        used = {"first": self.first, "last": self.last}
        used |= {"blank": self.blank} if self.blanks != "none" else {}
        for name, symbol in used.items():
            if symbol and symbol not in self._numbers:
                raise ValueError(f"{name} is {symbol!r}, which is none of the symbols")

    @property
    def size(self) -> int:
        """Number of ids: the network's `symbols`."""
        return len(self.symbols)

    def spell(self, sentence: str) -> Spelled:
        """A sentence as numbers; what the voice has no symbol for is named in `unknown`.

        A sentence of which nothing is left has no ids. `ValueError` when the front end's package
        is missing.
        """
        return self.write(self.front.phonemes(sentence))

    def write(self, phonemes: Sequence[str]) -> Spelled:
        """Symbols that a front end gave, as numbers; marks of the network are unknown there."""
        known = [symbol for symbol in phonemes if symbol in self._readable]
        unknown = tuple(dict.fromkeys(s for s in phonemes if s not in self._readable))
        if not any(symbol[0].isalnum() for symbol in known):
            return Spelled((), (), unknown)
        ends = ([self.first] if self.first else [], [self.last] if self.last else [])
        groups = [
            [(n, symbol) for n in self._numbers[symbol]] for symbol in ends[0] + known + ends[1]
        ]
        if self.blanks != "none":
            blank = [(n, self.blank) for n in self._numbers[self.blank]]
            groups = [part for group in groups for part in (blank, group)]
            groups = [*groups, blank] if self.blanks == "around" else groups[1:]
        pairs = [pair for group in groups for pair in group]
        return Spelled(tuple(n for n, _ in pairs), tuple(symbol for _, symbol in pairs), unknown)

    def encode(self, text: str) -> tuple[int, ...]:
        """The numbers of a whole text, for training: nothing may be missing.

        `EmptyText` for a text in which nothing is to be said, `UnknownSymbols` naming the symbols
        that are not in here.
        """
        spelled = self.spell(text)
        if spelled.unknown:
            raise UnknownSymbols("symbols that the voice does not have", spelled.unknown)
        if not spelled.ids:
            raise EmptyText(f"nothing to say in the text {text!r}")
        return spelled.ids

    def require_same(self, other: "SpokenText", what: str = "text") -> None:
        """`TextMismatch`, naming the front end or the symbols that differ, unless all is one."""
        if self.front != other.front:
            raise TextMismatch(f"{what}: phonemes by {self.front} are not those by {other.front}")
        if self.symbols != other.symbols:
            n = next(
                (n for n, (a, b) in enumerate(zip(self.symbols, other.symbols)) if a != b), None
            )
            told = (
                f"{self.size} and {other.size} of them"
                if n is None
                else f"number {n} is {self.symbols[n]!r} and {other.symbols[n]!r}"
            )
            raise TextMismatch(f"{what}: the symbols differ, {told}")
        for name in ("others", "blank", "blanks", "first", "last"):
            mine, its = getattr(self, name), getattr(other, name)
            if mine != its:
                raise TextMismatch(f"{what}: {name} differs, {mine!r} and {its!r}")

    @cached_property
    def _readable(self) -> frozenset[str]:
        """Symbols that a text may hold. A blank may be a letter, as in Meta's voices; not `PAD`."""
        return frozenset(self._numbers) - {self.first, self.last} - ({self.blank} & {known.PAD})

    @cached_property
    def _numbers(self) -> dict[str, tuple[int, ...]]:
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
