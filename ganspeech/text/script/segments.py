"""Collection of a script: texts between what changes the manner or the pauses."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from ganspeech.text.script.script import (
    Inserted,
    Manner,
    Mark,
    Pronounced,
    Replaced,
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
        self._inserted: list[Inserted] = []
        self._before = ""
        """Last character of the text so far."""
        self._apart = False
        """Whether that was read in place of another."""
        self._last: int | None = None
        """Index of the last spoken utterance, if no silence came after it."""

    def add(self, text: str) -> None:
        """Continues the text."""
        self._add(text, self._apart)
        self._apart = self._apart and not text

    def replace(self, read: str, written: str) -> None:
        """Continues the text with one that is read in place of what is written.

        It is kept apart from letters and digits beside it.
        """
        read, written = (" ".join(visible(one).split()) for one in (read, written))
        self._add(read, apart=True)
        if read and written and read != written:
            self._text.append(ANCHOR)
            self._inserted.append(Replaced(read, written))
        self._apart = True

    def insert(self, inserted: Pronounced | Mark) -> None:
        """Inserts phonemes or a mark at the end of the text so far."""
        if isinstance(inserted, Pronounced):
            if self._apart and self._meets(inserted.written):
                self._text.append(" ")
            self._before, self._apart = inserted.written[-1:], False
        self._text.append(ANCHOR)
        self._inserted.append(inserted)

    def _add(self, text: str, apart: bool) -> None:
        if apart and self._meets(text):
            self._text.append(" ")
        self._text.append(text.replace(ANCHOR, "\ufffd"))
        self._before = text[-1:] or self._before

    def _meets(self, text: str) -> bool:
        """Returns whether a text would go on the last word.

        Scripts without case are left as they are: they write words, or particles, without spaces.
        """
        beside = self._before, text[:1]
        return all(one.isalnum() and unicodedata.category(one) != "Lo" for one in beside)

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
        self._before, self._apart = "", False
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
        if _FINAL.search(last.text.rstrip(ANCHOR)):
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
