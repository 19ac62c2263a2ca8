"""Texts that arrive in chunks, such as those of a language model, cut where sentences end."""

import re
from typing import Any

from ganspeech.text.sentences import Sentence, Silences, sentences

_END = re.compile(r"(?:[.!?…]+[\"'”’»)\]]*\s+|[。！？]+[”’」』）]*|\n\s*\n)(?=\S)")
"""Where a sentence may end."""
_PARAGRAPH = re.compile(r"\n\s*\n\s*\Z")
_WORD = re.compile(r"\S\s")
"""A word that has ended: what follows a dot decides whether a sentence ends there."""


class TextChunks:
    """Gathers chunks, and gives whole sentences as soon as the next one has begun."""

    def __init__(self, *, cuts: bool = True) -> None:
        """Without `cuts` all waits for the end, as SSML must: its elements end there."""
        self._cuts = cuts
        self._waiting = ""
        self.characters = 0
        """Characters of all chunks."""

    def add(self, chunk: str) -> str:
        """Adds a chunk; returns the sentences that have ended, or an empty text."""
        self._waiting += chunk
        self.characters += len(chunk)
        whole = _texts(self._waiting) if self._cuts and _END.search(self._waiting) else []
        if len(whole) < 2:
            return ""
        for end in reversed([found.end() for found in _END.finditer(self._waiting)]):
            head, tail = self._waiting[:end], self._waiting[end:]
            if not _WORD.search(tail):
                continue
            if _texts(head) + _texts(tail) == whole:
                self._waiting = tail
                return head
        return ""

    def rest(self) -> str:
        """What is left at the end."""
        rest, self._waiting = self._waiting, ""
        return rest


def pause_after(text: str, silences: Silences) -> float:
    """Seconds of silence between a text of whole sentences and the next."""
    kind: Any = "paragraph" if _PARAGRAPH.search(text) else "sentence"
    return silences.after(Sentence(text, 0.0), kind).pause


def _texts(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]
