"""A server within the test's own process, and voices whose sentences wait to be let through."""

import asyncio
import contextlib
import http.client
import io
import json
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import robots
import soundfile

from ganspeech.serving.connections import bind
from ganspeech.serving.server import serve
from ganspeech.serving.service import Service
from ganspeech.serving.worker import Worker

HOST = "127.0.0.1"
PATIENCE = 30


class Gated:
    """A robot that speaks a sentence whenever the gate is released."""

    def __init__(self, **fields):
        self.voice = robots.voice(**fields)
        self.gate = threading.Semaphore(0)
        self.said = []

    def __getattr__(self, name):
        return getattr(self.voice, name)

    def stream(self, text, **settings):
        for sentence in self.voice.stream(text, **settings):
            assert self.gate.acquire(timeout=PATIENCE)
            self.said.append(sentence.text)
            yield sentence

    def open(self):
        """Lets all through."""
        self.gate.release(10_000)


@dataclass
class Served:
    service: Service
    port: int
    wyoming: int
    task: asyncio.Task

    @property
    def url(self):
        return f"http://{HOST}:{self.port}"

    async def idle(self):
        """Waits until no place is taken."""
        async with asyncio.timeout(PATIENCE):
            while self.service.worker.taken:
                await asyncio.sleep(0.01)

    def connect(self, **fields):
        """A connection on which speech has been asked for."""
        connection = socket.create_connection((HOST, self.port), PATIENCE)
        connection.sendall(head(**fields))
        return connection


def head(**fields):
    """Bytes of a request."""
    body = json.dumps(fields).encode()
    lines = ("POST /v1/audio/speech HTTP/1.1", "Host: here", "Content-Type: application/json")
    return "\r\n".join((*lines, f"Content-Length: {len(body)}", "", "")).encode() + body


def post(port, **fields):
    """Status, headers and body of a request."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        body = json.dumps(fields).encode() if fields else b""
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/v1/audio/speech", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def samples(wav):
    return soundfile.read(io.BytesIO(wav), dtype="int16")[0]


def wanted(text, **settings):
    return np.round(robots.voice().say(text, **settings) * 32767).astype("i2")


@contextlib.asynccontextmanager
async def served(
    voices=None, places=8, longest=20_000, recognizer=None, grace=PATIENCE, **defaults
):
    """Serves until the block ends, or SIGTERM comes."""
    # Clients of a test block threads that the server wants, too.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(40))
    sockets = bind(HOST, 0, "--port"), bind(HOST, 0, "--wyoming-port")
    web, wyoming = (one.getsockname()[1] for one in sockets)
    ready = asyncio.Event()
    with Worker(places) as worker:
        voices = voices or {"robot": robots.voice()}
        service = Service(voices, worker, longest, recognizer, **defaults)
        task = asyncio.create_task(serve(service, *sockets, grace, ready.set))
        await asyncio.wait((task, asyncio.create_task(ready.wait())), return_when="FIRST_COMPLETED")
        try:
            yield Served(service, web, wyoming, task)
        finally:
            if not task.done():
                os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(task, PATIENCE)
