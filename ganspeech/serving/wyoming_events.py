"""Bounds of the Wyoming protocol: events that are too large, come in halves, or are none."""

import asyncio
from typing import Any, TypeVar

import numpy as np
import soxr
from jaxtyping import Float32
from wyoming.audio import AudioChunk, AudioChunkConverter
from wyoming.event import Event, Eventable

from ganspeech.models.voice_settings import SAMPLE_RATES
from ganspeech.process.messages import one_line, shown_json
from ganspeech.serving.speech_requests import ESCAPED

WIDTH = 2
"""Bytes of a sample."""
EVENT_SECONDS = 10.0
"""Seconds in which an event that has begun must arrive."""
SLACK = 2**20
"""Bytes of an event besides its text: audio, most of all."""
RECORDING_SECONDS = 300.0
"""Most seconds of audio that are transcribed at once."""

STRINGS = ("text", "text_format", "voice.name", "voice.language", "voice.speaker")
"""Fields of events that must be strings."""

E = TypeVar("E", bound=Eventable)


class BoundedReader:
    """What the package reads of a stream, in bounded size and, once begun, in bounded time.

    Raises ValueError and TimeoutError, which end the connection.
    """

    def __init__(self, reader: asyncio.StreamReader, longest: int):
        self._reader = reader
        self._most = ESCAPED * longest + SLACK

    async def readline(self) -> bytes:
        """A line; its first byte is waited for without end, since clients keep connections."""
        first = await self._reader.read(1)
        if not first or first == b"\n":
            return first
        async with asyncio.timeout(EVENT_SECONDS):
            return first + await self._reader.readline()

    async def readexactly(self, count: int) -> bytes:
        """Bytes of a known number."""
        if count > self._most:
            raise ValueError(f"an event of {count} bytes")
        async with asyncio.timeout(EVENT_SECONDS):
            return await self._reader.readexactly(count)

    def feed_eof(self) -> None:
        """Ends the stream."""
        self._reader.feed_eof()

    def at_eof(self) -> bool:
        """Whether the client has left."""
        return self._reader.at_eof()


def parsed(kind: type[E], event: Event) -> E:
    """An event of a kind; raises ValueError, naming a field that is missing or of another type."""
    data = _given(event.data)
    if "voice" in data:
        data["voice"] = _given(data["voice"], "voice")
    try:
        return kind.from_event(Event(event.type, data, event.payload))  # type: ignore[return-value]
    except KeyError as error:
        raise ValueError(f"the event {event.type} lacks {error}") from None
    except (TypeError, AttributeError) as error:
        raise ValueError(one_line(f"the event {event.type} is malformed: {error}")) from None


def _given(data: Any, within: str = "") -> dict[str, Any]:
    """Fields that are given; null stands for a field left out, as over HTTP."""
    if not isinstance(data, dict):
        raise ValueError(f"{within or 'data'} must be an object, not {shown_json(data)}")
    fields = {name: value for name, value in data.items() if value is not None}
    for name, value in fields.items():
        field = f"{within}.{name}" if within else name
        if field in STRINGS and not isinstance(value, str):
            raise ValueError(f"{field} must be a string, not {shown_json(value)}")
    return fields


class Recording:
    """Audio that arrives in chunks."""

    def __init__(self) -> None:
        self._converter = AudioChunkConverter(width=WIDTH, channels=1)
        self._pieces: list[bytes] = []
        self._rate = 0
        self._seconds = 0.0

    def add(self, chunk: AudioChunk) -> None:
        """Adds a chunk; raises ValueError for one that is malformed, or too much audio."""
        least, most = SAMPLE_RATES
        if not isinstance(chunk.rate, int) or not least <= chunk.rate <= most:
            raise ValueError(f"rate must be {least} to {most} Hz, not {chunk.rate!r}")
        if chunk.width not in (1, 2, 3, 4) or chunk.channels not in (1, 2):
            raise ValueError(
                "audio must have 1 or 2 channels and a width of 1 to 4 bytes, not "
                f"{chunk.channels!r} and {chunk.width!r}"
            )
        if len(chunk.audio) % (chunk.width * chunk.channels):
            raise ValueError(f"a chunk of {len(chunk.audio)} bytes has no whole number of samples")
        if self._rate not in (0, chunk.rate):
            raise ValueError(f"the rate changes from {self._rate} to {chunk.rate} Hz")
        self._rate = chunk.rate
        self._seconds += chunk.seconds
        if self._seconds > RECORDING_SECONDS:
            raise ValueError(f"recordings may have {RECORDING_SECONDS:.0f} s: send it in parts")
        self._pieces.append(self._converter.convert(chunk).audio)

    def audio(self, rate: int) -> Float32[np.ndarray, " samples"]:
        """All of it in [-1, 1] at `rate` in Hz; raises ValueError if there is none."""
        samples = np.frombuffer(b"".join(self._pieces), "<i2").astype(np.float32) / 32768
        if not len(samples):
            raise ValueError("the recording has no audio")
        return soxr.resample(samples, self._rate, rate) if rate != self._rate else samples
