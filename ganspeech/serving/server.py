"""The life of a server: its ports open when all is compiled, and it ends what it has begun."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import uvicorn

from ganspeech.serving.connections import TimedProtocol
from ganspeech.serving.service import Service
from ganspeech.serving.web import application

if TYPE_CHECKING:
    from ganspeech.serving.wyoming_handler import Handler

TICK = 0.05
"""Seconds between two looks at what has not ended."""


async def serve(
    service: Service,
    web: socket.socket,
    wyoming: socket.socket | None,
    grace: int,
    ready: Callable[[], None],
) -> None:
    """Serves on bound sockets until SIGTERM or Ctrl-C.

    Calls `ready` once it listens. After the signal it takes no more requests, finishes those that
    it has for at most `grace` seconds, and returns; a second signal ends them at once. Raises
    OSError if a port was taken in the meantime.
    """
    home = None if wyoming is None else WyomingServer(service)
    server = _Server(service, grace, ready, home)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    if home is not None and wyoming is not None:
        await home.start(wyoming)
    await server.serve(sockets=[web])
    if server.ending is not None:
        with contextlib.suppress(asyncio.CancelledError):
            await server.ending


class _Server(uvicorn.Server):
    """uvicorn's server, whose signals are ours: its own would end with the signal's status."""

    def __init__(
        self,
        service: Service,
        grace: int,
        ready: Callable[[], None],
        home: "WyomingServer | None",
    ):
        super().__init__(
            uvicorn.Config(
                application(service),
                http=TimedProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",  # faults are printed where they occur
                access_log=False,
                timeout_graceful_shutdown=grace,
            )
        )
        self._ready = ready
        self._home = home
        self._grace = grace
        self.ending: asyncio.Task[None] | None = None
        """The end of the connections of the Wyoming protocol."""

    def stop(self) -> None:
        """Ends what has begun; at once if it is called again."""
        self.force_exit = self.should_exit
        self.should_exit = True
        if self._home is not None and self.ending is None:
            self.ending = asyncio.create_task(self._home.stop(self._grace))
        elif self.ending is not None:
            self.ending.cancel()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:  # type: ignore[override]
        """Leaves signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to listen, and says so."""
        await super().startup(sockets)
        self._ready()


class WyomingServer:
    """Connections of the Wyoming protocol."""

    def __init__(self, service: Service):
        self._service = service
        self._handlers: set[Handler] = set()
        self._server: asyncio.Server | None = None

    async def start(self, bound: socket.socket) -> None:
        """Begins to listen."""
        self._server = await asyncio.start_server(self._connected, sock=bound)

    async def stop(self, grace: float) -> None:
        """Takes no more connections, and ends once all are idle, or after `grace` seconds."""
        assert self._server is not None
        self._server.close()
        for handler in self._handlers:
            handler.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                while self._handlers:
                    await asyncio.sleep(TICK)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from ganspeech.serving.wyoming_handler import Handler

        handler = Handler(self._service, reader, writer)
        self._handlers.add(handler)
        try:
            await handler.run()
        finally:
            self._handlers.discard(handler)
