"""Audio formats that are sent while the audio is still being made."""

import io
import struct
from typing import NamedTuple

import numpy as np
import soundfile
from jaxtyping import Float

from ganspeech.audio.writing import FORMATS, RatedPcm

PCM_RATE = 24_000
"""Rate in Hz of headerless samples, which OpenAI's clients expect."""
OPEN = 0xFFFF_FFFF
"""Size in the header of a wav that has no end yet."""
PAGE_MS = 200.0
"""Longest audio in a page of Ogg in ms; libsndfile's second would hold back short sentences."""
SET_PAGE_LATENCY = 0x1302
"""Number of libsndfile's command SFC_SET_OGG_PAGE_LATENCY_MS."""


class StreamedFormat(NamedTuple):
    """How a format is called elsewhere."""

    media_type: str
    suffix: str
    """Suffix in `audio.writing.FORMATS`; empty: 16-bit samples, written here."""


STREAMED = {
    "mp3": StreamedFormat("audio/mpeg", ".mp3"),
    "opus": StreamedFormat("audio/ogg; codecs=opus", ".opus"),
    "flac": StreamedFormat("audio/flac", ".flac"),
    "wav": StreamedFormat("audio/wav", ""),
    "pcm": StreamedFormat(f"audio/pcm;rate={PCM_RATE};channels=1", ""),
}
"""Formats by OpenAI's names."""


class StreamEncoder:
    """Encodes mono audio piece by piece; no byte that was handed out changes later.

    `wav` and `pcm` have 16 bits; the header of a wav leaves its length open, as that of FLAC does.
    `pcm` has 24 kHz, little-endian, no header. Opus, MP3 and `pcm` resample where they must.
    """

    def __init__(self, name: str, rate: int):
        """`name` is one of `STREAMED`, `rate` that of the audio in Hz."""
        suffix = STREAMED[name].suffix
        kind, subtype, rates = FORMATS[suffix] if suffix else ("", "", ())
        if name == "pcm":
            rates = (PCM_RATE,)
        self._pcm = RatedPcm(rate, rates)
        self._sink = _Sink()
        self._file = _opened(self._sink, self._pcm.rate, kind, subtype) if suffix else None
        if name == "wav":
            self._sink.write(_open_header(self._pcm.rate))

    def encode(self, audio: Float[np.ndarray, " samples"]) -> bytes:
        """Bytes that are settled once this audio in [-1, 1] is added; values outside clip."""
        self._add(self._pcm.add(audio))
        return self._sink.taken()

    def finish(self) -> bytes:
        """The last bytes."""
        self._add(self._pcm.end())
        if self._file is not None:
            self._file.close()
        return self._sink.taken()

    def _add(self, pcm: np.ndarray) -> None:
        if self._file is None:
            self._sink.write(pcm.astype("<i2").tobytes())
        else:
            self._file.write(pcm)


def _opened(sink: "_Sink", rate: int, kind: str, subtype: str) -> soundfile.SoundFile:
    """A file of libsndfile that writes to a sink."""
    # Players estimate the length of an mp3 without an index from its first frames.
    steady = {"bitrate_mode": "CONSTANT", "compression_level": 0.5} if kind == "MP3" else {}
    file = soundfile.SoundFile(sink, "w", rate, 1, format=kind, subtype=subtype, **steady)
    if kind == "OGG":
        # soundfile has no name of its own for this command.
        latency = soundfile._ffi.new("double*", PAGE_MS)
        soundfile._snd.sf_command(file._file, SET_PAGE_LATENCY, latency, 8)
    return file


def _open_header(rate: int) -> bytes:
    """Header of a wav of 16-bit mono samples, as long as what follows."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", OPEN, b"WAVE") + form + struct.pack("<4sI", b"data", OPEN)


class _Sink:
    """A file that only grows: encoders' second thoughts about their headers are dropped."""

    def __init__(self) -> None:
        self._at = self._end = 0
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        """Appends data, unless it would replace what was sent."""
        if self._at == self._end:
            self._waiting += data
            self._end += len(data)
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int) -> int:
        """Moves, as a file does."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence]
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        """The place of the next byte."""
        return self._at

    def taken(self) -> bytes:
        """Bytes that were not taken before."""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken
