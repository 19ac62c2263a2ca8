"""From probabilities of phones at every step to phones, and to words of a lexicon.

A run of one phone is one phone, and silence is left out: what CTC does with its blank, so that the
search is the same (Baevski et al. 2021 search with weighted transducers instead).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ganspeech.recognizers.decoding import require_weights, search
from ganspeech.recognizers.fusion import LOG_10, ByToken
from ganspeech.recognizers.kneser_ney import learn_ngrams
from ganspeech.recognizers.language_model import (
    END,
    START,
    Context,
    LanguageModelError,
    NGram,
)
from ganspeech.text.vocabulary import BLANK

HYPOTHESES = 16
"""Most ways of dividing the same phones into words that are kept."""
UNFINISHED = -100.0
"""Score of phones that end inside of a word, which is then left out."""

LogProbabilities = Float[np.ndarray, "steps phones"]


def phone_model(texts: Iterable[Iterable[int]], phones: Sequence[str], order: int) -> NGram:
    """N-gram model of the names of phones, from rows of their indices, without silence."""
    return learn_ngrams(([phones[n] for n in row if n != BLANK] for row in texts), order)


def likely_phones(
    log_probabilities: LogProbabilities,
    phones: Sequence[str],
    model: NGram,
    *,
    weight: float = 0.5,
    bonus: float = 0.0,
    beam: int = 16,
) -> list[int]:
    """Indices of the phones that were most likely said, without silence.

    `phones` are the names by index, silence first, and `model` is of these names. It weighs
    `weight` beside the natural logarithms of probabilities, and each phone adds `bonus`. Raises
    ValueError as `search` does, and for a model of other phones.
    """
    require_weights(weight, bonus)
    fused = ByToken(model, ("", *phones[1:]), weight, bonus)
    return list(search(log_probabilities, fused, beam)[0][0])


def likely_words(
    log_probabilities: LogProbabilities,
    phones: Sequence[str],
    lexicon: Mapping[str, Sequence[str]],
    model: NGram,
    *,
    weight: float = 0.5,
    bonus: float = 0.0,
    beam: int = 64,
) -> list[str]:
    """Words that were most likely said; the model is of words, and each adds `bonus`.

    All phones belong to words of the lexicon; only if nothing else is found in the beam, those
    after the last whole word are left out. Raises ValueError as `likely_phones` does, and for a
    lexicon of no word that these phones can say and the model knows.
    """
    require_weights(weight, bonus)
    fused = ByLexicon(model, phones, lexicon, weight, bonus)
    best = search(log_probabilities, fused, beam)[0][0]
    state = fused.start
    for phone in best:
        state = fused.advance(state, phone)
    return list(fused.words(state))


@dataclass(eq=False)
class _Node:
    """Place in a tree of pronunciations."""

    after: dict[int, "_Node"] = field(default_factory=dict)
    """Places after each phone."""
    words: list[str] = field(default_factory=list)
    """Words that end here."""


class _Division(NamedTuple):
    """Phones divided into words, the last of which may have just begun."""

    score: float
    node: _Node
    context: Context
    words: tuple[str, ...]


class ByLexicon:
    """Model of words for phones: a text's score is that of its best division into words.

    A state has the divisions of all phones so far, the best first.
    """

    def __init__(
        self,
        model: NGram,
        phones: Sequence[str],
        lexicon: Mapping[str, Sequence[str]],
        weight: float,
        bonus: float,
    ):
        self._model, self._weight, self._bonus = model, weight * LOG_10, bonus
        self._phones, self._root = len(phones), _tree(model, phones, lexicon)
        self._grown: dict[tuple[_Division, ...], dict[int, tuple[_Division, ...]]] = {}
        first = _Division(0.0, self._root, model.state((START,)), ())
        self.start: tuple[_Division, ...] = (first,)

    def row(self, state: tuple[_Division, ...]) -> np.ndarray:
        """What each next phone adds to the best division; -inf where no word goes on by it."""
        row = np.full(self._phones, -np.inf)
        row[BLANK] = 0.0
        for phone, divisions in self._after(state).items():
            row[phone] = divisions[0].score - state[0].score
        return row

    def advance(self, state: tuple[_Division, ...], phone: int) -> tuple[_Division, ...]:
        """Divisions with one more phone."""
        return self._after(state)[phone]

    def end(self, state: tuple[_Division, ...]) -> float:
        """What the end of the sentence adds to the best division."""
        return max(self._ended(one) for one in state) - state[0].score

    def words(self, state: tuple[_Division, ...]) -> tuple[str, ...]:
        """Words of the best division of a whole text."""
        return max(state, key=self._ended).words

    def _ended(self, one: _Division) -> float:
        unfinished = 0.0 if one.node is self._root else UNFINISHED
        return one.score + self._weight * self._model.score(one.context, END) + unfinished

    def _after(self, state: tuple[_Division, ...]) -> dict[int, tuple[_Division, ...]]:
        if state not in self._grown:
            found: dict[int, list[_Division]] = {}
            for one in state:
                for phone, node in one.node.after.items():
                    found.setdefault(phone, []).extend(self._at(one, node))
            self._grown[state] = {
                phone: tuple(sorted(some, key=lambda one: -one.score)[:HYPOTHESES])
                for phone, some in found.items()
            }
        return self._grown[state]

    def _at(self, one: _Division, node: _Node) -> Iterable[_Division]:
        """A division whose word goes on, and those whose word ends here."""
        if node.after:
            yield one._replace(node=node)
        for word in node.words:
            score = one.score + self._weight * self._model.score(one.context, word) + self._bonus
            context = self._model.state((*one.context, word))
            yield _Division(score, self._root, context, (*one.words, word))


def _tree(model: NGram, phones: Sequence[str], lexicon: Mapping[str, Sequence[str]]) -> _Node:
    """Pronunciations of the words that the model knows, in phones that there are."""
    number = {phone: n for n, phone in enumerate(phones) if n != BLANK}
    root = _Node()
    for word, said in lexicon.items():
        if not said or not model.known(word) or not number.keys() >= set(said):
            continue
        node = root
        for phone in said:
            node = node.after.setdefault(number[phone], _Node())
        node.words.append(word)
    if not root.after:
        raise LanguageModelError(
            f"none of the lexicon's {len(lexicon)} words is known to the language model and made "
            "of these phones"
        )
    return root
