"""Phonemes that an author writes within a text, in double brackets: `[[həlˈoʊ]]`."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ganspeech.text.script.ipa import MARKS, checked_symbols
from ganspeech.text.script.script import Pronounced, brief

_BRACKETS = re.compile(r"\[\[(?!\[)([^\[\]\n]{0,500})(\]\])?")
_LEFT_OUT = "phonemes in [[ ]] are left out: this voice reads letters"


@dataclass(frozen=True)
class Part:
    """Part of a text: what is read, or phonemes."""

    text: str
    """Text to read; empty where phonemes are."""
    begin: int
    """Index of its first character in the whole text."""
    written: str
    """What is written there."""
    pronounced: Pronounced | None = None
    note: str = ""
    """What was asked for and is not done, for a message."""


def parts(text: str, phonemic: bool, own: AbstractSet[str] = frozenset()) -> Iterator[Part]:
    """Divides a text at double brackets, in order.

    Brackets without phonemes are read as text; phonemes are left out for a voice that is not
    `phonemic`. `own` are symbols of the voice that are not IPA.
    """
    begin = 0
    for found in _BRACKETS.finditer(text):
        if begin < found.start():
            yield Part(text[begin : found.start()], begin, text[begin : found.start()])
        yield _part(found, phonemic, own)
        begin = found.end()
    if begin < len(text):
        yield Part(text[begin:], begin, text[begin:])


def _part(found: re.Match, phonemic: bool, own: AbstractSet[str]) -> Part:
    written, begin = found[0], found.start()
    try:
        if not found[2]:
            raise ValueError(f"{brief(written)} has no closing ]]")
        ipa = checked_symbols(found[1], written, MARKS | own)
    except ValueError as error:
        return Part(written, begin, written, note=f"{error}; it is read as any other text")
    if not phonemic:
        return Part(" ", begin, written, note=_LEFT_OUT)
    return Part("", begin, written, Pronounced(ipa, written))
