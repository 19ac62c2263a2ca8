"""`ganspeech serve` as a process: when it is ready, how it ends, what it refuses in a line."""

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import robots
import soundfile
from wyoming.audio import AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.tts import Synthesize

from ganspeech.commands import serve
from ganspeech.commands.cli import main
from ganspeech.text.script.lexicon import Lexicon

TESTS = Path(__file__).resolve().parents[1]
# Few programs, so that it is ready within seconds.
PROGRAM = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
import robots
from ganspeech.commands import serve
from ganspeech.commands.cli import main
from ganspeech.serving import service
serve.load_voice = lambda source: robots.voice()
serve.keep_programs = lambda: None
service.TOKENS, service.FRAMES = service.TOKENS[:1], service.FRAMES[:1]
sys.exit(main(["serve", *sys.argv[1:]]))
"""
TEXT = "One two. Three!\n\nFour five six."
WORDS = Lexicon.from_words({"one": "six six"})
SETTINGS = {"sentence_silence": 0.5, "paragraph_silence": 0.0}


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch):
    monkeypatch.setattr(serve, "keep_programs", lambda: None)


@pytest.fixture
def process(tmp_path):
    """A server of two voices, and the ports that it says."""
    words = tmp_path / "words.tsv"
    words.write_text("one\tsix six\n", "utf-8")
    flags = ["--voice", "one=a", "--voice", "two=b", "--port", "0", "--wyoming-port", "0"]
    flags += ["--lexicon", str(words), *("--sentence-silence", "0.5", "--paragraph-silence", "0")]
    command = [sys.executable, "-c", PROGRAM, *flags, "--quiet"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        line = running.stderr.readline()
        found = re.fullmatch(
            r"ready: http://127\.0\.0\.1:(\d+) and tcp://127\.0\.0\.1:(\d+) \(Wyoming\), "
            r"voices one, two\n",
            line,
        )
        try:
            assert found, line + running.stderr.read()
            yield running, *map(int, found.groups())
        finally:
            running.kill()


def asked(port, text):
    body = json.dumps({"input": text, "response_format": "wav"}).encode()
    return urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/audio/speech", body, {"Content-Type": "application/json"}
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_what_it_speaks_and_exits_with_0(process, number, tmp_path):
    running, web, wyoming = process

    async def spoken():
        async with AsyncTcpClient("127.0.0.1", wyoming) as client:
            await client.write_event(Synthesize(text=TEXT).event())
            # An idle connection does not keep the process.
            idle = socket.create_connection(("127.0.0.1", web))
            await client.read_event()
            running.send_signal(number)
            got = b""
            while not AudioStop.is_type((event := await client.read_event()).type):
                got += event.payload or b""
            idle.close()
            return np.frombuffer(got, "<i2")

    with urllib.request.urlopen(asked(web, TEXT)) as answer:
        (tmp_path / "heard.wav").write_bytes(answer.read())
    wanted = np.round(robots.voice().say(TEXT, lexicon=WORDS, **SETTINGS) * 32767).astype("i2")
    heard, rate = soundfile.read(tmp_path / "heard.wav", dtype="int16")
    assert rate == robots.RATE
    np.testing.assert_array_equal(heard, wanted)
    np.testing.assert_array_equal(asyncio.run(spoken()), wanted)
    assert running.wait(30) == 0
    assert running.stderr.read() == ""


def test_a_port_that_is_taken_is_told_before_anything_is_loaded(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--voice", "nowhere.onnx", "--port", str(port)]) == 1
    error = capsys.readouterr().err
    assert error == (
        f"error: cannot listen on port {port} of 127.0.0.1: Address already in use; "
        "choose another --port\n"
    )


@pytest.mark.parametrize(
    "arguments, status, told",
    [
        (["--port", "70000"], 2, "--port must be 0 to 65535, not 70000"),
        (
            ["--port", "10200", "--wyoming-port", "10200"],
            2,
            "--wyoming-port are both 10200: choose",
        ),
        (["--queue", "0"], 2, "--queue must be at least 1, not 0"),
        (["--recognizer", "digits-16k"], 2, "add --wyoming-port 10200"),
        (["--sentence-silence", "61"], 2, "--sentence-silence must be from 0 to 60, not 61"),
        (["--paragraph-silence", "-1"], 2, "--paragraph-silence must be from 0 to 60, not -1"),
        (["--lexicon", "no.tsv"], 1, "cannot read the lexicon 'no.tsv': No such file"),
        (["--voice", "a=b", "--voice", "a=c"], 2, "two voices are called 'a'; write NAME=VOICE"),
        (["--port", "0", "--voice", "nowhere"], 1, "no voice 'nowhere': give a voice file"),
        (["--port", "0", "--host", "no.such.host.invalid"], 1, "(--host)"),
    ],
)
def test_refused_in_one_line(arguments, status, told, capsys):
    assert main(["serve", *arguments]) == status
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1


def test_a_missing_package_is_named(monkeypatch, capsys):
    monkeypatch.setattr("ganspeech.commands.serve.find_spec", lambda name: None)
    assert main(["serve", "--wyoming-port", "0"]) == 1
    assert capsys.readouterr().err == (
        "error: serving needs starlette, uvicorn, wyoming: pip install 'ganspeech[serve]'\n"
    )
