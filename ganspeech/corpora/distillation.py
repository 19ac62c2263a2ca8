"""Speech of a voice as a corpus, from which a smaller voice learns: sounds, texts and durations."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from ganspeech.audio import write_audio
from ganspeech.corpora.journal import Journal
from ganspeech.corpora.writing import METADATA, WAVS
from ganspeech.data.labels.symbol_ends import line_of_ends
from ganspeech.data.readers.sentences import make_sentences
from ganspeech.load import load_voice
from ganspeech.models.files import fingerprint
from ganspeech.models.voice import Voice
from ganspeech.process.errors import UsageError
from ganspeech.process.locks import locked
from ganspeech.process.messages import one_line
from ganspeech.process.writing import naming_path, write_whole
from ganspeech.text.phonemes.front_ends import Espeak
from ganspeech.text.spoken_text import ESPEAK

JOURNAL, DURATIONS, LOCK = "spoken.jsonl", "durations.jsonl", ".lock"
SHOWN = 5
"""Texts that are named of those left out."""


@dataclass(frozen=True)
class Request:
    """What `ganspeech distill` is asked for; its help says what each means."""

    voice: str
    out: Path
    texts: Path | None = None
    sentences: int = 1500
    speaker: str | None = None
    speed: float = 1.0
    noise_scale: float | None = None
    seed: int = 0

    def __post_init__(self):
        if self.sentences < 1:
            raise UsageError(f"--sentences must be at least 1, not {self.sentences}")


class Spoken(NamedTuple):
    """A sentence that was spoken into its file."""

    id: str
    text: str
    symbols: list[str]
    ends: list[float]
    """Seconds from the beginning to the end of each symbol."""


def distilled(request: Request, *, quiet: bool = False) -> int:
    """Has a voice speak texts into a corpus; returns the exit status, 1 if it could not say some.

    Raises ValueError, naming the file, folder or flag, for a voice that cannot be loaded or does
    not read phonemes of espeak-ng, for texts that are none, and for a folder in which another voice
    or other settings have spoken.
    """
    texts = _texts(request)
    voice = load_voice(request.voice)
    front = voice.text.front
    if not isinstance(front, Espeak):
        raise ValueError(
            f"{request.voice} reads {type(front).__name__}'s symbols: only a voice that reads "
            "phonemes of espeak-ng can teach, since its durations are those of its symbols"
        )
    # Raises ValueError for a speaker, a speed or a noise that the voice does not have.
    voice.settings(speaker=request.speaker, speed=request.speed, noise_scale=request.noise_scale)
    with _held(request.out):
        settings = asdict(request) | {"voice": fingerprint("", voice.variables)}
        journal = _journal(request.out, settings | {"out": "", "texts": "", "sentences": 0})
        spoken, silent = _spoken(voice, texts, request, journal, quiet=quiet)
        if not spoken:
            raise ValueError(f"{request.voice} could say none of {len(texts)} texts")
        rows = "".join(f"{one.id}|{one.text}|{one.text}\n" for one in spoken)
        write_whole(request.out / METADATA, rows.encode())
        ends = "".join(line_of_ends(one.id, one.symbols, one.ends) for one in spoken)
        write_whole(request.out / DURATIONS, ends.encode())
    for text in silent[:SHOWN]:
        print(one_line(f"left out, none of it can be taught: {text}"), file=sys.stderr)
    if not quiet:
        minutes = sum(one.ends[-1] for one in spoken) / 60
        left = f"; {len(silent)} of {len(texts):,} texts left out" if silent else ""
        made = f"{request.out}: {len(spoken):,} sentences, {minutes:.1f} minutes{left}"
        print(f"{made}\nnext, to train a voice on them:", file=sys.stderr)
        print(command(request.out, front))
    return 1 if silent else 0


def command(folder: Path, front: Espeak) -> str:
    """Command that trains a voice on a distilled corpus."""
    language = "" if front == ESPEAK.front else f" --task.text.front.voice {front.voice}"
    return (
        f"python train.py tts_distilled --corpus.root {folder} "
        f"--task.durations {folder / DURATIONS}{language}"
    )


def _texts(request: Request) -> list[str]:
    if request.texts is None:
        return make_sentences(request.sentences, request.seed)
    with naming_path(request.texts):
        lines = request.texts.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [line.strip().replace("|", " ") for line in lines if line.strip()]
    if not found:
        raise ValueError(f"{request.texts} has no texts: write one in a line")
    return found[: request.sentences]


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Holds a folder that a voice has spoken in, or a new one; raises ValueError for others."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / JOURNAL).is_file():
        raise ValueError(f"{folder} holds other things: name a new folder")
    with naming_path(folder):
        (folder / WAVS).mkdir(parents=True, exist_ok=True)
    with locked(folder / LOCK, str(folder)):
        yield


def _journal(folder: Path, settings: dict) -> Journal:
    """Journal of a folder; raises ValueError for one in which something else was spoken."""
    path, key = folder / JOURNAL, json.dumps(settings, sort_keys=True)
    if path.exists():
        with naming_path(path), open(path, encoding="utf-8", errors="replace") as file:
            first = file.readline().rstrip("\n")
        if first != json.dumps(["key", key]):
            raise ValueError(
                f"another voice, or other settings, spoke in {folder}: name another folder"
            )
    return Journal(path, key)


def _spoken(
    voice: Voice, texts: Sequence[str], request: Request, journal: Journal, *, quiet: bool
) -> tuple[list[Spoken], list[str]]:
    """Sentences of all texts, and texts of which none could be used."""
    found, silent = list[Spoken](), list[str]()
    for number, text in enumerate(tqdm(texts, "speaking", unit="text", disable=quiet)):
        sentences = journal.recall(
            f"{number} {text}",
            lambda number=number, text=text: list(_sentences(voice, number, text, request)),
            lambda rows: [Spoken(*row) for row in rows],
        )
        found += sentences
        silent += [] if sentences else [text]
    return found, silent


def _sentences(voice: Voice, number: int, text: str, request: Request) -> Iterator[Spoken]:
    """Speaks the sentences of a text into files, without the pauses behind them."""
    settings = asdict(request)
    manner = {name: settings[name] for name in ("speed", "speaker", "noise_scale")}
    try:
        stream = voice.stream(text, seed=request.seed + number, **manner)
        spoken = [one for one in stream if one.symbols]
    except ValueError:  # nothing of the text can be spoken
        return
    hop, rate = voice.spec.hop_length, voice.sample_rate
    for place, one in enumerate(spoken):
        # What is trained is told the text alone, without the script around it.
        if voice.text.spell(one.text).symbols != one.symbols:
            continue
        ends = np.cumsum(one.frames) * hop
        id = f"{number:06d}-{place}"
        write_audio(request.out / WAVS / f"{id}.flac", one.audio[: ends[-1]], rate)
        seconds = [round(float(end), 4) for end in ends / rate]
        yield Spoken(id, " ".join(one.text.split()), list(one.symbols), seconds)
