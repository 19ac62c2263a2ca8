"""Sockets and connections: ports that are taken, and clients that send half a request."""

import asyncio
import socket
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from ganspeech.process.messages import one_line

HEAD_SECONDS = 10.0
"""Seconds in which a connection must send the head of a request."""


def bind(host: str, port: int, flag: str) -> socket.socket:
    """A socket of a port, which does not listen yet; port 0 chooses one that is free.

    Raises ValueError, naming `flag` where another port would do.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ValueError(one_line(f"no address is called {host} (--host): {reason}")) from None
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise _taken(host, port, flag, error) from None
    return bound


def _taken(host: str, port: int, flag: str, error: OSError) -> ValueError:
    """The error of a port that cannot be listened on."""
    reason = error.strerror or str(error)
    return ValueError(f"cannot listen on port {port} of {host}: {reason}; choose another {flag}")


def address(bound: socket.socket) -> str:
    """`HOST:PORT` of a socket, as it stands in a URL."""
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class TimedProtocol(H11Protocol):
    """A connection that is closed if the head of a request does not arrive in time.

    uvicorn itself waits without end for one that has begun, and for the first.
    """

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expects the first request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Expects the rest of a request that has begun."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends the wait."""
        super().connection_lost(exc)
        self._unwatch()

    def _watch(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._unwatch()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._expired)

    def _unwatch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _expired(self) -> None:
        self._deadline = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
