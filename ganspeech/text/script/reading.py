"""Reading of an utterance: symbols for the network, and the words that they come from."""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ganspeech.text.phonemes.front_ends import Espeak, FrontEnd
from ganspeech.text.script.lexicon import Hit, Lexicon
from ganspeech.text.script.script import Mark, Utterance
from ganspeech.text.sentences import ANCHOR, speakable
from ganspeech.text.spoken_text import Spelled, SpokenText

_TOKEN = re.compile(r"\S+")
_LEADING = re.compile(r"[^\w$£€¥#+@&%§°-]*")
_STOPS = {"…": ",", "—": ",", "–": ",", **{mark: mark for mark in ".,;:!?"}}


@dataclass(frozen=True)
class Stretch:
    """Stretch of an utterance that is turned into phonemes at once."""

    text: str
    """Text as it is written."""
    words: tuple[tuple[str, str], ...]
    """Words as they are written, and as they are read."""
    marks: tuple[tuple[int, str], ...] = ()
    """Index of the word that follows a mark, and the mark's name."""
    ipa: str = ""
    """Phonemes that were given for the text; empty: a front end finds them."""
    symbols: tuple[str, ...] = ()
    """Its phonemes, with the space or the punctuation before them."""


@dataclass(frozen=True)
class Reading:
    """Utterance as the input of a network."""

    text: str
    """Text as it is written."""
    spelled: Spelled
    stretches: tuple[Stretch, ...]


def read(utterance: Utterance, text: SpokenText, lexicon: Lexicon | None = None) -> Reading:
    """Reads an utterance: phonemes that are given are taken, a front end finds the others.

    Raises ValueError when the package of the front end is missing.
    """
    front = front_of(utterance.manner.language, text)
    stretches: list[Stretch] = []
    symbols: list[str] = []
    before = ""
    for stretch in _stretches(utterance, lexicon):
        own = _symbols(stretch, front, before) if before else _first_symbols(stretch, front)
        stretches.append(dataclasses.replace(stretch, symbols=tuple(own)))
        symbols += own
        before = stretch.text[-1:] or before
    written = "".join(stretch.text for stretch in stretches)
    return Reading(written, text.write(symbols), tuple(stretches))


def front_of(language: str | None, text: SpokenText) -> FrontEnd:
    """Front end of a voice, for another language where it is espeak-ng's."""
    return Espeak(language) if language else text.front


def _first_symbols(stretch: Stretch, front: FrontEnd) -> list[str]:
    return list(stretch.ipa) if stretch.ipa else front.phonemes(_said(stretch))


def _symbols(stretch: Stretch, front: FrontEnd, before: str) -> list[str]:
    """Symbols of a stretch that continues a sentence, whose character before it is given."""
    if stretch.ipa:
        joined = before.isalnum() and stretch.text[:1].isalnum()
        return list(stretch.ipa) if joined else [" ", *stretch.ipa]
    said = _said(stretch)
    leading = _LEADING.match(said)[0]  # type: ignore[index]
    stop = next((_STOPS[character] for character in leading if character in _STOPS), None)
    symbols = [stop] if stop else []
    rest = said[len(leading) :]
    if speakable(rest):
        joined = before.isalnum() and said[:1].isalnum()
        symbols += [*([] if joined else [" "]), *front.phonemes(rest)]
    return symbols


def _said(stretch: Stretch) -> str:
    """Text that a front end reads: as written, but for words that are respelled."""
    if all(written == read for written, read in stretch.words):
        return stretch.text
    words = iter(stretch.words)
    return _TOKEN.sub(lambda found: next(words)[1], stretch.text)


def _stretches(utterance: Utterance, lexicon: Lexicon | None) -> Iterator[Stretch]:
    """Stretches without their symbols: texts with marks, and what has phonemes of its own."""
    first, *others = utterance.sentence.text.split(ANCHOR)
    written, marks = first, list[tuple[int, str]]()
    for inserted, following in zip(utterance.inserted, others, strict=True):
        if isinstance(inserted, Mark):
            marks.append((len(written), inserted.name))
            written += following
            continue
        yield from _of_text(written, marks, lexicon)
        yield Stretch(inserted.written, ((inserted.written, ""),), ipa=inserted.ipa)
        written, marks = following, []
    yield from _of_text(written, marks, lexicon)


def _of_text(text: str, marks: list[tuple[int, str]], lexicon: Lexicon | None) -> Iterator[Stretch]:
    """Stretches of a text, cut around words that a lexicon has phonemes for."""
    hits = list(lexicon.found(text)) if lexicon else []
    begin = 0
    for hit in (hit for hit in hits if hit.entry.ipa):
        yield from _between(text, begin, hit.begin, marks, hits)
        written = text[hit.begin : hit.end]
        own = tuple((0, name) for at, name in marks if hit.begin <= at < hit.end)
        yield Stretch(written, ((written, ""),), own, hit.entry.ipa)
        begin = hit.end
    yield from _between(text, begin, len(text), marks, hits, last=True)


def _between(
    text: str, begin: int, end: int, marks: list[tuple[int, str]], hits: list[Hit], last=False
) -> Iterator[Stretch]:
    """Stretch of a text between two places, if anything is there."""
    respelled = {hit.begin: hit for hit in hits if not hit.entry.ipa}
    tokens = list(_TOKEN.finditer(text, begin, end))
    words = [(token[0], _respelled(token, respelled)) for token in tokens]
    own = []
    for at, name in marks:
        if begin <= at < end or (last and at == end):
            own.append((sum(token.end() <= at for token in tokens), name))
    if begin < end or own:
        yield Stretch(text[begin:end], tuple(words), tuple(own))


def _respelled(token: re.Match, respelled: dict[int, Hit]) -> str:
    """Token with its words of the lexicon in their other spelling."""
    said, at = "", token.start()
    while at < token.end():
        hit = respelled.get(at)
        said += hit.entry.respelled if hit else token.string[at]
        at = hit.end if hit else at + 1
    return said
