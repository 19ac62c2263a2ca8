"""HTTP with real clients: OpenAI's package, and curl."""

import asyncio
import io
import json
import shutil
import subprocess

import numpy as np
import pytest
import robots
import soundfile
from served import Gated, post, samples, served, wanted

openai = pytest.importorskip("openai", reason="a client of another project asks")
TEXT = "One two. Three! Four five six."


def test_openais_client_gets_what_the_voice_says():
    def ask(url):
        with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
            assert [model.id for model in client.models.list()] == ["ganspeech"]
            speech = client.audio.speech
            common = {"model": "ganspeech", "voice": "robot", "input": TEXT}
            for format in ("wav", "mp3", "opus"):
                with speech.with_streaming_response.create(
                    **common, response_format=format, speed=1.5, extra_body={"seed": 3}
                ) as answer:
                    audio, rate = soundfile.read(io.BytesIO(answer.read()))
                    assert "x-ignored" not in answer.headers
                length = len(wanted(TEXT, speed=1.5, seed=3)) / robots.RATE
                assert len(audio) / rate == pytest.approx(length, abs=0.3)
                if format == "wav":
                    heard = np.round(audio * 32768).astype("i2")
                    np.testing.assert_array_equal(heard, wanted(TEXT, speed=1.5, seed=3))
            answer = speech.with_raw_response.create(**common, instructions="Whisper.")
            assert answer.headers["x-ignored"] == "instructions"
            with pytest.raises(openai.NotFoundError, match="no voice 'x': here are robot"):
                speech.create(**(common | {"voice": "x"}))

    async def main():
        async with served() as server:
            await asyncio.to_thread(ask, server.url)

    asyncio.run(main())


def test_the_first_sentence_is_sent_before_the_second_is_made():
    async def main():
        voice = Gated()
        async with served({"robot": voice}) as server:
            first = wanted("One two.")
            connection = server.connect(input=TEXT, response_format="wav")
            voice.gate.release()
            got = b""
            while len(got.partition(b"data")[2]) < 2 * len(first):
                got += await asyncio.to_thread(connection.recv, 65536)
            assert voice.said == ["One two."]
            voice.open()
            while piece := await asyncio.to_thread(connection.recv, 65536):
                got += piece
                if got.endswith(b"0\r\n\r\n"):
                    break
            connection.close()
            assert voice.said == ["One two.", "Three!", "Four five six."]
            assert b"transfer-encoding: chunked" in got.lower()

    asyncio.run(main())


@pytest.mark.parametrize(
    "fields, status, field, told",
    [
        ({"voice": "robot"}, 400, "input", "input is missing"),
        ({"input": 3}, 400, "input", "input must be a string, not 3"),
        ({"input": "a", "ssml": "yes"}, 400, "ssml", 'must be true or false, not "yes"'),
        ({"input": ["é" * 100]}, 400, "input", 'a string, not ["éééé'),
        ({"input": ""}, 400, "input", "nothing to say in the text ''"),
        ({"input": "日本"}, 400, "input", "it has no symbols for"),
        ({"input": "a", "model": "x"}, 404, "model", "no model 'x': the only one is ganspeech"),
        ({"input": "a", "voice": "y\n"}, 404, "voice", "no voice 'y\\n'"),
        ({"input": "a", "response_format": "aac"}, 400, "response_format", "one of mp3, opus, "),
        ({"input": "a", "stream_format": "x"}, 400, "stream_format", "one of audio, sse"),
        ({"input": "a", "speed": 9}, 400, "speed", "speed must be from 0.25 to 4.0, not 9"),
        ({"input": "a", "speed": True}, 400, "speed", "speed must be a number"),
        ({"input": "a", "seed": -1}, 400, "seed", "seed must be an integer of at least 0"),
        ({"input": "a", "speaker": "x"}, 400, "speaker", "a single unnamed speaker, not 'x'"),
        ({"input": "a", "sped": 1}, 400, "sped", "no field 'sped': there are model, input"),
        ({"input": "a", "\ud800": 1}, 400, "\\ud800", "no field '\\ud800'"),
        ({"input": "a " * 10_001}, 413, "input", "may have 20,000 characters, not 20,002"),
        ({"input": "a" * 1_000_000}, 413, "input", "may have 20,000 characters, not 1,000,"),
    ],
)
def test_refusals_name_the_field(fields, status, field, told):
    async def main():
        async with served() as server:
            got, _, body = await asyncio.to_thread(post, server.port, **fields)
            error = json.loads(body)["error"]
            assert (got, error["param"]) == (status, field)
            assert told in error["message"] and "\n" not in error["message"]
            await server.idle()

    asyncio.run(main())


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_curl(tmp_path):
    async def curl(server, path, *flags):
        command = ["curl", "-sS", f"{server.url}{path}", *flags]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
        return done.stdout

    async def main():
        json_type = ("-H", "Content-Type: application/json")
        async with served({"robot": robots.voice(speakers=("ann", "bob"))}) as server:
            flags = (*json_type, "-d", '{"input": "One.", "response_format": "wav"}')
            assert len(samples(await curl(server, "/v1/audio/speech", *flags))) == len(
                wanted("One.")
            )
            listed = json.loads(await curl(server, "/v1/audio/voices"))["data"]
            assert listed[0]["id"] == "robot" and listed[0]["speakers"] == ["ann", "bob"]
            assert json.loads(await curl(server, "/health"))["status"] == "ok"
            assert b"<title>ganspeech</title>" in await curl(server, "/")
            for path, flags, told in (
                ("/x", (), "no GET /x here: there are GET /v1/models"),
                ("/v1/audio/speech", (), "no GET /v1/audio/speech here"),
                ("/v1/audio/speech", ("-d", "{}"), "curl -H 'Content-Type: application/json'"),
                ("/v1/audio/speech", (*json_type, "-d", "{"), "the body is not JSON"),
                ("/v1/audio/speech", (*json_type, "-d", "[1]"), "must be a JSON object"),
            ):
                error = json.loads(await curl(server, path, *flags))["error"]
                assert told in error["message"]

    asyncio.run(main())


def test_server_sent_events_hold_the_same_audio():
    import base64

    async def main():
        async with served() as server:
            common = {"input": TEXT, "response_format": "wav"}
            _, _, plain = await asyncio.to_thread(post, server.port, **common)
            status, headers, body = await asyncio.to_thread(
                post, server.port, **common, stream_format="sse"
            )
            assert status == 200 and headers["content-type"] == "text/event-stream"
            events = [json.loads(line[6:]) for line in body.decode().split("\n\n")[:-1]]
            assert [event["type"] for event in events] == [
                *["speech.audio.delta"] * 3,
                "speech.audio.done",
            ]
            assert b"".join(base64.b64decode(e["audio"]) for e in events[:-1]) == plain

    asyncio.run(main())


def test_sixteen_clients_get_what_one_gets():
    async def main():
        async with served(places=16) as server:
            texts = [f"{'A ' * n}one. Two {n}. Three." for n in range(16)]
            ask = [asyncio.to_thread(post, server.port, input=text, response_format="wav", seed=n)
                   for n, text in enumerate(texts)]  # fmt: skip
            for n, (text, (status, _, body)) in enumerate(zip(texts, await asyncio.gather(*ask))):
                assert status == 200
                np.testing.assert_array_equal(samples(body), wanted(text, seed=n))

    asyncio.run(main())
