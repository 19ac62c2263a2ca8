"""The command line: damaged arguments, and commands on damaged files."""

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path

from fuzz.layers import by_content
from fuzz.mutations import mutated
from fuzz.reader import ARGUMENTS, Files, Reader, Status
from fuzz.readers import audio, runs, texts, weights

from ganspeech.commands import cli

WORDS = (
    *("", " ", "-", "--", "---", "--help", "--version", "nan", "-1", "0", "1e999", "9" * 400),
    *("x" * 5000, ".", "..", "missing", "missing/x.wav", "out.wav/x", "\n", "\x1b[2J", "é"),
    *("\udcff", "--seed=abc", "--unknown", "--seed", "=", "--=", "sound.wav", "text.txt", "NAME="),
    *("=x", "a,b", "%s", "{seed}", "~", "*", "-o", "--json", "--page", "--speed", "None", "True"),
    ARGUMENTS,
    *("--generator", "--corpus", "--rules.r1", "--task.spec", "--discriminators", "none", "run"),
)  # fmt: skip
"""Words that take the place of others; no absolute paths, since commands write files."""
NOWHERE = ["--corpus", "folder", "--corpus.root", "nowhere", "--run", "out"]
"""Ends of commands that would train."""
COMMANDS = (
    ["mel", "sound.wav", "out.npz", "--spec", "libritts_24k", "--overwrite", "--quiet"],
    ["mel", "sound.wav", "out.npz", "--vocoder", "vocoder.safetensors", "--overwrite"],
    ["vocode", "mel.npz", "out.wav", "--vocoder", "vocoder.safetensors", "--overwrite"],
    ["vocode", "sound.wav", "out.flac", "--vocoder", "run", "--overwrite", "--quiet"],
    ["transcribe", "sound.wav", "--model", "recognizer.safetensors", "--json", "out.json"],
    ["transcribe", "sound.wav", "--model", "recognizer.safetensors", "--beam", "4"],
    ["say", "One.", "-o", "out.wav", "--voice", "voice.safetensors", "--overwrite"],
    ["say", "--file", "line.txt", "-o", "out", "--voice", "voice.safetensors", "--seed", "1"],
    ["import", "voice.onnx", "out.safetensors", "--overwrite", "--float16"],
    ["import", "weights.pth", "out.safetensors", "--spec", "spec.json", "--config", "spec.json"],
    ["export", "run", "out.safetensors", "--overwrite", "--step", "2"],
    ["listening", "answers.json", "--json", "out.json"],
    ["eval", "recognition", "--reference", "said.txt", "--hypothesis", "heard.txt"],
    ["eval", "recognition", "--reference", "said.txt", "--hypothesis", "a=heard.txt", "--phones"],
    ["eval", "quality", "--run", "missing", "--metrics", "pesq"],
    ["listen", "sound.wav", "--model", "recognizer.safetensors", "--actions", "actions.toml"],
    ["compare", "run", "b=run", "--page", "out.html"],
    ["download", "no-such-corpus", "out"],
    ["--help"],
    ["--version"],
    [],
)
TRAINING = (
    ["train", "vocoder_demo", "--budget.steps", "2", "--rules.r1", "0.1", "--generator", "vocos"],
    ["train", "recognition_digits", "--task.vocabulary", "words", "--seed", "1"],
    ["ablate", "vocoder_demo", "--vary", "objective=hinge,least-squares", "--seeds", "2"],
    ["ablate", "vocoder_demo", "--row", "a: --rules.r1 1", "--row", "b: --rules.r1 2"],
)


def _files() -> Files:
    sounds = audio.READERS["wav"].files()
    features = audio.READERS["features"].files()
    found: dict[str, Sequence[bytes]] = {
        "sound.wav": sounds["sound.wav"][:1],
        "mel.npz": features["mel.npz"][:1],
        "line.txt": [b"One.\nTwo.\n"],
        **{f"run/{name}": contents for name, contents in runs.READERS["run"].files().items()},
    }
    for name in ("spec", "piper", "torch"):
        of = {**audio.READERS, **weights.READERS}[name].files()
        found |= {path: contents[:1] for path, contents in of.items()}
    for name in ("answers", "actions"):
        found |= texts.READERS[name].files()
    found |= runs.READERS["listening answers"].files()
    for name in ("vocoder", "recognizer", "voice"):
        found[f"{name}.safetensors"] = [(weights.OLD / f"{name}.safetensors").read_bytes()]
    return found


def _in_arguments(rng: random.Random, content: bytes, others: Sequence[bytes]) -> tuple[str, bytes]:
    """A command line with one to three words replaced, added, dropped or damaged."""
    words = json.loads(content)
    for _ in range(rng.randint(1, 3)):
        at, chance = rng.randrange(len(words) + 1), rng.random()
        if chance < 0.3 or at == len(words):
            words.insert(at, rng.choice(WORDS))
        elif chance < 0.6:
            words[at] = rng.choice(WORDS)
        elif chance < 0.75:
            del words[at]
        elif chance < 0.85:
            words.insert(at, words[at])
        else:
            _, damaged = mutated(rng, words[at].encode("utf-8", "surrogatepass"), [b"--", b"a"])
            # No system passes NUL, nor more than this in a word.
            word = damaged[:3000].replace(b"\0", b"").decode("utf-8", "surrogateescape")
            words[at] = word.lstrip("/~")
    return " ".join(words)[:200], json.dumps(words).encode()


def _of_lines(commands: Sequence[list[str]], inputs: int, end: Sequence[str] = ()) -> Reader:
    """Command lines, of which the arguments alone are damaged."""
    lines = {ARGUMENTS: [json.dumps(one).encode() for one in commands]}

    def read(folder: Path) -> Status:
        os.chdir(folder)
        return Status(cli.main([*json.loads((folder / ARGUMENTS).read_text()), *end]))

    return Reader(lambda: lines, read, inputs, _in_arguments, beside=_files)


def _on_files(arguments: Sequence[str], names: Sequence[str], inputs: int) -> Reader:
    """A command, the files of which are damaged."""

    def files() -> Files:
        found = _files()
        return {name: found[name] for name in names}

    def read(folder: Path) -> Status:
        os.chdir(folder)
        return Status(cli.main(arguments))

    return Reader(files, read, inputs, by_content, beside=_files)


READERS = {
    "command lines": _of_lines(COMMANDS, 500),
    "training lines": _of_lines(TRAINING, 60, NOWHERE),
    "mel command": _on_files(COMMANDS[0], ["sound.wav"], 80),
    "vocode command": _on_files(COMMANDS[2], ["mel.npz"], 40),
    "say command": _on_files(COMMANDS[7], ["line.txt", "voice.safetensors"], 30),
    "import command": _on_files(COMMANDS[9], ["weights.pth", "spec.json"], 60),
    "listening command": _on_files(COMMANDS[11], ["answers.json"], 60),
    "eval command": _on_files(COMMANDS[12], ["said.txt", "heard.txt"], 60),
    "export command": _on_files(COMMANDS[10], ["run/experiment.json"], 40),
}
