"""HTTP: speech in the form of OpenAI's API, lists of voices, and the page."""

import asyncio
import functools
import sys
import traceback
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ganspeech.process.messages import one_line
from ganspeech.serving.answers import SpeechAnswer
from ganspeech.serving.service import Service, language
from ganspeech.serving.speech_requests import (
    ESCAPED,
    MODEL,
    RequestError,
    read_request,
    too_long,
)
from ganspeech.serving.worker import Busy

JSON = "application/json"
BODY_SECONDS = 30.0
"""Seconds in which the body of a request must arrive."""
SLACK = 65_536
"""Bytes of a request besides its text."""
DISCARDED = 16 * 2**20
"""Bytes of a too large body that are read, so that the client gets to the answer; no more."""


def application(service: Service) -> Starlette:
    """The ASGI application of a service."""
    web = _Web(service)
    return Starlette(
        routes=[
            Route("/", web.page),
            Route("/health", web.health),
            Route("/v1/models", web.models),
            Route(f"/v1/models/{MODEL}", web.model),
            Route("/v1/audio/voices", web.voices),
            Route("/v1/audio/speech", web.speech, methods=["POST"]),
        ],
        exception_handlers={
            RequestError: _refused,
            Busy: _busy,
            HTTPException: _no_route,
            ClientDisconnect: _gone,
            Exception: _fault,
        },
    )


class _Web:
    """What the routes answer."""

    def __init__(self, service: Service):
        self._service = service

    async def page(self, request: Request) -> Response:
        """The page to type and hear."""
        headers = {
            "Content-Security-Policy": "default-src 'self'; style-src 'unsafe-inline'; "
            "script-src 'unsafe-inline'; media-src blob:; img-src data:; frame-ancestors 'none'"
        }
        return HTMLResponse(_page(), headers=headers)

    async def health(self, request: Request) -> Response:
        """How many places are taken, of how many."""
        worker = self._service.worker
        return JSONResponse({"status": "ok", "taken": worker.taken, "places": worker.places})

    async def models(self, request: Request) -> Response:
        """The list of models."""
        return JSONResponse({"object": "list", "data": [_MODEL]})

    async def model(self, request: Request) -> Response:
        """The model."""
        return JSONResponse(_MODEL)

    async def voices(self, request: Request) -> Response:
        """The voices, with what can be chosen of each."""
        rows = [
            {
                "id": name,
                "name": name,
                "language": language(voice),
                "speakers": list(voice.speakers),
                "sample_rate": voice.sample_rate,
                "about": voice.about,
            }
            for name, voice in self._service.voices.items()
        ]
        return JSONResponse({"object": "list", "data": rows, "voices": rows})

    async def speech(self, request: Request) -> SpeechAnswer:
        """Speech, as it is made; raises `RequestError` and `Busy`."""
        # Other sites' pages cannot send this type without asking, so they cannot make it speak.
        if request.headers.get("content-type", "").partition(";")[0].strip() != JSON:
            message = f"the content type must be {JSON}: curl -H 'Content-Type: {JSON}'"
            raise RequestError(400, message)
        body = await _body(request, self._service.longest)
        # Off the loop: half a megabyte of JSON takes a moment.
        wanted = await asyncio.to_thread(read_request, body, self._service)
        return SpeechAnswer(self._service, wanted, self._service.worker.place())


_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


@functools.cache
def _page() -> str:
    return files("ganspeech.serving").joinpath("page.html").read_text("utf-8")


async def _body(request: Request, longest: int) -> bytes:
    """The body, of bounded size and in bounded time."""
    most = ESCAPED * longest + SLACK
    size = _declared(request)
    if size > DISCARDED:
        raise too_long(longest, f"{size:,} bytes")
    body, read = bytearray(), 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                read += len(piece)
                if read > DISCARDED:
                    break
                if read <= most:
                    body += piece
    except TimeoutError:
        message = f"the body did not arrive within {BODY_SECONDS:.0f} s"
        raise RequestError(408, message) from None
    if read > most:
        raise too_long(longest, f"{max(read, size):,} bytes")
    return bytes(body)


def _declared(request: Request) -> int:
    """The length that the header tells, or 0."""
    text = request.headers.get("content-length", "")
    return int(text) if text.isdecimal() else 0


def refusal(error: RequestError) -> Response:
    """The answer to a refused request."""
    # What is left of a body is not read.
    headers = {"Connection": "close"} if error.status in (408, 413) else None
    return JSONResponse(error.to_json(), error.status, headers)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)
    return refusal(error)


async def _busy(request: Request, error: Exception) -> Response:
    assert isinstance(error, Busy)
    body = RequestError(429, str(error), code="rate_limit_exceeded").to_json()
    return JSONResponse(body, 429, {"Retry-After": str(error.seconds)})


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    where = one_line(f"{request.method} {request.url.path}", 100)
    known = "GET /v1/models, GET /v1/audio/voices, GET /health, POST /v1/audio/speech"
    message = f"no {where} here: there are {known}"
    return JSONResponse(
        RequestError(error.status_code, message).to_json(), error.status_code, error.headers
    )


async def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=400)


async def _fault(request: Request, error: Exception) -> Response:
    traceback.print_exception(error, file=sys.stderr)
    message = "a fault of the server, which its log describes"
    return JSONResponse(RequestError(500, message).to_json(), 500)
