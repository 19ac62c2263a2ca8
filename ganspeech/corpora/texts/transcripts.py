"""The transcript of a long recording, divided among its clips."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from ganspeech.text.english.normalization import normalized

MOST_UNHEARD = 8
"""Unheard words between two clips that are divided among them; more were not read."""
MOST_MOVED = 2
"""Words, heard in one clip, that may turn out to belong to its neighbor."""

Total = Callable[[int, str], float]
"""How badly a text fits a clip by its number."""
Junction = Callable[[int, Sequence[str]], int | None]
"""How many words, said in a clip and the next one, are said in the first; None for no idea."""


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

    def token_begin(self, word: int) -> int:
        """First word of the token that a word belongs to."""
        while 0 < word < len(self.words) and self.token_of[word] == self.token_of[word - 1]:
            word -= 1
        return word

    def text(self, part: Part) -> str:
        """Text of some of the words as it is written, closing punctuation included."""
        if part.begin >= part.end:
            return ""
        first = self.token_of[part.begin]
        last = self.token_of[part.end - 1]
        # Tokens without words, such as dashes, belong to what is before them.
        end = self.token_of[part.end] if part.end < len(self.words) else len(self.tokens)
        return " ".join(self.tokens[first : max(last + 1, end)])


def divided(
    transcript: Transcript, heard: Sequence[str], total: Total, junction: Junction
) -> list[Part]:
    """The part of a transcript that is said in each clip, by what was heard in it.

    All that was heard is aligned with all that is written (Moreno et al. 1998), so that sentences
    may be missing on either side. Where one clip passes into the next is looked at once more, and
    words at both ends that were not heard are taken where they fit.
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
    _extend(transcript, parts, total)
    _join(transcript, parts, junction)
    return parts


def _extend(transcript: Transcript, parts: list[Part], total: Total) -> None:
    """Adds the words before the first part and after the last one where that fits better."""
    there = [n for n, part in enumerate(parts) if part.end > part.begin]
    if not there:
        return
    first, last, whole = there[0], there[-1], len(transcript.words)
    for n, more in (
        (first, Part(0, parts[first].end)),
        (last, Part(parts[last].begin, whole)),
    ):
        added = more.end - more.begin - (parts[n].end - parts[n].begin)
        fits = 0 < added <= MOST_UNHEARD and (
            total(n, transcript.text(more)) < total(n, transcript.text(parts[n]))
        )
        parts[n] = more if fits else parts[n]


def _join(transcript: Transcript, parts: list[Part], junction: Junction) -> None:
    """Moves the ends of neighboring parts to where one clip passes into the next.

    Parts that lie further apart stay, since what is between was not read, and so do those whose
    ends would move far: then something was read that is not written.
    """
    for n, (part, after) in enumerate(pairwise(parts)):
        part = parts[n]  # perhaps moved
        gap = after.begin - part.end
        if part.end <= part.begin or after.end <= after.begin or not 0 <= gap <= MOST_UNHEARD:
            continue
        found = junction(n, transcript.words[part.begin : after.end])
        if found is None:
            found = part.end - part.begin
        place = transcript.token_begin(part.begin + found)
        near = part.end - MOST_MOVED <= place <= after.begin + MOST_MOVED
        if near and part.begin < place < after.end:
            parts[n], parts[n + 1] = Part(part.begin, place), Part(place, after.end)
