"""The `ganspeech` command: imports only the command it runs."""

import difflib
import functools
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import ganspeech
from ganspeech.process.errors import UsageError, guard
from ganspeech.process.misuse import in_one_line

PROGRAM = "ganspeech"


class Command(NamedTuple):
    """Facts about a command, available without importing it."""

    summary: str
    """First line of its docstring."""
    module: str = ""
    """Module of `ganspeech.commands`, its last part the function; empty: the command's name."""
    reads_flags: bool = False
    """Whether the function takes all arguments and the program's name, and reads them itself."""


COMMANDS = {
    "train": Command("Trains an experiment.", reads_flags=True),
    "eval": Command("Scores a run, plain folders, or texts.", reads_flags=True),
    "ablate": Command("Trains, scores and compares variants of an experiment.", reads_flags=True),
    "compare": Command(
        "Compares runs of one task: settings that differ, curves, scores, differences, sounds."
    ),
    "listening": Command("Reads answers of a listening test: means and intervals over listeners."),
    "profile": Command(
        "Counts operations, memory and expected times of an experiment's update, by part.",
        reads_flags=True,
    ),
    "say": Command("Speaks a text, sentence by sentence, or each line of a file."),
    "serve": Command(
        "Serves voices over HTTP, as OpenAI's clients ask for speech, and to Home Assistant."
    ),
    "convert": Command(
        "Converts recordings to another speaker of a voice, keeping words and timing.",
        "speakers.convert",
    ),
    "blend": Command(
        "Makes a page of the path from one speaker of a voice to another.", "speakers.blend"
    ),
    "vocode": Command("Makes waveforms of log-mels."),
    "transcribe": Command(
        "Writes what is said in each recording, one line ID TEXT.", "recognition.transcribe"
    ),
    "pseudo-labels": Command(
        "Writes what a recognizer reads in recordings without transcripts, one line ID TEXT.",
        "recognition.pseudo_labels",
    ),
    "language-model": Command(
        "Learns an n-gram model for a recognizer's search from texts, and writes an ARPA file.",
        "recognition.language_model",
    ),
    "listen": Command(
        "Spots words in what a microphone hears, or in a file.", "recognition.listen"
    ),
    "gallery": Command(
        "Makes a page of the shipped models: sounds, spectrograms and scores beside baselines."
    ),
    "mel": Command("Computes log-mels, to be vocoded later or elsewhere."),
    "features": Command(
        "Makes frames of recordings: of an encoder, a discriminator, MFCCs or log-mels.",
        "features.features",
    ),
    "unpaired-labels": Command(
        "Writes the phones that a run without labels reads in its corpus, one line ID PHONES.",
        "unlabeled.unpaired_labels",
    ),
    "unpaired-boundaries": Command(
        "Writes where the segments of a run's utterances end, in frames, one line ID END END….",
        "unlabeled.unpaired_boundaries",
    ),
    "corpus": Command(
        "Makes a corpus of raw recordings: cuts, measures, matches texts, leaves out what is bad.",
        "corpora.corpus",
    ),
    "align": Command(
        "Finds where the symbols of recordings end, by a voice that says their texts, too.",
        "corpora.align",
    ),
    "distill": Command(
        "Has a voice speak many texts into a corpus for a smaller voice, with its durations.",
        "corpora.distill",
    ),
    "download": Command(
        "Downloads a public corpus or a published model, and prints the command that uses it."
    ),
    "import": Command(
        "Makes a model file of another project's vocoder, or a voice file of its voice.", "import_"
    ),
    "export": Command(
        "Writes what a run has trained as one file; vocoders and voices for other programs, too."
    ),
    "vocoders": Command(
        "Lists shipped vocoders and untrained generators: parameters and latency of streaming."
    ),
}
EXAMPLES = f"""examples:
  {PROGRAM} say "Good morning." -o morning.wav --overwrite
  {PROGRAM} vocode in.wav out.wav --overwrite
  {PROGRAM} train vocoder_demo --run runs/first
  {PROGRAM} eval quality --run runs/first --page quality.html"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status: 2 on misuse, 1 and one line on failure."""
    return guard(lambda: _main(sys.argv[1:] if arguments is None else list(arguments)))


def _main(arguments: Sequence[str]) -> int:
    name, rest = "".join(arguments[:1]), list(arguments[1:])
    if name in ("-h", "--help"):
        print(overview())
        return 0
    if name == "--version":
        print(f"{PROGRAM} {ganspeech.__version__}")
        return 0
    if not name:
        raise UsageError(f"name a command: {', '.join(COMMANDS)}; see --help")
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.0)[0]
        raise UsageError(
            f"no command is called {name!r}; the nearest is {near!r} (all: {', '.join(COMMANDS)})"
        )
    run, prog = command(name), f"{PROGRAM} {name}"
    if COMMANDS[name].reads_flags:
        return run(rest, prog)
    import tyro

    @functools.wraps(run)
    def asked(*values: Any, **named: Any) -> Callable[[], int]:
        return functools.partial(run, *values, **named)

    with in_one_line():
        call = tyro.cli(asked, prog=prog, args=rest, config=(tyro.conf.FlagCreatePairsOff,))
    return call()


def command(name: str) -> Callable[..., int]:
    """Function of a command."""
    module = COMMANDS[name].module or name
    return getattr(import_module(f"ganspeech.commands.{module}"), module.rpartition(".")[2])


def overview() -> str:
    """Help text: all commands, one line each, and examples."""
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:{width}}  {found.summary}" for name, found in COMMANDS.items())
    return (
        f"usage: {PROGRAM} COMMAND [--flags]\n\n{ganspeech.__doc__}\n\ncommands:\n{listed}\n\n"
        f"{EXAMPLES}\n\n`{PROGRAM} COMMAND --help` lists the flags of a command."
    )
