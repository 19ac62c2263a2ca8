"""Shallow fusion: scores of a language model in a beam search.

A fusion scores one text at a time, from a state that summarizes its past: `row(state)` scores
each next symbol, `advance` gives the state after a symbol, and `end` scores the end of the text.
Scores are natural logarithms, weighted, and include the bonus for length.
"""

import math
from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np

from ganspeech.recognizers.language_model import (
    END,
    START,
    UNKNOWN,
    Context,
    LanguageModelError,
    NGram,
)
from ganspeech.text.vocabulary import BLANK, Vocabulary

LOG_10 = math.log(10)
SPACE = " "


class Fusion(Protocol):
    """Language model scores for a beam search."""

    start: Any
    """State of the empty text."""

    def row(self, state: Any) -> np.ndarray:
        """Scores of each next symbol, `[symbols]`; that of the blank is 0."""

    def advance(self, state: Any, symbol: int) -> Any:
        """State after a symbol."""

    def end(self, state: Any) -> float:
        """Score of the end of the text."""


class ByLength:
    """No language model: a bonus for every symbol."""

    start = None

    def __init__(self, symbols: int, bonus: float):
        self._row = np.full(symbols, bonus)
        self._row[0] = 0.0

    def row(self, state: None) -> np.ndarray:
        """Bonus for every symbol."""
        return self._row

    def advance(self, state: None, symbol: int) -> None:
        """No state."""

    def end(self, state: None) -> float:
        """Zero."""
        return 0.0


class ByToken:
    """Model of the symbols themselves: words, phones or subwords."""

    def __init__(self, model: NGram, symbols: tuple[str, ...], weight: float, bonus: float):
        if not any(map(model.known, symbols[1:])):
            raise _mismatch(model, "symbol")
        self._model, self._symbols = model, symbols
        self._weight, self._bonus = weight * LOG_10, bonus
        self._numbers: dict[str, list[int]] = {}
        for n, symbol in enumerate(symbols[1:], start=1):
            self._numbers.setdefault(symbol if model.known(symbol) else UNKNOWN, []).append(n)
        self._scores: dict[Context, np.ndarray] = {}
        self.start = model.state((START,))

    def row(self, state: Context) -> np.ndarray:
        """Weighted score and bonus of each symbol."""
        row = self._weight * self._after(state) + self._bonus
        row[0] = 0.0
        return row

    def advance(self, state: Context, symbol: int) -> Context:
        """Context of the model after the symbol."""
        return self._model.state((*state, self._symbols[symbol]))

    def end(self, state: Context) -> float:
        """Weighted score of the end of the sentence."""
        return self._weight * self._model.score(state, END)

    def _after(self, state: Context) -> np.ndarray:
        """log10 p(symbol | state) of all symbols at once, as `NGram.score` defines it."""
        if state not in self._scores:
            if state:
                row = self._model.backoffs.get(state, 0.0) + self._after(state[1:])
                for token, score in self._model.followers.get(state, {}).items():
                    if token in self._numbers:
                        row[self._numbers[token]] = score
            else:
                row = np.array([self._model.score((), symbol) for symbol in self._symbols])
            self._scores[state] = row
        return self._scores[state]


class ByWord:
    """Model of words for a vocabulary of characters: words are scored when they end."""

    def __init__(self, model: NGram, symbols: tuple[str, ...], weight: float, bonus: float):
        letters = set(symbols) - {SPACE}
        if not any(set(token) <= letters for token in model.followers[()]):
            raise _mismatch(model, "word that can be spelled")
        self._model, self._symbols = model, symbols
        self._weight, self._bonus = weight * LOG_10, bonus
        self._silent = np.zeros(len(symbols))
        self.start = (model.state((START,)), "")

    def row(self, state: tuple[Context, str]) -> np.ndarray:
        """Weighted score and bonus of the word that a space would end."""
        context, word = state
        if not word or SPACE not in self._symbols:
            return self._silent
        row = self._silent.copy()
        row[self._symbols.index(SPACE)] = self._word(context, word)
        return row

    def advance(self, state: tuple[Context, str], symbol: int) -> tuple[Context, str]:
        """Context of the model after the symbol, and the letters of the current word."""
        context, word = state
        if self._symbols[symbol] != SPACE:
            return context, word + self._symbols[symbol]
        return (self._model.state((*context, word)), "") if word else state

    def end(self, state: tuple[Context, str]) -> float:
        """Weighted scores of the last word and of the end of the sentence."""
        context, word = state
        last = self._word(context, word) if word else 0.0
        after = self._model.state((*context, word)) if word else context
        return last + self._weight * self._model.score(after, END)

    def _word(self, context: Context, word: str) -> float:
        return self._weight * self._model.score(context, word) + self._bonus


class WithinWords:
    """A fusion around another, which keeps texts to the few words of a vocabulary.

    A state has the nodes of the words' tree that the symbols so far may have reached.
    """

    def __init__(self, fused: Fusion, vocabulary: Vocabulary):
        self._fused, self._symbols = fused, len(vocabulary.symbols)
        self._nodes: list[dict[int, int]] = [{}]  # by symbol, the numbers of the nodes after
        self._ends: set[int] = set()
        for spelling in vocabulary.spellings:
            node = 0
            for symbol in spelling:
                if symbol not in self._nodes[node]:
                    self._nodes[node][symbol] = len(self._nodes)
                    self._nodes.append({})
                node = self._nodes[node][symbol]
            self._ends.add(node)
        self.start = (fused.start, frozenset([0]))

    def row(self, state: tuple[Any, frozenset[int]]) -> np.ndarray:
        """Scores of the symbols that go on with a word or begin one, -inf for others."""
        inner, nodes = state
        possible = np.full(self._symbols, -np.inf)
        possible[[BLANK, *(symbol for node in nodes for symbol in self._nodes[node])]] = 0.0
        return self._fused.row(inner) + possible

    def advance(self, state: tuple[Any, frozenset[int]], symbol: int) -> tuple[Any, frozenset[int]]:
        """State after the symbol, which ends a word or not."""
        inner, nodes = state
        after = {self._nodes[node][symbol] for node in nodes if symbol in self._nodes[node]}
        # After a word there may be another.
        after |= {0} if after & self._ends else set()
        return self._fused.advance(inner, symbol), frozenset(after)

    def end(self, state: tuple[Any, frozenset[int]]) -> float:
        """Score of the end, -inf within a word."""
        inner, nodes = state
        return self._fused.end(inner) if 0 in nodes else -np.inf


def fusion(
    model: NGram | None, vocabulary: Vocabulary | None, *, symbols: int, weight: float, bonus: float
) -> Fusion:
    """Fusion by words where symbols are characters, by symbols elsewhere, by length alone.

    A vocabulary of spelled words is kept to; ValueError if it has not as many `symbols`. Raises
    `LanguageModelError` when a model comes without a vocabulary of as many, or shares no token with
    it, such as an uppercase model with lowercase texts.
    """
    fused = _fusion(model, vocabulary, symbols, weight, bonus)
    if vocabulary is None or not vocabulary.spellings:
        return fused
    if len(vocabulary.symbols) != symbols:
        raise ValueError(
            f"the words are spelled in {len(vocabulary.symbols)} symbols, not {symbols}"
        )
    return WithinWords(fused, vocabulary)


def _fusion(
    model: NGram | None, vocabulary: Vocabulary | None, symbols: int, weight: float, bonus: float
) -> Fusion:
    if model is None:
        return ByLength(symbols, bonus)
    if vocabulary is None or len(vocabulary.symbols) != symbols:
        raise LanguageModelError(
            f"a language model needs the vocabulary of the {symbols} symbols it is used with"
        )
    kind = ByWord if vocabulary.unit == "character" else ByToken
    return kind(model, vocabulary.symbols, weight, bonus)


def sentences(texts: Iterable[str], vocabulary: Vocabulary) -> list[list[str]]:
    """Tokens of texts as `fusion` scores them, to train a matching model."""
    by_word = vocabulary.unit == "character"
    return [vocabulary.words(text) if by_word else vocabulary.tokens(text) for text in texts]


def _mismatch(model: NGram, what: str) -> LanguageModelError:
    some = [token for token in model.followers[()] if token not in (START, END, UNKNOWN)][:3]
    return LanguageModelError(
        f"the language model knows no {what} of the vocabulary; it has {', '.join(map(repr, some))}"
    )
