"""Splitting of long texts into sentences, and the silence after each."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal

from ganspeech.text.english.abbreviations import ends_in_abbreviation
from ganspeech.text.markup import without_markup

LONGEST = 250
"""Most characters of a sentence; longer ones are cut at a pause, else between words."""
PAUSES = {"sentence": 0.3, "paragraph": 0.7, "clause": 0.15, "word": 0.0}
"""Seconds of silence after each kind of ending."""
ANCHOR = "\U000f5a5a"
"""Private character that stands for what a script inserts into a sentence; it counts as a word."""

_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s|$)|[。！？｡]+[”’」』）\"']*|[।॥؟۔]+[\"'”’)]*"
)
_KEPT = "\n\u200c\u200d"
_LOOSE_JOINER = re.compile(
    "(?<![\u0600-\u08ff\u0900-\u1cff\ua800-\uabff\ufb50-\ufdff])[\u200c\u200d]+"
)
"""Joiners outside the spelling of Arabic, Indic and Southeast Asian scripts, as in emoji."""
_WIDE = "。！？｡।॥؟۔"
_CUTS = (r"[;:](?=\s)|[；：—]|\s[–-](?=\s)", r"[,،](?=\s)|[，、]", r"\s")
"""Places to cut a sentence that is too long, the best first; never in 7:30, 1,234 or https://."""
_NARROW = 40
"""Characters of a line that is too short for the width of a page."""
_RAGGED = 60
"""Characters of the longest line from which on others may end a quarter earlier."""
_VERSE = 48
"""Characters of the longest verse, which may begin with a capital anywhere in a sentence."""
_DASHED = re.compile(r"\w[-–—]$")
_CONTINUING = re.compile("[+&/=|]|@ ")
"""Signs that no sentence begins with."""
_NEAR = 80
"""Characters before and after a dot that tell whether a sentence ends there."""
_NUMBER_OF_LIST = re.compile(r"\s*[(\[]?(\d{1,3}|[A-Za-z])\.")


@dataclass(frozen=True)
class Sentence:
    """Piece of a text that is synthesized at once."""

    text: str
    pause: float
    """Seconds of silence between it and the next one."""
    exact: bool = False
    """Whether the pause is that long at any speed; others are shorter where speech is faster."""


@dataclass(frozen=True)
class Silences:
    """Seconds of silence that an author sets, exact at any speed; None: those of `PAUSES`."""

    sentence: float | None = None
    paragraph: float | None = None

    def after(self, sentence: Sentence, kind: Literal["sentence", "paragraph"]) -> Sentence:
        """Returns a sentence with the silence after an ending of a kind."""
        asked = self.sentence if kind == "sentence" else self.paragraph
        pause = PAUSES[kind] if asked is None else asked
        return Sentence(sentence.text, pause, asked is not None)


USUAL = Silences()
"""Those of `PAUSES`."""


def sentences(text: str, longest: int = LONGEST) -> list[Sentence]:
    """Sentences of a text in order; empty if there is nothing to say.

    They end at .!?… and the equivalents of other scripts, and at empty lines, but not after
    abbreviations, in numbers, after list numbers, or before a lower-case word. Invisible characters
    (control characters, direction marks) are dropped, except joiners that spell words of Arabic
    and Indic scripts; so are marks of HTML and Markdown. None is longer than `longest` characters.
    """
    return split(without_markup(visible(text)), longest)


def split(text: str, longest: int = LONGEST, silences: Silences = USUAL) -> list[Sentence]:
    """Sentences of a text without markup and invisible characters, as `sentences` finds them."""
    found: list[Sentence] = []
    for paragraph in re.split(r"\n\s*\n", text):
        pieces: list[Sentence] = []
        for sentence in chain.from_iterable(map(_ended, _stretches(paragraph))):
            cuts = list(cut(sentence, longest, PAUSES["sentence"]))
            cuts[-1:] = [silences.after(last, "sentence") for last in cuts[-1:]]
            pieces += [piece for piece in cuts if speakable(piece.text)]
        if pieces:
            found += [*pieces[:-1], silences.after(pieces[-1], "paragraph")]
    return found


def visible(text: str) -> str:
    """Normalizes a text to NFC without control characters; line ends are newlines."""
    text = unicodedata.normalize("NFC", re.sub(r"\r\n?|[\u2028\u0085\v\f]", "\n", text))
    text = text.replace("\u2029", "\n\n").replace("\t", " ")
    text = _LOOSE_JOINER.sub("", text)
    kept = (c for c in text if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return "".join(kept)


def speakable(text: str) -> bool:
    """Returns whether a text has a letter, a digit, a sign or an anchor, not punctuation alone."""
    return any(c == ANCHOR or unicodedata.category(c)[0] in "LNS" for c in text)


def cut(sentence: str, longest: int, pause: float) -> Iterator[Sentence]:
    """Cuts a sentence into pieces of at most `longest` characters; `pause` follows the last.

    A cut lies in the last two thirds, at a semicolon, else a comma, else a space, else between any
    two characters.
    """
    begin = 0
    while len(sentence) - begin > longest:
        ahead = sentence[begin : begin + longest + 1]
        at, kind = longest, "word"
        for pattern in _CUTS:
            places = [found.end() for found in re.finditer(pattern, ahead)]
            if places := [place for place in places if longest // 3 <= place <= longest]:
                at, kind = places[-1], "word" if pattern == _CUTS[-1] else "clause"
                break
        yield Sentence(ahead[:at].strip(), PAUSES[kind])
        begin += at
        while sentence[begin : begin + 1].isspace():
            begin += 1
    if begin < len(sentence):
        yield Sentence(sentence[begin:].strip(), pause)


def halves(sentence: Sentence) -> list[Sentence]:
    """Cuts a sentence into two or three pieces; raises ValueError for a single character."""
    length = len(sentence.text)
    if length == 1:
        raise ValueError(f"{sentence.text!r} alone is too long to speak as one sentence")
    *first, last = cut(sentence.text, -(-length // 2), sentence.pause)
    return [*first, Sentence(last.text, last.pause, sentence.exact)]


def _stretches(paragraph: str) -> Iterator[str]:
    """Joins lines that were wrapped at the width of a page; verses and items of lists stay apart.

    A line was wrapped if the next word would not have fitted, or goes on in lower case. Three or
    more lines that all begin with capitals are verses.
    """
    lines = [" ".join(line.split()) for line in paragraph.split("\n")]
    width = max(_NARROW, *map(len, lines), 0)
    usual = width if width <= _RAGGED else width * 3 // 4
    firsts = [line.lstrip("\"'“‘«([¿¡")[:1] for line in lines]
    verses = len(lines) > 2 and width <= _VERSE and all(first.isupper() for first in firsts[1:])
    begin = 0
    for n, (line, following) in enumerate(pairwise(lines), start=1):
        fits = verses or len(line) + 1 + len(following.split(" ")[0]) <= usual
        if fits and (firsts[n].isupper() or firsts[n].isdigit()) and not _DASHED.search(line):
            yield " ".join(lines[begin:n])
            begin = n
    yield " ".join(lines[begin:]).strip()


def _ended(paragraph: str) -> Iterator[str]:
    begin = 0
    for end in _END.finditer(paragraph):
        # Only the neighborhood is examined: a paragraph may be a whole book.
        preceding = paragraph[max(begin, end.end() - _NEAR) : end.end()]
        following = paragraph[end.end() : end.end() + _NEAR].lstrip()
        if end[0][0] not in _WIDE:
            first = following.lstrip("\"'“‘«([¿¡")[:1]
            if first.islower() or _CONTINUING.match(following):
                continue
            if end[0] == "." and following and ends_in_abbreviation(preceding, following):
                continue
            if following and _NUMBER_OF_LIST.fullmatch(paragraph, begin, end.end()):
                continue
        yield paragraph[begin : end.end()].strip()
        begin = end.end()
    yield paragraph[begin:].strip()
