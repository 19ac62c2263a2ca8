"""`ganspeech listen`: spots words in a stream and runs actions for them."""

import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.audio.endpointing import Audio, Gate
from ganspeech.audio.pieces import AudioPieces
from ganspeech.commands.shared.actions import Action, Phrases, read_actions
from ganspeech.commands.shared.microphone import record
from ganspeech.load import RECOGNIZER, load_recognizer
from ganspeech.models.spotter import Spotted, Spotter
from ganspeech.process.errors import UsageError

CHUNK_SECONDS = 0.1
"""Seconds in one chunk from a microphone."""
GATE = Gate()


def listen(
    source: Annotated[Path | None, tyro.conf.Positional, tyro.conf.arg(metavar="[FILE]")] = None,
    model: Annotated[str, tyro.conf.arg(metavar="NAME|FILE|DIR")] = RECOGNIZER,
    actions: Path | None = None,
    threshold: float | None = None,
    apart: float = 1.5,
    device: str = "",
    gate: Gate = GATE,
) -> int:
    """Spots words in what a microphone hears, or in a file.

    A line for each sound: where it starts and ends in seconds, the word, or - for what is
    rejected, and the confidence. With a table of actions these lines go to standard error, and
    standard output has the output of the actions.

    Example: ganspeech listen --actions actions.toml

    Args:
        source: An audio file; without it the microphone is recorded until Ctrl-C.
        model: A shipped recognizer by name, a model file (.safetensors), or a run folder.
        actions: A TOML table: ["four two"], and below it say = "text" or run = ["program", "an
            argument"], and refractory = seconds in which it is not repeated (1 if not given).
        threshold: The confidence, 0 to 1, below which a sound is rejected; the model's own if not
            given.
        apart: The longest pause between two words of a phrase, in seconds.
        device: The microphone, by its number or a part of its name; the system's own if not given.
        gate: What counts as a sound.
    """
    if threshold is not None and not 0 <= threshold <= 1:
        raise UsageError(f"--threshold must be 0 to 1, not {threshold:g}")
    if not apart > 0:
        raise UsageError(f"--apart must be seconds above 0, not {apart:g}")
    if source is not None and device:
        raise UsageError("give either a file or --device")
    recognizer = load_recognizer(model)
    table = () if actions is None else read_actions(actions, recognizer.task.vocabulary)
    spotter = Spotter(recognizer, threshold=threshold, gate=gate)
    home = Home(table, apart)
    if source is not None:
        _follow(AudioPieces(source, recognizer.sample_rate), spotter, home)
        home.close()
        return 0
    chunks = record(device, recognizer.sample_rate, CHUNK_SECONDS)
    spotter.warm()
    # The usual way to stop.
    with suppress(KeyboardInterrupt):
        _follow(chunks, spotter, home)
    return 0


class Home:
    """Prints spotted words, and runs the actions due."""

    def __init__(self, actions: Sequence[Action], apart: float):
        self._phrases = Phrases(actions, apart)
        self._log = sys.stderr if actions else sys.stdout
        self._running: list[tuple[str, subprocess.Popen]] = []

    def hear(self, words: Sequence[Spotted], settled: float) -> None:
        """Takes words; later ones begin at `settled` seconds or after."""
        for word in words:
            print(_line(word), file=self._log, flush=True)
            self._do(self._phrases.hear(word))
        self._do(self._phrases.settle(settled))
        self._running = [running for running in self._running if not _ended(*running)]

    def close(self) -> None:
        """Waits for running programs."""
        for name, process in self._running:
            process.wait()
            _ended(name, process)

    def _do(self, actions: Sequence[Action]) -> None:
        for action in actions:
            if action.say:
                print(action.say, flush=True)
            if action.run:
                self._start(action.run)

    def _start(self, command: Sequence[str]) -> None:
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        except OSError as error:
            print(f"{command[0]}: {error.strerror or error}", file=sys.stderr)
        else:
            self._running.append((command[0], process))


def _follow(chunks: Iterable[Audio], spotter: Spotter, home: Home) -> None:
    for chunk in chunks:
        home.hear(spotter.feed(chunk), spotter.settled)
    home.hear(spotter.finish(), spotter.settled)


def _line(spotted: Spotted) -> str:
    guess = f" ({spotted.guess}?)" if spotted.guess else ""
    times = f"{spotted.start:8.2f} {spotted.end:8.2f}"
    return f"{times}  {spotted.word or '-':10} {spotted.confidence:.2f}{guess}"


def _ended(name: str, process: subprocess.Popen) -> bool:
    if process.poll():
        print(f"{name}: exit status {process.returncode}", file=sys.stderr)
    return process.returncode is not None
