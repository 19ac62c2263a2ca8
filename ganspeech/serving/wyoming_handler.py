"""The Wyoming protocol, by which Home Assistant has texts spoken and recordings transcribed."""

import asyncio
import sys
import traceback
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace

import numpy as np
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe
from wyoming.ping import Ping, Pong
from wyoming.server import AsyncEventHandler
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
)

from ganspeech.audio.writing import pcm_bytes
from ganspeech.process.messages import one_line, shown
from ganspeech.serving.service import Service, Speech
from ganspeech.serving.text_chunks import TextChunks, pause_after
from ganspeech.serving.worker import Busy
from ganspeech.serving.wyoming_events import WIDTH, BoundedReader, Recording, parsed
from ganspeech.serving.wyoming_info import info, voice_of

CHUNK_SECONDS = 0.1
"""Seconds of audio in one event."""
TAKE_SECONDS = 60.0
"""Seconds in which a client must take an event."""
FORMATS = ("text", "ssml")
"""Formats of texts, by the protocol's names."""


@dataclass
class _Dictation:
    """A text that arrives while it is spoken."""

    speech: Speech
    """Its settings; the text is empty."""
    chunks: TextChunks
    spoken: str = ""
    """Text of the part that was spoken last."""


class Handler(AsyncEventHandler):
    """A connection: speaks, and transcribes if the service has a recognizer."""

    def __init__(
        self, service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ):
        super().__init__(BoundedReader(reader, service.longest), writer)  # type: ignore[arg-type]
        self._service = service
        self._dictation: _Dictation | None = None
        self._recording: Recording | None = None
        self._busy = False
        self._closing = False

    def close(self) -> None:
        """Closes the connection, after the answer that is on its way."""
        self._closing = True
        if not self._busy:
            self.writer.close()

    async def run(self) -> None:
        """Answers events until the client leaves, stops amid one, or sends what is none."""
        try:
            await super().run()
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            pass  # left, or too slow
        except (AttributeError, KeyError, TypeError):
            pass  # JSON of another form than an event's, which the package does not refuse

    async def handle_event(self, event: Event) -> bool:
        """Answers an event. An error is told, and ends the connection: clients wait for no more."""
        self._busy = True
        try:
            await self._answer(event)
            self._busy = self._dictation is not None or self._recording is not None
            return self._busy or not self._closing
        except Busy as busy:
            await self.write_event(Error(text=str(busy), code="busy").event())
        except ValueError as error:
            await self.write_event(Error(text=one_line(str(error)), code="refused").event())
        except OSError:
            raise
        except Exception as error:
            traceback.print_exception(error, file=sys.stderr)
            text = "a fault of the server, which its log describes"
            await self.write_event(Error(text=text, code="fault").event())
        return False

    async def write_event(self, event: Event) -> None:
        """Sends an event; raises TimeoutError if the client does not take it."""
        async with asyncio.timeout(TAKE_SECONDS):
            await super().write_event(event)

    async def _answer(self, event: Event) -> None:
        if Describe.is_type(event.type):
            await self.write_event(info(self._service).event())
        elif Ping.is_type(event.type):
            await self.write_event(Pong(text=parsed(Ping, event).text).event())
        elif Synthesize.is_type(event.type):
            # In a dictation it repeats the text, for servers that do not stream.
            if self._dictation is None:
                await self._synthesize(parsed(Synthesize, event))
        elif SynthesizeStart.is_type(event.type):
            speech = self._speech("", parsed(SynthesizeStart, event))
            self._dictation = _Dictation(speech, TextChunks(cuts=not speech.ssml))
        elif SynthesizeChunk.is_type(event.type) and self._dictation is not None:
            await self._dictate(self._dictation, parsed(SynthesizeChunk, event).text)
        elif SynthesizeStop.is_type(event.type) and self._dictation is not None:
            await self._end_dictation(self._dictation)
        elif Transcribe.is_type(event.type) or AudioStart.is_type(event.type):
            if self._service.recognizer is None:
                raise ValueError("this server only speaks: start it with --recognizer")
            self._recording = Recording()
        elif AudioChunk.is_type(event.type) and self._recording is not None:
            self._recording.add(parsed(AudioChunk, event))
        elif AudioStop.is_type(event.type) and self._recording is not None:
            recording, self._recording = self._recording, None
            await self._transcribe(recording)

    def _speech(self, text: str, wanted: Synthesize | SynthesizeStart) -> Speech:
        form = FORMATS[0] if wanted.text_format is None else wanted.text_format
        if form not in FORMATS:
            raise ValueError(f"no text_format {shown(str(form))}: send {' or '.join(FORMATS)}")
        speaker = wanted.voice.speaker if wanted.voice else None
        voice = voice_of(self._service, wanted.voice)
        return Speech(text, voice, speaker=speaker or None, ssml=form == "ssml")

    async def _synthesize(self, wanted: Synthesize) -> None:
        self._require_short(len(wanted.text))
        await self._say(self._speech(wanted.text, wanted), first=True)
        await self.write_event(AudioStop().event())

    async def _dictate(self, dictation: _Dictation, chunk: str) -> None:
        self._require_short(dictation.chunks.characters + len(chunk))
        # Off the loop: a chunk may be a whole book.
        if text := await asyncio.to_thread(dictation.chunks.add, chunk):
            await self._say_more(dictation, text)

    async def _end_dictation(self, dictation: _Dictation) -> None:
        rest = dictation.chunks.rest()
        if rest.strip() or not dictation.spoken:
            await self._say_more(dictation, rest)
        self._dictation = None
        await self.write_event(AudioStop().event())
        await self.write_event(SynthesizeStopped().event())

    async def _say_more(self, dictation: _Dictation, text: str) -> None:
        if dictation.spoken:
            # A text of its own has no silence after it.
            pause = pause_after(dictation.spoken, self._service.silences)
            rate = self._rate(dictation.speech)
            await self._send(np.zeros(round(pause * rate), np.float32), rate)
        await self._say(replace(dictation.speech, text=text), first=not dictation.spoken)
        dictation.spoken = text

    async def _say(self, speech: Speech, *, first: bool) -> None:
        """Sends speech as it is made; leaves at the end of a sentence if the client has left."""
        rate = self._rate(speech)
        with self._service.worker.place() as place:
            async with aclosing(place.run(self._service.speak(speech))) as sentences:
                async for sentence in sentences:
                    if self.reader.at_eof():
                        raise ConnectionResetError
                    if first:
                        start = AudioStart(rate=rate, width=WIDTH, channels=1)
                        await self.write_event(start.event())
                        first = False
                    await self._send(sentence.audio, rate)

    async def _send(self, audio: np.ndarray, rate: int) -> None:
        pcm = pcm_bytes(audio)
        size = WIDTH * round(CHUNK_SECONDS * rate)
        for start in range(0, len(pcm), size):
            chunk = AudioChunk(rate=rate, width=WIDTH, channels=1, audio=pcm[start : start + size])
            await self.write_event(chunk.event())

    async def _transcribe(self, recording: Recording) -> None:
        recognizer = self._service.recognizer
        assert recognizer is not None
        audio = await asyncio.to_thread(recording.audio, recognizer.sample_rate)

        def hear() -> Iterator[str]:
            yield recognizer([audio])[0].text

        with self._service.worker.place() as place:
            async with aclosing(place.run(hear())) as texts:
                async for text in texts:
                    await self.write_event(Transcript(text=text).event())

    def _rate(self, speech: Speech) -> int:
        return self._service.voices[speech.voice].sample_rate

    def _require_short(self, characters: int) -> None:
        longest = self._service.longest
        if characters > longest:
            raise ValueError(f"the text may have {longest:,} characters: send it in parts")
