"""The transcript of a long recording, divided among its clips."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from ganspeech.text.english.normalization import normalized

MOST_UNHEARD = 8
"""Words between two clips that are divided among them; more are taken to be missing from both."""

Total = Callable[[int, str], float]
"""How badly a text fits a clip by its number, as sums over clips compare."""


class Part(NamedTuple):
    """A stretch of words of a transcript, by places; empty for nothing found."""

    begin: int
    end: int


@dataclass(frozen=True)
class Transcript:
    """A text and its words as they are compared."""

    tokens: tuple[str, ...]
    """As they are written, with punctuation."""
    words: tuple[str, ...]
    """Normalized; a token may have several, or none."""
    token_of: tuple[int, ...]
    """The token of each word."""

    @classmethod
    def of(cls, text: str) -> "Transcript":
        """Words of a text; numbers count as they are read."""
        tokens = tuple(text.split())
        pairs = [(word, n) for n, token in enumerate(tokens) for word in normalized(token).split()]
        return cls(tokens, tuple(word for word, _ in pairs), tuple(n for _, n in pairs))

    def text(self, part: Part) -> str:
        """Text of some of the words as it is written, closing punctuation included."""
        if part.begin >= part.end:
            return ""
        first = self.token_of[part.begin]
        last = self.token_of[part.end - 1]
        # Tokens without words, such as dashes, belong to what is before them.
        end = self.token_of[part.end] if part.end < len(self.words) else len(self.tokens)
        return " ".join(self.tokens[first : max(last + 1, end)])


def divided(transcript: Transcript, heard: Sequence[str], total: Total) -> list[Part]:
    """The part of a transcript that is said in each clip, by what was heard in it.

    All that was heard is aligned with all that is written (Moreno et al. 1998), so that sentences
    may be missing on either side. Words between two clips that were heard in neither go to where
    they fit better.
    """
    words = [normalized(text).split() for text in heard]
    flat = [word for clip in words for word in clip]
    clip_of = [n for n, clip in enumerate(words) for _ in clip]
    places: dict[int, list[int]] = {}
    for step in Levenshtein.opcodes(flat, list(transcript.words)):
        if step.tag == "equal":
            for offset in range(step.src_end - step.src_start):
                clip = clip_of[step.src_start + offset]
                places.setdefault(clip, []).append(step.dest_start + offset)
    parts = [
        Part(places[n][0], places[n][-1] + 1) if n in places else Part(0, 0)
        for n in range(len(heard))
    ]
    return _joined(transcript, parts, total)


def _joined(transcript: Transcript, parts: list[Part], total: Total) -> list[Part]:
    """Parts with the words between them, and at both ends, in the best of the places."""
    there = [n for n, part in enumerate(parts) if part.end > part.begin]
    if not there:
        return parts
    first, last = there[0], there[-1]
    if parts[first].begin <= MOST_UNHEARD:
        parts[first] = _best(
            [Part(k, parts[first].end) for k in _ends(transcript, 0, parts[first].begin)],
            lambda part: total(first, transcript.text(part)),
        )
    if len(transcript.words) - parts[last].end <= MOST_UNHEARD:
        ends = _ends(transcript, parts[last].end, len(transcript.words))
        parts[last] = _best(
            [Part(parts[last].begin, k) for k in ends],
            lambda part: total(last, transcript.text(part)),
        )
    for n, after in pairwise(there):
        begin, end = parts[n].end, parts[after].begin
        if after != n + 1 or not 0 < end - begin <= MOST_UNHEARD:
            continue

        def cost(k: int, n: int = n, after: int = after) -> float:
            left, right = Part(parts[n].begin, k), Part(k, parts[after].end)
            return total(n, transcript.text(left)) + total(after, transcript.text(right))

        best = min(_ends(transcript, begin, end), key=cost)
        parts[n], parts[after] = Part(parts[n].begin, best), Part(best, parts[after].end)
    return parts


def _ends(transcript: Transcript, begin: int, end: int) -> Iterator[int]:
    """Places from `begin` to `end` at which a token begins, the ends among them."""
    for place in range(begin, end + 1):
        inside = 0 < place < len(transcript.words)
        if not inside or transcript.token_of[place] != transcript.token_of[place - 1]:
            yield place


def _best(parts: Sequence[Part], cost: Callable[[Part], float]) -> Part:
    return parts[0] if len(parts) == 1 else min(parts, key=cost)
