"""Speech of a voice as a corpus, from which a smaller voice learns: sounds, texts and durations."""

import dataclasses
import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from tqdm import tqdm

from ganspeech.audio import write_audio
from ganspeech.corpora.journal import Journal
from ganspeech.corpora.writing import METADATA, WAVS
from ganspeech.data.cache import digest
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
from ganspeech.text.spoken_text import ESPEAK, SpokenText
from ganspeech.text.vocabulary import EmptyText

JOURNAL, DURATIONS, LOCK = "spoken.jsonl", "durations.jsonl", ".lock"
SENTENCES = 1500
"""Generated texts, unless another number is asked for."""
SHOWN = 5
"""Texts that are named of those left out."""


@dataclass(frozen=True)
class Request:
    """What `ganspeech distill` is asked for; its help says what each means."""

    voice: str
    out: Path
    texts: Path | None = None
    sentences: int | None = None
    speaker: str | None = None
    speed: float = 1.0
    noise_scale: float | None = None
    seed: int = 0

    def __post_init__(self):
        if self.sentences is not None and self.sentences < 1:
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
    student = _student(voice, request.voice)
    # Raises ValueError for a speaker, a speed or a noise that the voice does not have.
    voice.settings(speaker=request.speaker, speed=request.speed, noise_scale=request.noise_scale)
    with _held(request.out):
        teacher = _Teacher(voice, student, request)
        journal = _journal(request.out, teacher.key)
        spoken, silent = _spoken(teacher, texts, journal, quiet=quiet)
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
        print(command(request.out, student))
    return 1 if silent else 0


def command(folder: Path, student: SpokenText) -> str:
    """Command that trains a voice on a distilled corpus."""
    words = f"python train.py tts_distilled --corpus.root {shlex.quote(str(folder))}"
    words += f" --task.durations {shlex.quote(str(folder / DURATIONS))}"
    if student != ESPEAK:
        words += f" --task.text.front.voice {shlex.quote(cast(Espeak, student.front).voice)}"
    return words


def _student(voice: Voice, name: str) -> SpokenText:
    """Text processing of the voice that learns, whose symbols have to be the teacher's.

    Raises ValueError for a teacher whose symbols are others.
    """
    front = voice.text.front
    if not isinstance(front, Espeak):
        raise ValueError(
            f"{name} reads {type(front).__name__}'s symbols: only a voice that reads phonemes of "
            "espeak-ng can teach, since its durations are those of its symbols"
        )
    student = dataclasses.replace(ESPEAK, front=front)
    if voice.text.write("ab").symbols != student.write("ab").symbols:
        raise ValueError(f"{name} has other marks and blanks than tts_distilled: it cannot teach")
    return student


def _texts(request: Request) -> list[str]:
    if request.texts is None:
        return make_sentences(request.sentences or SENTENCES, request.seed)
    with naming_path(request.texts):
        lines = request.texts.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [line.strip().replace("|", " ") for line in lines if line.strip()]
    if not found:
        raise ValueError(f"{request.texts} has no texts: write one in a line")
    return list(dict.fromkeys(found))[: request.sentences]


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Holds a folder that a voice has spoken in, or a new one; raises ValueError for others."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: name a folder")
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if JOURNAL not in there and (there - {LOCK, WAVS} or any((folder / WAVS).glob("*"))):
        raise ValueError(f"{folder} holds other things: name a new folder")
    with naming_path(folder):
        (folder / WAVS).mkdir(parents=True, exist_ok=True)
    with locked(folder / LOCK, str(folder)):
        yield


def _journal(folder: Path, key: list[str]) -> Journal:
    """Journal of a folder; raises ValueError for one in which something else was spoken."""
    path = folder / JOURNAL
    if path.exists():
        with naming_path(path), open(path, encoding="utf-8", errors="replace") as file:
            first = file.readline().rstrip("\n")
        if first != json.dumps(["key", key]):
            raise ValueError(
                f"another voice, or other settings, spoke in {folder}: name another folder"
            )
    return Journal(path, key)


def _spoken(
    teacher: "_Teacher", texts: Sequence[str], journal: Journal, *, quiet: bool
) -> tuple[list[Spoken], list[str]]:
    """Sentences of all texts, and texts of which none could be used."""
    found, silent = list[Spoken](), list[str]()
    for text in tqdm(texts, "speaking", unit="text", disable=quiet):
        sentences = journal.recall(
            text,
            lambda text=text: teacher.spoken(text),
            lambda rows: [Spoken(*row) for row in rows],
        )
        if not all(teacher.path(one.id).is_file() for one in sentences):
            sentences = teacher.spoken(text)
        found += sentences
        silent += [] if sentences else [text]
    return found, silent


@dataclass(frozen=True)
class _Teacher:
    """A voice that speaks texts into files, each the same whatever the others are."""

    voice: Voice
    student: SpokenText
    request: Request

    @property
    def key(self) -> list[str]:
        """All that its speech depends on, apart from the text."""
        voice, request = self.voice, self.request
        manner = request.speaker, request.speed, request.noise_scale, request.seed
        kind = voice.network, voice.text, voice.spec, voice.speakers
        scales = voice.noise_scale, voice.duration_noise, voice.length_scale
        return [fingerprint(repr((kind, scales)), voice.variables), repr(manner)]

    def path(self, id: str) -> Path:
        """File of a sentence."""
        return self.request.out / WAVS / f"{id}.flac"

    def spoken(self, text: str) -> list[Spoken]:
        """Speaks the sentences of a text into files, without the pauses behind them."""
        request, name = self.request, digest(text)
        try:
            stream = self.voice.stream(
                text,
                speed=request.speed,
                seed=(request.seed + int(name[:6], 16)) % 2**31,
                speaker=request.speaker,
                noise_scale=request.noise_scale,
            )
            sentences = [one for one in stream if one.symbols]
        except EmptyText:
            return []
        hop, rate = self.voice.spec.hop_length, self.voice.sample_rate
        found = []
        for place, one in enumerate(sentences):
            # What is trained is told the text alone, without the script around it.
            if self.student.spell(one.text).symbols != one.symbols:
                continue
            ends = np.cumsum(one.frames) * hop
            id = f"{name}-{place}"
            write_audio(self.path(id), one.audio[: ends[-1]], rate)
            seconds = [round(float(end), 4) for end in ends / rate]
            found.append(Spoken(id, " ".join(one.text.split()), list(one.symbols), seconds))
        return found
