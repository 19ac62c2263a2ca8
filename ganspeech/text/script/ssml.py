"""SSML 1.1 as scripts (Burnett and Shuang 2010): https://www.w3.org/TR/speech-synthesis11/."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar
from xml.parsers import expat

from ganspeech.text.phonemes.front_ends import FrontEnd
from ganspeech.text.script.brackets import parts
from ganspeech.text.script.ipa import MARKS, checked_symbols
from ganspeech.text.script.languages import language_of, own_language
from ganspeech.text.script.prosody import rate_of, seconds_of, volume_of
from ganspeech.text.script.say_as import Unsayable, said_as
from ganspeech.text.script.script import Manner, Mark, Pronounced, Script, brief, ended
from ganspeech.text.script.segments import Segments
from ganspeech.text.sentences import USUAL, Silences

ATTRIBUTES = {
    "speak": {"version", "xml:lang", "xml:base", "xsi:schemaLocation"},
    "p": {"xml:lang"},
    "s": {"xml:lang"},
    "w": {"xml:lang"},
    "token": {"xml:lang"},
    "lang": {"xml:lang"},
    "break": {"time", "strength"},
    "prosody": {"rate", "volume"},
    "voice": {"name", "xml:lang"},
    "phoneme": {"alphabet", "ph"},
    "sub": {"alias"},
    "say-as": {"interpret-as", "format"},
    "mark": {"name"},
}
"""Supported elements, and their supported attributes."""
SKIPPED = {"desc", "meta", "metadata", "lexicon"}
"""Elements whose content is no text to speak."""

_ANYWHERE = {"xml:id", "xmlns"}

Value = TypeVar("Value")


class SsmlError(ValueError):
    """SSML that cannot be read; the message names the line and the column."""


@dataclass(frozen=True)
class Abilities:
    """What a voice brings to the reading of SSML."""

    front: FrontEnd
    require_speaker: Callable[[str], object]
    """Raises ValueError for the name of a speaker that the voice does not have."""
    rates: tuple[float, float]
    """Smallest and largest factor on the speed."""
    speed: float = 1.0
    """Speed of the whole text, which they multiply."""
    own: frozenset[str] = frozenset()
    """Symbols of the voice that are not IPA, which phonemes may have, too."""


def ssml_script(text: str, abilities: Abilities, silences: Silences = USUAL) -> Script:
    """Script of an SSML document.

    What is not supported is noted once each, with its line, and its text is read as any other. The
    prefix of a `<ssml:speak>` may stand before all names.
    Raises `SsmlError`, naming line and column, for broken XML, a DOCTYPE (which could define
    entities), and values that an attribute cannot have.
    """
    return _Reader(abilities, silences).script(text.removeprefix("\ufeff").lstrip())


@dataclass
class _Capture:
    """Element whose whole text is needed."""

    name: str
    attributes: dict[str, str]
    place: tuple[int, int]
    """Line and column of its beginning."""
    depth: int = 0
    text: str = ""


class _Reader:
    """Handler of a parser's events."""

    def __init__(self, abilities: Abilities, silences: Silences):
        self._abilities = abilities
        self._segments = Segments(silences)
        self._open: list[tuple[str, Manner]] = []
        self._capture: _Capture | None = None
        self._waiting: list[str] = []
        """Pieces of a text that may go on."""
        self._skipped = 0
        self._language_of_document = ""
        self._prefix = ""
        """Prefix of the document's names, with its colon."""
        self._notes: dict[str, int] = {}
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def script(self, text: str) -> Script:
        try:
            self._parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            place = f"line {error.lineno}, column {error.offset + 1}"
            reason = expat.ErrorString(error.code)
            raise SsmlError(f"SSML {place}: {reason}") from None
        notes = tuple(f"SSML line {line}: {what}" for what, line in self._notes.items())
        return Script(ended(self._segments.items), notes)

    def _doctype(self, *_: object) -> None:
        self._refuse("a DOCTYPE is not allowed, remove it")

    def _place(self) -> tuple[int, int]:
        return self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1

    def _refuse(self, reason: str, place: tuple[int, int] | None = None) -> NoReturn:
        line, column = place or self._place()
        raise SsmlError(f"SSML line {line}, column {column}: {reason}")

    def _note(self, what: str, line: int | None = None) -> None:
        self._notes.setdefault(what, line or self._parser.CurrentLineNumber)

    def _text(self, text: str) -> None:
        if self._skipped:
            return
        if self._capture:
            self._capture.text += text
        else:
            self._waiting.append(text)

    def _read_text(self) -> None:
        """Reads the text before a tag, with phonemes in double brackets."""
        text, self._waiting = "".join(self._waiting), []
        for part in parts(text, self._abilities.front.phonemic, self._abilities.own):
            if part.pronounced:
                self._segments.insert(part.pronounced)
            else:
                self._segments.add(part.text)
            if part.note:
                lines = text.count("\n", part.begin)
                self._note(part.note, self._parser.CurrentLineNumber - lines)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._read_text()
        if not self._open and name.endswith(":speak"):
            self._prefix = name.removesuffix("speak")
        name = name.removeprefix(self._prefix)
        if not self._open and name != "speak":
            self._refuse(f"the document must be a <speak>, not a <{name}>")
        if self._skipped or name in SKIPPED:
            if not self._skipped and name == "lexicon":
                self._note("<lexicon> is not supported; give a lexicon beside the text")
            self._skipped += 1
            return
        if self._capture:
            self._note(f"<{name}> inside <{self._capture.name}> is not supported")
            self._capture.depth += 1
            return
        known = ATTRIBUTES.get(name)
        if known is None:
            self._note(f"<{name}> is not supported; its text is read as any other")
            known = set(attributes)
        for attribute in attributes:
            if attribute not in known | _ANYWHERE and not attribute.startswith("xmlns:"):
                self._note(f"{attribute} of <{name}> is not supported")
        if name in ("phoneme", "sub", "say-as"):
            self._capture = _Capture(name, attributes, self._place())
            return
        self._enter(name, attributes)

    def _enter(self, name: str, attributes: dict[str, str]) -> None:
        """Enters an element whose content is read as it comes."""
        manner = self._open[-1][1] if self._open else Manner()
        if not self._open:
            self._language_of_document = attributes.get("xml:lang", "")
        if name in ("p", "s"):
            self._segments.end("paragraph" if name == "p" else "sentence")
        elif name == "break":
            time, strength = attributes.get("time"), attributes.get("strength")
            self._segments.pause(self._value(seconds_of, time, strength))
        elif name == "mark":
            self._segments.insert(Mark(self._required(name, attributes, "name")))
        elif name == "prosody":
            manner = self._prosody(attributes, manner)
        elif name == "voice" and "name" in attributes:
            self._value(self._abilities.require_speaker, attributes["name"])
            manner = dataclasses.replace(manner, speaker=attributes["name"])
        if name in ATTRIBUTES and "xml:lang" in attributes:
            manner = self._language(attributes["xml:lang"], manner)
        self._open.append((name, manner))
        self._change(manner)

    def _end(self, name: str) -> None:
        self._read_text()
        name = name.removeprefix(self._prefix)
        if self._skipped:
            self._skipped -= 1
            return
        if self._capture and self._capture.depth:
            self._capture.depth -= 1
            return
        if self._capture:
            capture, self._capture = self._capture, None
            self._captured(capture)
            return
        if name in ("p", "s", "speak"):
            self._segments.end("sentence" if name == "s" else "paragraph", whole=name == "s")
        self._open.pop()
        if self._open:
            self._change(self._open[-1][1])

    def _change(self, manner: Manner) -> None:
        if manner != self._segments.manner:
            self._segments.end("piece")
            self._segments.manner = manner

    def _prosody(self, attributes: dict[str, str], manner: Manner) -> Manner:
        rate, volume = manner.rate, manner.volume
        if "rate" in attributes:
            rate = self._value(rate_of, attributes["rate"].strip(), manner.rate)
            slowest, fastest = self._abilities.rates
            if not slowest <= rate <= fastest:
                bounds = f"{slowest:.3g} to {fastest:.3g}"
                if self._abilities.speed != 1:
                    bounds += f" at speed {self._abilities.speed:g}"
                self._refuse(f"rate must stay within {bounds}, not {brief(attributes['rate'])}")
        if "volume" in attributes:
            volume = self._value(volume_of, attributes["volume"].strip(), manner.volume)
        return dataclasses.replace(manner, rate=rate, volume=volume)

    def _language(self, tag: str, manner: Manner) -> Manner:
        try:
            language = language_of(tag, self._abilities.front, self._language_of_document)
        except Unsayable as error:
            self._note(str(error))
            return manner
        return dataclasses.replace(manner, language=language)

    def _captured(self, capture: _Capture) -> None:
        """Adds what an element says in place of its text."""
        name, given, text = capture.name, capture.attributes, capture.text
        if name == "sub":
            self._segments.replace(self._required(name, given, "alias"), text)
            return
        if name == "phoneme":
            self._required(name, given, "ph")
            self._phoneme(capture)
            return
        kind = self._required(name, given, "interpret-as").strip()
        language = own_language(self._abilities.front, self._open[-1][1].language)
        try:
            read = said_as(text, kind, given.get("format", "").strip(), language)
            self._segments.replace(read, text)
        except Unsayable as error:
            self._note(f"{error}; the text is read as any other")
            self._segments.add(text)

    def _phoneme(self, capture: _Capture) -> None:
        written, text = capture.attributes["ph"], capture.text
        alphabet = capture.attributes.get("alphabet", "ipa")
        if alphabet != "ipa":
            self._note(f"alphabet={brief(alphabet)} of <phoneme> is not supported, only 'ipa'")
        elif not self._abilities.front.phonemic:
            self._note("<phoneme> is not supported: this voice reads letters")
        else:
            try:
                ipa = checked_symbols(written, f"ph={brief(written)}", MARKS | self._abilities.own)
            except ValueError as error:
                self._refuse(str(error), capture.place)
            self._segments.insert(Pronounced(ipa, text.strip() or f"[[{written}]]"))
            return
        self._segments.add(text)

    def _required(self, name: str, attributes: dict[str, str], attribute: str) -> str:
        if attribute not in attributes:
            self._refuse(f"<{name}> needs {attribute}=")
        return attributes[attribute]

    def _value(self, read: Callable[..., Value], *given: object) -> Value:
        """Reads a value of an attribute; raises `SsmlError` where `read` raises ValueError."""
        try:
            return read(*given)
        except ValueError as error:
            self._refuse(str(error))
