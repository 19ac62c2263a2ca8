"""An answer with speech: it begins with the first sentence, and ends where its client leaves."""

import asyncio
import base64
import json
import sys
import traceback
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from ganspeech.process.messages import one_line
from ganspeech.serving.encoding import STREAMED, StreamEncoder
from ganspeech.serving.service import Service
from ganspeech.serving.speech_requests import RequestError, SpeechRequest, refused_field
from ganspeech.serving.worker import Place

READ_SECONDS = 60.0
"""Seconds in which a client must take what is sent; players take a sentence in less."""


class SpeechAnswer:
    """Streams speech as it is made, and leaves its place however it ends.

    Nothing is sent before the first sentence is made: until then an error is still an answer of
    its own. A later one breaks the answer off, so that no client takes it for whole.
    """

    def __init__(self, service: Service, request: SpeechRequest, place: Place):
        self._service = service
        self._request = request
        self._place = place
        self._started = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer."""
        with self._place:
            speaking = asyncio.create_task(self._answer(scope, receive, send))
            watching = asyncio.create_task(_disconnected(receive))
            try:
                await asyncio.wait((speaking, watching), return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                # The server stops, and the time to finish is up.
                if not self._started:
                    self._started = True
                    await _refuse(RequestError(503, "the server stops"), scope, receive, send)
            finally:
                speaking.cancel()
                watching.cancel()
                await asyncio.gather(speaking, watching, return_exceptions=True)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with aclosing(self._pieces()) as pieces:
                async for piece in pieces:
                    if not self._started:
                        self._started = True
                        await send(self._start())
                    await _send_body(send, piece, more=True)
            await _send_body(send, b"", more=False)
        except TimeoutError:
            print(f"a client took nothing for {READ_SECONDS:.0f} s, and was left", file=sys.stderr)
        except Exception as error:
            fault = self._refusal(error)
            if not self._started:
                self._started = True
                await _refuse(fault, scope, receive, send)
            elif self._request.stream == "sse":
                await _send_body(send, _event("error", **fault.to_json()), more=False)
            else:
                print(one_line(f"an answer was broken off: {fault}"), file=sys.stderr)

    def _refusal(self, error: Exception) -> RequestError:
        """What a client is told of an error; the log has the faults that are ours."""
        if isinstance(error, ValueError):
            # A text or a setting that the voice refuses.
            speech = self._request.speech
            field = refused_field(error, speech, self._service.voices[speech.voice])
            return RequestError(400, str(error), field)
        traceback.print_exception(error, file=sys.stderr)
        return RequestError(500, "a fault of the server, which its log describes")

    def _start(self) -> Message:
        media_type = STREAMED[self._request.format].media_type
        if self._request.stream == "sse":
            media_type = "text/event-stream"
        headers = [(b"content-type", media_type.encode()), (b"cache-control", b"no-store")]
        if self._request.ignored:
            headers.append((b"x-ignored", ", ".join(self._request.ignored).encode()))
        return {"type": "http.response.start", "status": 200, "headers": headers}

    async def _pieces(self) -> AsyncGenerator[bytes, None]:
        """The body piece by piece, the first of them with the first sentence."""
        async with aclosing(self._encoded()) as encoded:
            async for audio in encoded:
                if self._request.stream == "audio":
                    yield audio
                elif audio:
                    yield _event("speech.audio.delta", audio=base64.b64encode(audio).decode())
        if self._request.stream == "sse":
            yield _event("speech.audio.done")

    async def _encoded(self) -> AsyncGenerator[bytes, None]:
        speech = self._request.speech
        rate = self._service.voices[speech.voice].sample_rate
        encoder = StreamEncoder(self._request.format, rate)
        async with aclosing(self._place.run(self._service.speak(speech))) as sentences:
            async for sentence in sentences:
                # In another thread, so that the next sentence is computed at the same time.
                yield await asyncio.to_thread(encoder.encode, sentence.audio)
        yield await asyncio.to_thread(encoder.finish)


async def _refuse(fault: RequestError, scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse(fault.to_json(), fault.status)(scope, receive, send)


def _event(kind: str, **fields: object) -> bytes:
    """A server-sent event."""
    return b"data: " + json.dumps({"type": kind, **fields}).encode() + b"\n\n"


async def _send_body(send: Send, piece: bytes, *, more: bool) -> None:
    async with asyncio.timeout(READ_SECONDS):
        await send({"type": "http.response.body", "body": piece, "more_body": more})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
