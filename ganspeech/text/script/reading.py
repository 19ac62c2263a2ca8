"""Reading of an utterance: symbols for the network, and the words that they come from."""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ganspeech.text.phonemes.front_ends import Espeak, FrontEnd
from ganspeech.text.script.ipa import begins_with_vowel
from ganspeech.text.script.languages import own_language
from ganspeech.text.script.lexicon import Hit, Lexicon
from ganspeech.text.script.script import Mark, Replaced, Utterance
from ganspeech.text.sentences import ANCHOR, speakable
from ganspeech.text.spoken_text import Spelled, SpokenText

Span = tuple[int, int, str]
"""Begin and end of a text that is read, and what is written in its place."""

_TOKEN = re.compile(r"\S+")
_LEADING = re.compile(r"[^\w$£€¥#+@&%§°-]*")
_MARKS = frozenset(".,;:!?")
_STOPS = {"…": ",", "—": ",", "–": ",", **{mark: mark for mark in _MARKS}}


@dataclass(frozen=True)
class Stretch:
    """Stretch of an utterance that is turned into phonemes at once."""

    text: str
    """Text as it is written."""
    words: tuple[tuple[str, str], ...]
    """Words as they are written, and as they are read."""
    marks: tuple[tuple[int, str], ...] = ()
    """Place of a mark in the text, in characters, and its name."""
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
    found = list(_stretches(utterance, lexicon))
    stretches: list[Stretch] = []
    symbols: list[str] = []
    before = ""
    for stretch, following in zip(found, [*found[1:], None]):
        alone = len(found) == 1 and bool(stretch.words) and not stretch.ipa
        own = front.phonemes(_said(stretch)) if alone else _symbols(stretch, following, front)
        if own and own[0] not in _MARKS and symbols and not _joined(before, stretch.text):
            own = [" ", *own]
        stretches.append(dataclasses.replace(stretch, symbols=tuple(own)))
        symbols += own
        before = stretch.text or before
    written = "".join(stretch.text for stretch in stretches)
    return Reading(written, text.write(symbols), tuple(stretches))


def front_of(language: str | None, text: SpokenText) -> FrontEnd:
    """Front end of a voice, for another language where it is espeak-ng's."""
    return Espeak(language) if language else text.front


def _symbols(stretch: Stretch, following: Stretch | None, front: FrontEnd) -> list[str]:
    """Symbols of a stretch among others of a sentence."""
    if stretch.ipa:
        return list(stretch.ipa)
    said = _said(stretch)
    leading = _LEADING.match(said)[0]  # type: ignore[index]
    stop = next((_STOPS[character] for character in leading if character in _STOPS), None)
    rest = said[len(leading) :]
    symbols = [stop] if stop else []
    if not speakable(rest):
        return symbols
    spoken = _before(rest, following.ipa, front) if following else front.phonemes(rest)
    return [*symbols, " ", *spoken] if symbols else spoken


def _before(said: str, ipa: str, front: FrontEnd) -> list[str]:
    """Phonemes of an English text before given ones, as before a word that begins alike.

    So "a" and "the" are read as they are before a vowel or a consonant.
    """
    word = "apple" if begins_with_vowel(ipa) else "tomato"
    if own_language(front) == "en" and said.rstrip()[-1:].isalnum():
        together, alone = front.phonemes(f"{said} {word}"), [" ", *front.phonemes(word)]
        if together[-len(alone) :] == alone:
            return together[: -len(alone)]
    return front.phonemes(said)


def _joined(before: str, after: str) -> bool:
    """Returns whether two texts meet within a word."""
    return before[-1:].isalnum() and after[:1].isalnum()


def _said(stretch: Stretch) -> str:
    """Text that a front end reads: as written, but for words that are respelled."""
    if all(written == read for written, read in stretch.words):
        return stretch.text
    words = iter(stretch.words)
    return _TOKEN.sub(lambda found: next(words)[1], stretch.text)


def _stretches(utterance: Utterance, lexicon: Lexicon | None) -> Iterator[Stretch]:
    """Stretches without their symbols: texts with marks, and what has phonemes of its own."""
    text, *others = utterance.sentence.text.split(ANCHOR)
    marks, spans = list[tuple[int, str]](), list[Span]()
    for inserted, following in zip(utterance.inserted, others, strict=True):
        if isinstance(inserted, Mark):
            marks.append((len(text), inserted.name))
        elif isinstance(inserted, Replaced):
            if text.endswith(inserted.read):  # Else it was cut into sentences.
                spans.append((len(text) - len(inserted.read), len(text), inserted.written))
        else:
            yield from _of_text(text, marks, spans, lexicon)
            yield Stretch(inserted.written, ((inserted.written, ""),), ipa=inserted.ipa)
            text, marks, spans = "", [], []
        text += following
    yield from _of_text(text, marks, spans, lexicon)


def _of_text(
    text: str, marks: list[tuple[int, str]], spans: list[Span], lexicon: Lexicon | None
) -> Iterator[Stretch]:
    """Stretches of a text, cut around words that a lexicon has phonemes for."""
    hits = list(lexicon.found(text)) if lexicon else []
    others = _others(text, hits, spans)
    begin = 0
    for hit in (hit for hit in hits if hit.entry.ipa):
        yield from _between(text, begin, hit.begin, marks, others)
        written = "".join(one.written for one in _pieces(text, hit.begin, hit.end, others))
        own = tuple((at - hit.begin, name) for at, name in marks if hit.begin <= at < hit.end)
        yield Stretch(written, ((written, ""),), own, hit.entry.ipa)
        begin = hit.end
    yield from _between(text, begin, len(text), marks, others, last=True)


@dataclass(frozen=True)
class _Piece:
    """Part of a text, as it is written and as it is read."""

    begin: int
    end: int
    written: str
    read: str


def _others(text: str, hits: list[Hit], spans: list[Span]) -> list[_Piece]:
    """Pieces that are read otherwise than they are written, in order.

    What an author replaced is looked up in the lexicon, too; where a word of it goes beyond, or
    has phonemes within, it is shown as it is read.
    """
    respelled = [
        _Piece(hit.begin, hit.end, text[hit.begin : hit.end], hit.entry.respelled)
        for hit in hits
        if not hit.entry.ipa
    ]
    found = []
    for begin, end, written in spans:
        touching = [hit for hit in hits if hit.begin < end and begin < hit.end]
        if all(_goes_with(hit, begin, end) for hit in touching):
            inside = [one for one in respelled if begin <= one.begin and one.end <= end]
            read = "".join(piece.read for piece in _pieces(text, begin, end, inside))
            respelled = [one for one in respelled if one not in inside]
            found.append(_Piece(begin, end, written, read))
    return sorted([*respelled, *found], key=lambda one: one.begin)


def _goes_with(hit: Hit, begin: int, end: int) -> bool:
    """Returns whether a word of a lexicon lies within a replaced text, or sounds in its place."""
    if hit.entry.ipa:
        return hit.begin <= begin and end <= hit.end
    return begin <= hit.begin and hit.end <= end


def _pieces(text: str, begin: int, end: int, others: list[_Piece]) -> Iterator[_Piece]:
    """Pieces of a stretch of a text, those that are read as they are written, too."""
    for other in others:
        if begin <= other.begin and other.end <= end:
            yield _Piece(begin, other.begin, *[text[begin : other.begin]] * 2)
            yield other
            begin = other.end
    yield _Piece(begin, end, *[text[begin:end]] * 2)


def _between(
    text: str,
    begin: int,
    end: int,
    marks: list[tuple[int, str]],
    others: list[_Piece],
    last: bool = False,
) -> Iterator[Stretch]:
    """Stretch of a text between two places, if anything is there."""
    pieces = list(_pieces(text, begin, end, others))
    own = tuple(
        (_place(at, pieces), name)
        for at, name in marks
        if begin <= at < end or (last and at == end)
    )
    if begin < end or own:
        yield Stretch("".join(piece.written for piece in pieces), tuple(_words(pieces)), own)


def _place(at: int, pieces: list[_Piece]) -> int:
    """Place in what is written of a place in what is read; within a replaced text, its begin."""
    place = 0
    for piece in pieces:
        if at < piece.end:
            return place + (at - piece.begin if piece.written == piece.read else 0)
        place += len(piece.written)
    return place


def _words(pieces: list[_Piece]) -> Iterator[tuple[str, str]]:
    """Words between spaces, as they are written and as they are read.

    What is read for several words is read with the first of them.
    """
    read: list[str] = []
    for piece in pieces:
        same = piece.written == piece.read
        read += piece.written if same else [piece.read, *[""] * (len(piece.written) - 1)]
    for token in _TOKEN.finditer("".join(piece.written for piece in pieces)):
        yield token[0], "".join(read[token.start() : token.end()])
