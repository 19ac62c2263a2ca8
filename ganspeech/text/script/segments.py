"""Collection of a script: texts between what changes the manner or the pauses."""

import re
from collections.abc import Iterable
from typing import Literal

from ganspeech.text.script.script import (
    Manner,
    Mark,
    Pronounced,
    Silence,
    Utterance,
    paused,
    utterances,
)
from ganspeech.text.sentences import ANCHOR, LONGEST, Sentence, Silences, cut, split, visible

Ending = Literal["piece", "sentence", "paragraph"]
"""What ends a text: a change within a sentence, or the end of a sentence or of a paragraph."""

_FINAL = re.compile(r"[.!?…。！？｡।॥؟۔][\"'”’»)\]」』）]*$")
_CONTINUED = re.compile(r"\s*([,;:.!?…。！？]+)[\"'”’»)\]]*(?:\s+|$|(?<=[。！？]))")


class Segments:
    """Items of a script in the making."""

    def __init__(self, silences: Silences):
        self.items: list[Utterance | Silence] = []
        self.manner = Manner()
        self._silences = silences
        self._text: list[str] = []
        self._inserted: list[Pronounced | Mark] = []
        self._last: int | None = None
        """Index of the last spoken utterance, if no silence came after it."""

    def add(self, text: str) -> None:
        """Continues the text."""
        self._text.append(text.replace(ANCHOR, "\ufffd"))

    def insert(self, inserted: Pronounced | Mark) -> None:
        """Inserts phonemes or a mark at the end of the text so far."""
        self._text.append(ANCHOR)
        self._inserted.append(inserted)

    def pause(self, seconds: float) -> None:
        """Ends the text with a silence, in place of the pause that it would make."""
        self.end("piece")
        if self._last is not None:
            last = self.items[self._last]
            assert isinstance(last, Utterance)
            self.items[self._last] = paused(last, 0.0)
        self.items.append(Silence(seconds))
        self._last = None

    def end(self, ending: Ending, *, whole: bool = False) -> None:
        """Ends the text; `whole` is one sentence, whatever its punctuation."""
        text = " ".join(visible("".join(self._text)).split())
        inserted, self._text, self._inserted = self._inserted, [], []
        if (found := _CONTINUED.match(text)) and self._last is not None:
            text = text[found.end() :]
            if _FINAL.search(found[1]):
                self._promote("sentence")
        pieces = list(cut(text, LONGEST, 0.0)) if whole else split(text, LONGEST, self._silences)
        if pieces:
            pieces[-1] = self._ended(pieces[-1], ending)
            self._append(utterances(pieces, inserted, self.manner))
        elif ending != "piece":
            self._promote(ending)

    def _append(self, found: Iterable[Utterance]) -> None:
        for utterance in found:
            if utterance.speaks:
                self._last = len(self.items)
            elif not utterance.inserted:
                continue
            else:
                utterance = paused(utterance, 0.0)
            self.items.append(utterance)

    def _ended(self, last: Sentence, ending: Ending) -> Sentence:
        if ending != "piece":
            return self._silences.after(last, ending)
        if _FINAL.search(last.text):
            return self._silences.after(last, "sentence")
        return Sentence(last.text, 0.0)

    def _promote(self, ending: Literal["sentence", "paragraph"]) -> None:
        """Lengthens the pause after the last utterance to that of an ending that follows it."""
        if self._last is None:
            return
        last = self.items[self._last]
        assert isinstance(last, Utterance)
        sentence = self._silences.after(last.sentence, ending)
        if ending == "paragraph" or not last.sentence.pause:
            self.items[self._last] = paused(last, sentence.pause, sentence.exact)
