"""Byte-pair encoding (Sennrich et al. 2016): frequent parts of words, joined pair by pair.

The learned list of pairs, in their order, is kept as one string, so that a vocabulary of subwords
is plain data in an experiment.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from ganspeech.text.english.normalization import normalized

BOUNDARY = "▁"
"""Mark before the first letter of each word, so that subwords can be joined to a text."""
BASE = (BOUNDARY, *"abcdefghijklmnopqrstuvwxyz'")
"""Symbols that all others are made of."""

Pair = tuple[str, str]


def learn_merges(texts: Iterable[str], size: int) -> str:
    """Learns the merges of a vocabulary of `size` symbols, the blank included: "▁ t;▁t h;...".

    Each merge joins the most frequent pair at that point, the alphabetically first of equals.
    Learning ends early when no pair occurs twice, so that small texts give smaller vocabularies.
    Raises ValueError for a size below that of letters alone, for texts without words, and for
    letters outside `BASE`.
    """
    if size <= len(BASE):
        raise ValueError(f"size must be above {len(BASE)}, the number of letters, not {size}")
    counts = Counter(word for text in texts for word in normalized(text).split())
    if not counts:
        raise ValueError("no words to learn subwords from")
    if foreign := sorted({letter for word in counts for letter in word} - set(BASE)):
        raise ValueError(f"characters outside a-z and ': {', '.join(map(repr, foreign))}")
    words = [[BOUNDARY, *word] for word in counts]
    frequencies = list(counts.values())
    pairs: Counter[Pair] = Counter()
    where: defaultdict[Pair, set[int]] = defaultdict(set)

    def count(n: int, sign: int) -> None:
        for pair in pairwise(words[n]):
            pairs[pair] += sign * frequencies[n]
            where[pair].add(n)
            if not pairs[pair]:
                del pairs[pair]

    for n in range(len(words)):
        count(n, +1)
    merges: list[Pair] = []
    symbols = set(BASE)
    while len(symbols) + 1 < size and pairs:
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        if pairs[best] < 2:
            break
        merges.append(best)
        symbols.add("".join(best))
        for n in where.pop(best):
            count(n, -1)
            words[n] = _merged(words[n], best)
            count(n, +1)
    return ";".join(" ".join(pair) for pair in merges)


def read_merges(merges: str) -> dict[Pair, int]:
    """Parses a string of `learn_merges` to pairs and their order; raises ValueError if invalid."""
    known = set(BASE)
    ranks: dict[Pair, int] = {}
    for text in merges.split(";") if merges else ():
        left, _, right = text.partition(" ")
        if left not in known or right not in known or (left, right) in ranks:
            raise ValueError(
                f"merges must be pairs 'LEFT RIGHT' of letters or earlier pairs, each once and "
                f"joined by ';', not {text!r}"
            )
        ranks[left, right] = len(ranks)
        known.add(left + right)
    return ranks


def pieces(word: str, ranks: Mapping[Pair, int]) -> list[str]:
    """Splits one word into subwords: the earliest merge first, until none applies."""
    parts = [BOUNDARY, *word]
    while candidates := [pair for pair in pairwise(parts) if pair in ranks]:
        parts = _merged(parts, min(candidates, key=lambda pair: ranks[pair]))
    return parts


def _merged(parts: Sequence[str], pair: Pair) -> list[str]:
    """Joins each occurrence of `pair` in `parts`, from the left."""
    merged: list[str] = []
    n = 0
    while n < len(parts):
        if tuple(parts[n : n + 2]) == pair:
            merged.append(parts[n] + parts[n + 1])
            n += 2
        else:
            merged.append(parts[n])
            n += 1
    return merged
