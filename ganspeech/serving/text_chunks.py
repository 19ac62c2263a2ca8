"""Texts that arrive in chunks, such as those of a language model, cut where sentences end."""

import re
import sys
from itertools import islice
from typing import Any

from ganspeech.text.sentences import Sentence, Silences, sentences

_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+\s++(?=\S)"
    r"|[。！？]++[”’」』）]*+(?=\S)"
    r"|(?<!\s)[^\S\n]*+\n\s++(?<=\n)(?=\S)"
)
"""Where a sentence may end: after a dot, or at empty lines."""
_WORD_END = re.compile(r"\S\s")
_WORD = re.compile(r"(?<!\S)\S++(?=\s)")
"""A word that has ended: what follows a dot decides whether a sentence ends there."""
_BEFORE, _AFTER = 48, 80
"""Characters before and after an end that tell whether it is a sentence's."""
_TRIED = 4
"""Most ends at which the whole is divided, to see whether it stays the same."""
_SHORT = 300
"""Characters that are divided again without waiting for more."""


class TextChunks:
    """Gathers chunks, and gives whole sentences as soon as the next one has begun.

    The time for a text grows as its length: what has been read is not searched again.
    """

    def __init__(self, *, cuts: bool = True) -> None:
        """Without `cuts` all waits for the end, as SSML must: its elements end there."""
        self._cuts = cuts
        self._waiting = ""
        self._read = 0
        """Where the last word ends."""
        self._searched = 0
        """Where the last word that can be spoken begins: ends before it have been judged."""
        self._patience = 0
        """Characters that must be waiting before the whole is divided again."""
        self.characters = 0
        """Characters of all chunks."""

    def add(self, chunk: str) -> str:
        """Adds a chunk; returns the sentences that have ended, or an empty text."""
        begun = max(0, len(self._waiting) - 1)
        self._waiting += chunk
        self.characters += len(chunk)
        if not self._cuts or not _WORD_END.search(self._waiting, begun):
            return ""
        if len(self._waiting) < self._patience or not (places := self._new_places()):
            return ""
        ends = (end for end in reversed(places) if _seems_end(self._waiting, end))
        whole: list[str] = []
        for end in islice(ends, _TRIED):
            whole = whole or _texts(self._waiting)
            head, tail = _texts(self._waiting[:end]), _texts(self._waiting[end:])
            if head and tail and head + tail == whole:
                return self._cut(end)
            if len(self._waiting) > _SHORT:
                self._patience = len(self._waiting) * 3 // 2
        return ""

    def rest(self) -> str:
        """What is left at the end."""
        return self._cut(len(self._waiting))

    def _new_places(self) -> list[int]:
        """Where sentences may end, between the words that have ended since the last call."""
        words = list(_WORD.finditer(self._waiting, self._read))
        spoken = [word for word in words if any(map(str.isalnum, word[0]))]
        self._read = words[-1].end() if words else self._read
        if not spoken:
            return []
        places = [found.end() for found in _END.finditer(self._waiting, self._searched)]
        since, self._searched = self._searched, spoken[-1].start()
        return [place for place in places if since < place < spoken[-1].end()]

    def _cut(self, end: int) -> str:
        head, self._waiting = self._waiting[:end], self._waiting[end:]
        self._read = max(0, self._read - end)
        self._searched = max(0, self._searched - end)
        self._patience = 0
        return head


def pause_after(text: str, silences: Silences) -> float:
    """Seconds of silence between a text of whole sentences and the next."""
    kind: Any = "paragraph" if _ends_paragraph(text) else "sentence"
    return silences.after(Sentence(text, 0.0), kind).pause


def _ends_paragraph(text: str) -> bool:
    return text[len(text.rstrip()) :].count("\n") > 1


def _seems_end(text: str, place: int) -> bool:
    """Whether a sentence ends at a place, by what is near."""
    before, after = text[max(0, place - _BEFORE) : place], text[place : place + _AFTER]
    # In one line each: how lines were wrapped is told by the whole paragraph alone.
    joint = "\n\n" if _ends_paragraph(before) else " "
    before = " ".join(before.split())
    head = _texts(before)
    return _texts(f"{before}{joint}{' '.join(after.split())}")[: len(head)] == head


def _texts(text: str) -> list[str]:
    """Sentences, however long."""
    return [sentence.text for sentence in sentences(text, sys.maxsize)]
