"""Clients that are too many, leave, or stop amid a request, and the end of the server."""

import asyncio
import http.client
import json
import os
import signal
import socket

import numpy as np
import pytest
import robots
from served import HOST, Gated, head, post, samples, served, wanted

from ganspeech.serving import connections, web

TEXT = "One two. Three! Four five six."


def test_too_many_are_told_when_to_come_again():
    async def main():
        voice = Gated()
        async with served({"robot": voice}, places=1) as server:
            first = asyncio.create_task(asyncio.to_thread(post, server.port, input="One. Two."))
            while not server.service.worker.taken:
                await asyncio.sleep(0.01)
            status, headers, body = await asyncio.to_thread(post, server.port, input="Three.")
            assert status == 429 and int(headers["retry-after"]) >= 1
            assert json.loads(body)["error"]["type"] == "rate_limit_error"
            voice.open()
            assert (await first)[0] == 200
            await server.idle()
            assert (await asyncio.to_thread(post, server.port, input="Three."))[0] == 200

    asyncio.run(main())


def test_a_client_that_leaves_stops_its_work():
    async def main():
        voice = Gated()
        async with served({"robot": voice}) as server:
            waiting = server.connect(input="Never heard. " * 50)
            speaking = server.connect(input="Hello there. " * 50)
            while server.service.worker.taken < 2:
                await asyncio.sleep(0.01)
            voice.gate.release(2)
            await asyncio.to_thread(speaking.recv, 10)
            waiting.close()
            speaking.close()
            await asyncio.sleep(0.1)
            voice.open()
            await server.idle()
            assert len(voice.said) <= 6
            assert (await asyncio.to_thread(post, server.port, input="Still here."))[0] == 200

    asyncio.run(main())


def test_an_error_amid_speech_breaks_off_its_own_answer_alone(capsys):
    class Fails(Gated):
        def stream(self, text, **settings):
            yield from list(self.voice.stream(text, **settings))[:1]
            raise ValueError("no second sentence")

    async def main():
        async with served({"robot": robots.voice(), "bad": Fails()}) as server:
            good = asyncio.to_thread(post, server.port, input=TEXT * 5, response_format="wav")
            bad = asyncio.to_thread(post, server.port, input=TEXT, voice="bad")
            good, bad = await asyncio.gather(good, bad, return_exceptions=True)
            assert isinstance(bad, http.client.IncompleteRead)
            np.testing.assert_array_equal(samples(good[2]), wanted(TEXT * 5))
            await server.idle()

    asyncio.run(main())
    assert "an answer was broken off: no second sentence" in capsys.readouterr().err


def test_half_a_request_is_timed_out(monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(web, "BODY_SECONDS", 0.2)
    whole = head(input="One.")

    async def main():
        async with served() as server:
            for part in (b"", whole[:20], whole[:-3]):
                connection = socket.create_connection((HOST, server.port), 30)
                connection.sendall(part)
                got = await asyncio.to_thread(connection.recv, 4096)
                assert got.startswith(b"HTTP/1.1 408") if part == whole[:-3] else got == b""
                connection.close()
            assert not server.service.worker.taken

    asyncio.run(main())


def test_sigterm_finishes_what_is_spoken_and_takes_no_more():
    async def main():
        voice = Gated()
        async with served({"robot": voice}) as server:
            speaking = asyncio.create_task(
                asyncio.to_thread(post, server.port, input=TEXT, response_format="wav")
            )
            while not server.service.worker.taken:
                await asyncio.sleep(0.01)
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0.4)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((HOST, server.port))
            voice.open()
            _, _, body = await speaking
            np.testing.assert_array_equal(samples(body), wanted(TEXT))
            await asyncio.wait_for(server.task, 20)

    asyncio.run(main())


def test_what_does_not_end_is_ended_at_last():
    async def main():
        voice = Gated()
        async with served({"robot": voice}, grace=1) as server:
            speaking = server.connect(input=TEXT)
            while not server.service.worker.taken:
                await asyncio.sleep(0.01)
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(server.task, 20)
            assert (await asyncio.to_thread(speaking.recv, 20)).startswith(b"HTTP/1.1 503")
            speaking.close()
            voice.open()

    asyncio.run(main())
