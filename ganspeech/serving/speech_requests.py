"""Requests for speech in the form of OpenAI's API, checked field by field."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ganspeech.models.voice import Voice
from ganspeech.models.voice_script import silences_of
from ganspeech.process.messages import one_line, shown, shown_json
from ganspeech.serving.encoding import STREAMED
from ganspeech.serving.service import Service, Speech
from ganspeech.text.script.lexicon import Lexicon, WordListError
from ganspeech.text.script.ssml import SsmlError
from ganspeech.text.vocabulary import EmptyText, UnknownSymbols

MODEL = "ganspeech"
"""The one model; what differs are voices."""
FIELDS: dict[str, type | tuple[type, ...]] = {
    "model": str,
    "input": str,
    "voice": str,
    "response_format": str,
    "stream_format": str,
    "speed": (int, float),
    "instructions": str,
    "seed": int,
    "speaker": str,
    "ssml": bool,
    "lexicon": dict,
    "sentence_silence": (int, float),
    "paragraph_silence": (int, float),
}
"""Fields of a request and their types; those from `seed` on are not OpenAI's."""
TYPES = {
    str: "a string",
    int: "an integer",
    (int, float): "a number",
    bool: "true or false",
    dict: "an object of words and their pronunciations",
}
ESCAPED = 6
"""Bytes of a character as JSON escapes it."""
Stream = Literal["audio", "sse"]


class RequestError(ValueError):
    """A refused request: status, one line, the field and a code, as in OpenAI's API."""

    def __init__(
        self, status: int, message: str, field: str | None = None, code: str | None = None
    ):
        super().__init__(message)
        self.status = status
        self.field = field
        self.code = code

    def to_json(self) -> dict[str, Any]:
        """The body of the answer."""
        kind = {429: "rate_limit_error", 500: "server_error", 503: "server_error"}.get(
            self.status, "invalid_request_error"
        )
        message = one_line(str(self))
        field = None if self.field is None else one_line(self.field)  # a client's own, if unknown
        return {"error": {"message": message, "type": kind, "param": field, "code": self.code}}


@dataclass(frozen=True)
class SpeechRequest:
    """A request for speech."""

    speech: Speech
    format: str = "mp3"
    """One of `STREAMED`."""
    stream: Stream = "audio"
    """Whether bytes of audio are sent, or server-sent events with them in base64."""
    ignored: tuple[str, ...] = ()
    """Fields that were given and are not followed."""


def read_request(body: bytes, service: Service) -> SpeechRequest:
    """Reads the JSON of a request; raises `RequestError`, naming the field.

    Settings that only the voice can judge, such as its speakers, are judged when it speaks.
    """
    fields = _fields(body)
    for name, value in fields.items():
        _require_known(name, value)
    if "input" not in fields:
        raise RequestError(400, "input is missing: the text to say", "input")
    if len(fields["input"]) > service.longest:
        raise too_long(service.longest, f"{len(fields['input']):,} characters")
    if fields.get("model", MODEL) != MODEL:
        message = f"no model {shown(fields['model'])}: the only one is {MODEL}"
        raise RequestError(404, message, "model", "model_not_found")
    voice = fields.get("voice", service.first)
    if voice not in service.voices:
        known = ", ".join(service.voices)
        message = f"no voice {shown(voice)}: here are {known}"
        raise RequestError(404, message, "voice", "voice_not_found")
    format = _one_of(fields, "response_format", tuple(STREAMED), "mp3")
    stream: Any = _one_of(fields, "stream_format", get_args(Stream), "audio")
    speech = Speech(
        text=fields["input"],
        voice=voice,
        speed=fields.get("speed", 1.0),
        seed=fields.get("seed", 0),
        speaker=fields.get("speaker"),
        ssml=fields.get("ssml", False),
        lexicon=_lexicon(fields["lexicon"]) if "lexicon" in fields else None,
        sentence_silence=fields.get("sentence_silence"),
        paragraph_silence=fields.get("paragraph_silence"),
    )
    ignored = ("instructions",) if fields.get("instructions") else ()
    return SpeechRequest(speech, format, stream, ignored)


def too_long(longest: int, given: str) -> RequestError:
    """The error of a text beyond the limit."""
    message = f"the text may have {longest:,} characters, not {given}: send it in parts"
    return RequestError(413, message, "input", "text_too_long")


def refused_field(error: ValueError, speech: Speech, voice: Voice) -> str | None:
    """The field that a voice refuses; None if that is unknown."""
    checks: dict[str, Callable[[], object]] = {
        "speed": lambda: voice.settings(speed=speech.speed),
        "seed": lambda: voice.settings(seed=speech.seed),
        "speaker": lambda: voice.settings(speaker=speech.speaker),
        "sentence_silence": lambda: silences_of(speech.sentence_silence, None),
        "paragraph_silence": lambda: silences_of(None, speech.paragraph_silence),
    }
    for field, check in checks.items():
        try:
            check()
        except ValueError:
            return field
    return "input" if isinstance(error, EmptyText | UnknownSymbols | SsmlError) else None


def _fields(body: bytes) -> dict[str, Any]:
    """Fields that are given; null stands for a field left out."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else error
        raise RequestError(400, f"the body is not JSON: {reason}") from None
    if not isinstance(found, dict):
        raise RequestError(400, "the body must be a JSON object with the field input")
    return {name: value for name, value in found.items() if value is not None}


def _require_known(name: str, value: Any) -> None:
    if name not in FIELDS:
        raise RequestError(400, f"no field {shown(name)}: there are {', '.join(FIELDS)}", name)
    wanted = FIELDS[name]
    # To Python, true and false are integers, too.
    if not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool):
        message = f"{name} must be {TYPES[wanted]}, not {shown_json(value)}"
        raise RequestError(400, message, name)


def _lexicon(words: dict[str, Any]) -> Lexicon:
    for word, said in words.items():
        if not isinstance(said, str):
            given = f"{shown(word)} has {shown_json(said)}"
            raise RequestError(400, f"words of lexicon must have strings, but {given}", "lexicon")
    try:
        return Lexicon.from_words(words)
    except WordListError as error:
        raise RequestError(400, str(error), "lexicon") from None


def _one_of(fields: dict[str, Any], name: str, known: tuple[str, ...], usual: str) -> str:
    value = fields.get(name, usual)
    if value not in known:
        message = f"{name} must be one of {', '.join(known)}, not {shown(value)}"
        raise RequestError(400, message, name)
    return value
