"""Connections between processes that train together, and what happens when one is lost."""

import atexit
import contextlib
import ctypes
import os
import signal
import socket
import sys
import threading
import time

import jax

JOIN_SECONDS = 300.0
"""Time that processes wait for each other at the start."""
GRACE_SECONDS = 3.0
"""Time a process has to report an error of its own before the loss of another ends it."""
PROBES = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 4}
"""Probes of an idle connection: a host without power is noticed within half a minute."""
GREETING = "ganspeech {:6}"
"""First message of a process to process 0, with its index."""
MET, FINISHED, FAILED = b"+", b".", b"!"
"""Messages of one byte: all processes are connected; this one has nothing left to do; it ends with
an error. A killed process sends nothing."""


def serve(port: int) -> socket.socket:
    """Socket that listens at a port of this host; raises ValueError if it cannot."""
    try:
        return socket.create_server(("", port), backlog=1024)
    except OSError as error:
        raise ValueError(
            f"distributed.coordinator: cannot listen at port {port}: {error.strerror}"
        ) from None


def accept(server: socket.socket, count: int) -> dict[int, socket.socket]:
    """Waits for all other processes; returns the connections by their indices."""
    links: dict[int, socket.socket] = {}
    until = time.monotonic() + JOIN_SECONDS
    while missing := sorted(set(range(1, count)) - links.keys()):
        server.settimeout(max(until - time.monotonic(), 0.01))
        try:
            link, _ = server.accept()
        except TimeoutError:
            raise ValueError(
                f"processes {missing} of {count} did not connect within {JOIN_SECONDS:g} s"
            ) from None
        index = _greeted(link)
        if index in links:
            raise ValueError(f"two processes have distributed.process {index}")
        if index in missing:
            links[index] = _prepared(link)
        else:
            link.close()
    for link in links.values():
        link.sendall(MET)
    return links


def _greeted(link: socket.socket) -> int | None:
    """Index of the process that connected; None for anyone else."""
    link.settimeout(GRACE_SECONDS)
    try:
        words = link.recv(len(GREETING.format(0)), socket.MSG_WAITALL).decode().split()
        return int(words[1]) if words[:1] == GREETING.split()[:1] else None
    except (OSError, ValueError, IndexError):
        return None


def connect(host: str, port: int, index: int) -> socket.socket:
    """Connects to process 0, and waits until all others have."""
    until = time.monotonic() + JOIN_SECONDS
    reason = "no answer"
    while (left := until - time.monotonic()) > 0:
        try:
            link = socket.create_connection((host, port), timeout=left)
            link.sendall(GREETING.format(index).encode())
            if link.recv(1) == MET:
                return _prepared(link)
            reason = "it closed the connection"
            break
        except OSError as error:
            reason = error.strerror or str(error)
            time.sleep(min(0.5, left))
    raise ValueError(f"process {index} cannot join process 0 at {host}:{port}: {reason}")


def _prepared(link: socket.socket) -> socket.socket:
    """The same connection, which waits forever but notices when its other end vanishes."""
    link.settimeout(None)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in PROBES.items():
        if hasattr(socket, name):  # Linux; elsewhere the system's own hours
            link.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return link


class Watch:
    """Context that ends the process when a link closes before its peer has finished."""

    def __init__(self, links: dict[int, socket.socket]):
        self._links = links
        self._leaving = threading.Event()

    def __enter__(self) -> None:
        _delay_aborts()
        for peer, link in self._links.items():
            threading.Thread(target=self._wait, args=(peer, link), daemon=True).start()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and issubclass(kind, jax.errors.JaxRuntimeError):
            # Likely a collective that broke with a peer, which the link is about to tell.
            time.sleep(2 * GRACE_SECONDS)
        self._leaving.set()
        if kind is not None:
            # Otherwise JAX waits at exit for the others, and aborts when these are gone.
            atexit.register(os._exit, 1)
        for link in self._links.values():
            with contextlib.suppress(OSError):
                link.sendall(FINISHED if kind is None else FAILED)
                link.shutdown(socket.SHUT_WR)

    def _wait(self, peer: int, link: socket.socket) -> None:
        try:
            message = link.recv(1)
        except OSError:
            message = b""
        grace = GRACE_SECONDS if message == FAILED else 0.0
        if message == FINISHED or self._leaving.wait(grace):
            return
        print(
            f"\nerror: lost process {peer}; "
            "restart all processes to resume from the last checkpoint",
            file=sys.stderr,
            flush=True,
        )
        os._exit(1)


def _delay_aborts() -> None:
    """Gives `Watch` six seconds to end a process whose C++ code aborts it.

    When a peer is lost, the devices of one process may leave its last collective at different
    times, and Gloo calls the mismatch in the next one fatal.
    """
    if os.name == "posix":
        libc = ctypes.CDLL(None)
        # Called with the number of the signal, 6, it sleeps as many seconds, which a handler may.
        libc.signal(signal.SIGABRT, libc.sleep)


def relay(host: str, port: int) -> str:
    """Local HOST:PORT whose connections lead to another host's port and stay open when that ends.

    JAX's client aborts the process when its connection to process 0 closes, before `Watch` can say
    what happened; it waits while the connection only falls silent.
    """
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_forward, args=(server, host, port), daemon=True).start()
    return f"127.0.0.1:{server.getsockname()[1]}"


def _forward(server: socket.socket, host: str, port: int) -> None:
    while True:
        near, _ = server.accept()
        try:
            far = socket.create_connection((host, port))
        except OSError:
            near.close()  # The client tries again: process 0 does not listen yet.
            continue
        threading.Thread(target=_copy, args=(far, near), daemon=True).start()
        threading.Thread(target=_copy_and_close, args=(near, far), daemon=True).start()


def _copy_and_close(near: socket.socket, far: socket.socket) -> None:
    with near, far:
        _copy(near, far)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            # Read on when the target is gone: the end of this loop would close the connection.
            with contextlib.suppress(OSError):
                target.sendall(data)
