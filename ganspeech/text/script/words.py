"""Times of words: which of a sentence's phonemes belong to which of its words."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from ganspeech.text.sentences import speakable

Phonemes = Callable[[str], Sequence[str]]

_MOST_WORDS = 4
"""Most words that a front end joins into one, as espeak-ng "of the"."""
_MOST_READ = 3
"""Most words that are read together, as in "$2.5 million"."""
_JOINED = 1.5
"""Cost of a word that is not told apart from the one before it, in phonemes."""
_READ = "&@#%§"
"""Punctuation that is read in words."""
_SPARE = 4
"""Groups of phonemes that a word may have beyond those of its own reading."""


@dataclass(frozen=True)
class Found:
    """Word, or words that are not told apart, and its phonemes."""

    first: int
    """Index of its first word."""
    last: int
    """Index after its last word."""
    begin: int
    """Index of the first of its symbols."""
    end: int
    """Index after the last of them."""


@dataclass(frozen=True)
class _Group:
    sounds: str
    begin: int
    end: int


def match_words(
    words: Sequence[tuple[str, str]], symbols: Sequence[str], phonemes: Phonemes
) -> list[Found]:
    """Finds each word's stretch of symbols, in order; together the words cover all sounds.

    `words` are pairs of a word as written and as read, `symbols` the phonemes of the sentence,
    `phonemes` reads a word alone. Words are aligned with groups of phonemes between spaces by the
    fewest changes of phonemes. Words without a group of their own are joined with a neighbor: those
    that a front end joins ("of the"), and numbers that are read with their unit ("$2.5 million").
    """
    groups = _groups(symbols)
    if not words or not groups:
        return []
    spoken = [_sounds(phonemes(said)) if _is_read(said) else [] for _, said in words]
    found: list[Found] = []
    first = group = 0
    for _, last, count in _aligned(words, spoken, groups, phonemes):
        if count:
            begin, end = groups[group].begin, groups[group + count - 1].end
            found.append(Found(first, last, begin, end))
            first, group = last, group + count
        elif found:
            found[-1] = dataclasses.replace(found[-1], last=last)
            first = last
    return found


def _is_read(word: str) -> bool:
    return speakable(word) or any(sign in word for sign in _READ)


def _groups(symbols: Sequence[str]) -> list[_Group]:
    """Phonemes between spaces, without the punctuation around them."""
    groups, begin = [], 0
    for n in range(len(symbols) + 1):
        if n < len(symbols) and symbols[n] != " ":
            continue
        inside = [k for k in range(begin, n) if sounds_like(symbols[k])]
        if inside:
            first, last = inside[0], inside[-1] + 1
            # Stress comes before the first sound, length and accents after the last.
            while first > begin and symbols[first - 1] in "ˈˌ":
                first -= 1
            sounds = "".join(symbols[k] for k in inside)
            groups.append(_Group(sounds, first, last))
        begin = n + 1
    return groups


def sounds_like(symbol: str) -> bool:
    """Returns whether a symbol is a sound or a sign of one, not stress, space or punctuation."""
    return symbol not in "ˈˌ" and symbol != " " and not _is_punctuation(symbol)


def _is_punctuation(symbol: str) -> bool:
    return not speakable(symbol) and symbol.isascii()


def _sounds(symbols: Sequence[str]) -> list[str]:
    return [group.sounds for group in _groups(symbols)]


def _aligned(
    words: Sequence[tuple[str, str]],
    spoken: Sequence[list[str]],
    groups: Sequence[_Group],
    phonemes: Phonemes,
) -> list[tuple[int, int, int]]:
    """Cheapest steps of first word, end of words, number of groups, from the first to the last."""
    counts = [len(each) for each in spoken]
    if sum(counts) == len(groups):
        heard = iter(groups)
        own = ["".join(next(heard).sounds for _ in range(count)) for count in counts]
        if all(_near("".join(said), there) for said, there in zip(spoken, own)):
            return [(n, n + 1, count) for n, count in enumerate(counts)]
    joint = _read_together(words, phonemes)
    costs: list[dict[int, tuple[float, int, int]]] = [{} for _ in range(len(words) + 1)]
    costs[0][0] = (0.0, 0, 0)
    for word in range(len(words)):
        for group, (cost, _, _) in list(costs[word].items()):
            for end, said, most in _choices(word, spoken, joint):
                for count in range(min(most, len(groups) - group) + 1):
                    heard_here = "".join(g.sounds for g in groups[group : group + count])
                    here = cost + Levenshtein.distance(said, heard_here)
                    here += _JOINED * (end - word - 1) + (0.5 if said and not count else 0)
                    known = costs[end].get(group + count)
                    if known is None or here < known[0]:
                        costs[end][group + count] = (here, word, group)
    end, group = len(words), len(groups)
    if group not in costs[end]:  # It is read unlike its words: they are not told apart.
        return [(0, end, group)]
    steps = []
    while end:
        _, word, before = costs[end][group]
        steps.append((word, end, group - before))
        end, group = word, before
    return steps[::-1]


def _near(said: str, there: str) -> bool:
    return Levenshtein.distance(said, there) <= max(1, len(said) // 2)


def _choices(
    word: int, spoken: Sequence[list[str]], joint: dict[tuple[int, int], list[str]]
) -> list[tuple[int, str, int]]:
    """Ends of words that may be one step from a word: the end, its sounds, most groups."""
    own = spoken[word]
    choices = [(word + 1, "".join(own), len(own) + _SPARE if own else 0)]
    for end in range(word + 2, min(word + _MOST_WORDS, len(spoken)) + 1):
        together = [sound for each in spoken[word:end] for sound in each]
        choices.append((end, "".join(together), 1))
        if read := joint.get((word, end)):
            choices.append((end, "".join(read), len(read) + _SPARE))
    return choices


def _read_together(
    words: Sequence[tuple[str, str]], phonemes: Phonemes
) -> dict[tuple[int, int], list[str]]:
    """Sounds of neighboring words that are read together, where one has a digit or a sign."""
    found = {}
    for begin in range(len(words)):
        for end in range(begin + 2, min(begin + _MOST_READ, len(words)) + 1):
            said = [word for _, word in words[begin:end]]
            if any(not character.isalpha() for word in said for character in word.strip(".,;:!?")):
                found[begin, end] = _sounds(phonemes(" ".join(said)))
    return found
