"""N-gram models learned from texts: interpolated, modified Kneser-Ney smoothing."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ganspeech.recognizers.language_model import (
    END,
    NEVER,
    START,
    UNKNOWN,
    Context,
    LanguageModelError,
    NGram,
)

FALLBACK = (0.5, 1.0, 1.5)
"""Discounts of n-grams seen once, twice and more, where a text is too small to estimate them."""

Discounts = tuple[float, float, float]


def learn_ngrams(sentences: Iterable[Sequence[str]], order: int) -> NGram:
    """The model of `sentences`, each a list of tokens; the same for the same sentences.

    The longest n-grams are counted; shorter ones count the different tokens that come before them,
    unless they start a sentence, as nothing comes before that. Each count is discounted by
    `D_1`, `D_2` or `D_3+`, and what that frees goes to the next lower order; below single
    tokens, it is shared evenly by all of them, `END` and `UNKNOWN` (Chen & Goodman 1998). Nothing
    is pruned, so that the probabilities after each context sum to one.

    `LanguageModelError` for an order below 1, for no sentences, and for tokens that an ARPA file
    cannot hold or that are its own marks.
    """
    if order < 1:
        raise LanguageModelError(f"order must be at least 1, not {order}")
    levels = _counted(sentences, order)
    tokens = sorted({gram[-1] for gram in levels[0]} | {UNKNOWN})
    followers: dict[Context, dict[str, float]] = {}
    backoffs: dict[Context, float] = {}
    # Interpolation needs the lower order finished, as plain probabilities.
    lower: dict[Context, dict[str, float]] = {(): dict.fromkeys(tokens, 1 / len(tokens))}
    for counts in levels:
        after: defaultdict[Context, dict[str, int]] = defaultdict(dict)
        for gram, count in sorted(counts.items()):  # sums of floats depend on it
            after[gram[:-1]][gram[-1]] = count
        discounts = _discounts(Counter(counts.values()))
        level: dict[Context, dict[str, float]] = {}
        for context, seen in after.items():
            total = sum(seen.values())
            freed = sum(_discount(count, discounts) for count in seen.values()) / total
            shorter = lower[context[1:]]
            level[context] = {
                token: (count - _discount(count, discounts)) / total + freed * shorter[token]
                for token, count in seen.items()
            }
            if context:
                backoffs[context] = math.log10(freed)
            else:
                # Nothing is below single tokens: those that were not seen have their even share.
                level[()] = {token: freed * shorter[token] for token in tokens} | level[()]
        followers |= {
            context: {token: math.log10(value) for token, value in values.items()}
            for context, values in level.items()
        }
        lower = level
    followers[()] = {START: NEVER} | followers[()]
    return NGram(order, followers, backoffs)


def _counted(sentences: Iterable[Sequence[str]], order: int) -> list[Counter[Context]]:
    """The (adjusted) counts of n-grams of each length, the shortest first."""
    raw: list[Counter[Context]] = [Counter() for _ in range(order)]
    for tokens in sentences:
        for token in tokens:
            if token in (START, END) or token.split() != [token]:
                raise LanguageModelError(f"a token of a language model cannot be {token!r}")
        whole = (START, *tokens, END)
        for n in range(1, order + 1):
            raw[n - 1].update(whole[k : k + n] for k in range(len(whole) - n + 1))
    if not raw[0]:
        raise LanguageModelError("no sentences to learn a language model from")
    del raw[0][(START,)]  # never predicted
    adjusted = [
        Counter({gram: count for gram, count in counts.items() if gram[0] == START})
        + Counter(longer[1:] for longer in above)
        for counts, above in pairwise(raw)
    ]
    return [*adjusted, raw[-1]]


def _discounts(often: Counter[int]) -> Discounts:
    """From how many n-grams have a count of 1, 2, 3 and 4 (Chen and Goodman 1998, eq. 26)."""
    if all(often[n] for n in (1, 2, 3, 4)):
        y = often[1] / (often[1] + 2 * often[2])
        one, two, more = (n - (n + 1) * y * often[n + 1] / often[n] for n in (1, 2, 3))
        if min(one, two, more) > 0:
            return one, two, more
    return FALLBACK


def _discount(count: int, discounts: Discounts) -> float:
    return discounts[min(count, 3) - 1]
