"""Command lines that train experiments small, on corpora of a few short recordings."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from made_runs import make_run
from small_experiments import small

from ganspeech import experiments
from ganspeech.config.experiment import Experiment
from ganspeech.config.serialize import paths_of
from ganspeech.data.corpus import Corpus
from ganspeech.data.readers.embedded import EmbeddedSpeech
from ganspeech.data.readers.embedded_words import EmbeddedWords
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.mixture import Mixture
from ganspeech.data.readers.mnist import MNIST
from ganspeech.data.readers.other_sounds import OtherSounds
from ganspeech.data.readers.phone_codes import PhoneCodes
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.data.readers.unpaired_speech import UnpairedSpeech
from ganspeech.text.vocabulary import Phones

RATE = 16000
SPEAKERS = ("ann", "bob", "cat")
KEPT = ("kernels", "dilations")
"""Fields that flags cannot make shorter."""
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
SHORT = (
    *("--budget.steps", "2", "--budget.batch-size", "2", "--budget.log-every", "1"),
    *("--budget.save-every", "1", "--budget.sample-every", "2", "--rules.adversary-from", "0"),
)


def command(name: str, root: Path, run: Path) -> list[str]:
    """Arguments of train.py for an experiment with what `small` makes of it, two steps long.

    Its corpus and whatever else it reads are written below `root`.
    """
    experiment, little = experiments.load(name), small(name)
    flags = ["--run", str(run), *SHORT]
    for path in paths_of(little):
        value = _at(little, path)
        if value != _at(experiment, path) and path.rpartition(".")[2] not in KEPT:
            flags += [f"--{path.replace('_', '-')}", *_words(value)]
    if experiment.start:
        flags += ["--start", "", "--start-discriminators", "False"]
    if isinstance(getattr(experiment.task, "vocabulary", None), Phones):
        (root / "lexicon.txt").write_text("".join(f"{word.upper()} AH0 N\n" for word in WORDS))
        flags += ["--task.vocabulary.lexicon", str(root / "lexicon.txt")]
    if name.startswith("pseudo_labels"):
        lines = [f"spoken-{number:05} ə t ə\n" for number in range(40)]
        lines += [f"l{number} n\n" for number in range(10)]
        (root / "labels.txt").write_text("".join(lines), encoding="utf-8")
        flags += ["--task.labels", str(root / "labels.txt")]
    if name == "boundaries_codes":
        _read_without_labels(root / "reader")
        flags += ["--start", str(root / "reader")]
    flags += ["--workers", str(min(experiment.workers, 2))]
    return [name, *flags, *_corpus(experiment, root)]


def _at(part: Any, path: str) -> Any:
    for name in path.split("."):
        part = part[int(name)] if name.isdigit() else getattr(part, name)
    return part


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, tuple):
        for item in value:
            yield from _words(item)
    else:
        yield str(value)


def _corpus(experiment: Experiment, root: Path) -> list[str]:
    """Flags of the corpus."""
    match experiment.corpus:
        case EmbeddedSpeech():
            return []
        case PhoneCodes():  # as few sentences as have all phones
            few = {"spoken": "40", "read": "400", "held-out": "4"}
            return [word for name, count in few.items() for word in (f"--corpus.{name}", count)]
        case MNIST():
            pictures, digits = np.zeros((20, 28, 28), np.uint8), np.arange(20) % 10
            arrays = {"x_train": pictures, "y_train": digits, "x_test": pictures, "y_test": digits}
            np.savez(root / "mnist.npz", **arrays)
            return ["--corpus.root", str(root)]
        case SpokenDigits():
            _digits(root)
            return ["--corpus.root", str(root), "--corpus.held-out", "10"]
        case UnpairedSpeech():
            return _unpaired(experiment.corpus, root)
        case LJSpeech():
            _ljspeech(root)
            return ["--corpus.root", str(root), "--corpus.held-out", "2"]
        case LibriSpeech(held_out_speakers=speakers):
            _librispeech(root)
            field = "held-out-speakers" if speakers else "held-out"
            return ["--corpus.root", str(root), f"--corpus.{field}", "1"]
        case Mixture(parts=parts):
            return [word for n, part in enumerate(parts) for word in _part(n, part, root)]
    raise AssertionError(f"there is no small {type(experiment.corpus).__name__}")


def _part(index: int, part: Corpus, root: Path) -> list[str]:
    """Flags of a part of a mixture."""
    flag, folder = f"--corpus.parts.{index}", root / str(index)
    if isinstance(part, EmbeddedWords):
        return [f"{flag}.takes", "1"]
    if not isinstance(part, OtherSounds):
        return _of(flag, part, folder)
    few = [f"{flag}.pieces", "10", f"{flag}.held-out", "1"]
    return [*_of(f"{flag}.of", part.of, folder), *few, f"{flag}.seconds", "0.1", "0.14"]


def _of(flag: str, corpus: Corpus, root: Path) -> list[str]:
    """Flags of a corpus that has a folder, with something held out."""
    match corpus:
        case LibriSpeech(held_out_speakers=speakers):
            _librispeech(root, 0.15)
            field = "held-out-speakers" if speakers else "held-out"
            return [f"{flag}.root", str(root), f"{flag}.{field}", "1"]
        case SpokenDigits():
            _digits(root)
            return [f"{flag}.root", str(root), f"{flag}.held-out", "10"]
        case AudioFolder():
            _digits(root)
            return [f"{flag}.root", str(root), f"{flag}.held-out", "2"]
        case LJSpeech():
            _ljspeech(root)
            return [f"{flag}.root", str(root), f"{flag}.held-out", "2"]
    raise AssertionError(f"there is no small {type(corpus).__name__}")


def _unpaired(corpus: UnpairedSpeech, root: Path) -> list[str]:
    """Flags of speech and texts that are taken apart, with the phones that there are."""
    if isinstance(corpus.recordings, LJSpeech):
        _ljspeech(root)
        few: dict[str, Any] = {"held_out": 2}
    else:
        _digits(root)
        few = {"strings": 20, "held_out": 2, "held_out_takes": 10}
    recordings = dataclasses.replace(corpus.recordings, root=str(root), **few)
    texts = root / "texts.txt"
    rng = np.random.default_rng(0)
    texts.write_text("\n".join(" ".join(rng.choice(WORDS, 5)) for _ in range(200)))
    data = dataclasses.replace(corpus, recordings=recordings, texts=str(texts)).unpaired()
    few |= {"root": root}
    flags = (
        word
        for name, value in few.items()
        for word in (f"--corpus.recordings.{name.replace('_', '-')}", str(value))
    )
    return [*flags, "--corpus.texts", str(texts), "--task.phones", str(len(data.phones))]


def _read_without_labels(folder: Path) -> None:
    """A run of `unpaired_frames` as it is before it has learned."""
    experiment = experiments.load("unpaired_frames")
    few = dataclasses.replace(experiment.corpus, spoken=40, read=400, held_out=4)
    experiment = dataclasses.replace(experiment, corpus=few)
    make_run(folder, experiment)


def _recording(path: Path, seed: int, seconds: float = 0.4) -> None:
    """A voice-like tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * rng.uniform(100, 200) * np.arange(int(RATE * seconds)) / RATE
    audio = sum(np.sin(k * phase) / k for k in range(1, 20)) + 0.02 * rng.normal(size=phase.size)
    soundfile.write(path, 0.2 * audio, RATE)


def _digits(root: Path) -> None:
    for n in range(30):
        _recording(root / "recordings" / f"{n % 10}_{SPEAKERS[n // 10]}_{n // 10}.wav", n)


def _ljspeech(root: Path) -> None:
    for n in range(10):
        _recording(root / "wavs" / f"l{n}.wav", n, 0.15)
    lines = [f"l{n}|{WORDS[n]}|{WORDS[n]}" for n in range(10)]
    (root / "metadata.csv").write_text("\n".join(lines))


def _librispeech(root: Path, seconds: float = 0.4) -> None:
    for n in range(9):
        chapter = root / str(10 + n % 3) / "1"
        _recording(chapter / f"{10 + n % 3}-1-{n:04d}.flac", n, seconds)
        with open(chapter / f"{10 + n % 3}-1.trans.txt", "a", encoding="utf-8") as file:
            file.write(f"{10 + n % 3}-1-{n:04d} {WORDS[n].upper()}\n")
