"""Shared parts of corpus readers: utterances, problems, and the split of a corpus."""

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from ganspeech.audio.files import AUDIO_SUFFIXES
from ganspeech.data.rows import Listed
from ganspeech.process.messages import one_line

NAMES_SHOWN = 5
NAMES_KEPT = 10_000
"""Names that are kept of a problem; of more, only their number."""

Item = TypeVar("Item")


class HasSpeaker(Protocol):
    """An utterance on disk, or a recording made of one."""

    @property
    def speaker(self) -> str:
        """Name of the speaker; empty if unknown."""


Spoken = TypeVar("Spoken", bound=HasSpeaker)


class CorpusError(ValueError):
    """Corpus that cannot be used; the message says what was looked for and where."""


@dataclass(frozen=True)
class Utterance:
    """Recording on disk: its id, audio file, text and speaker."""

    id: str
    audio: str
    text: str = ""
    speaker: str = ""


class Names(list[str]):
    """First `NAMES_KEPT` names of the recordings with a problem."""

    def __init__(self, names: Iterable[str] = (), more: int = 0):
        super().__init__()
        self.more = 0
        """Number of those that are not in the list."""
        self.add(names, more)

    def add(self, names: Iterable[str], more: int = 0) -> None:
        """Adds names, and a number of others."""
        for name in names:
            if len(self) < NAMES_KEPT:
                self.append(name)
            else:
                self.more += 1
        self.more += more


@dataclass
class Problems:
    """Problems of a corpus: the names of the recordings concerned, by reason.

    `skipped` holds recordings that are not used, `mended` those used after a conversion.
    """

    skipped: dict[str, Names] = field(default_factory=dict)
    mended: dict[str, Names] = field(default_factory=dict)

    def skip(self, reason: str, name: str) -> None:
        """Notes that the recording or line `name` is left out."""
        self.skipped.setdefault(reason, Names()).add([name])

    def mend(self, reason: str, name: str) -> None:
        """Notes that the recording `name` is used after a conversion."""
        self.mended.setdefault(reason, Names()).add([name])

    def add(self, other: "Problems") -> None:
        """Appends another's problems to these."""
        for ours, theirs in ((self.skipped, other.skipped), (self.mended, other.mended)):
            for reason, names in theirs.items():
                ours.setdefault(reason, Names()).add(names, names.more)

    def lines(self) -> list[str]:
        """Report with one line per reason: action, count and the first few names."""
        return [
            f"{what} {len(names) + names.more}: {reason} ({_shortened(names, names.more)})"
            for what, reasons in (("skipped", self.skipped), ("used", self.mended))
            for reason, names in reasons.items()
        ]

    def tell(self, of: str = "") -> None:
        """Prints the report on standard error, each line under a name if there is one."""
        for line in self.lines():
            print(one_line(f"{of}: {line}" if of else line), file=sys.stderr)


class Corpus(ABC):
    """Public layout of recordings: subclasses are frozen dataclasses, their fields are flags."""

    held_out: int
    """Number of the last usable utterances, by id, that are kept from training."""
    features = ""
    """Folder of log-mels that an acoustic model made beside the recordings; empty for none."""

    @abstractmethod
    def utterances(self, problems: Problems | None = None) -> Sequence[Utterance]:
        """All utterances sorted by id; those left out are noted in `problems`.

        Raises `CorpusError` when the folder is missing, has another layout, or holds nothing.
        """

    def divide(self, usable: Sequence[Spoken]) -> tuple[Sequence[Spoken], Sequence[Spoken]]:
        """Splits the usable recordings into those to train on and the last `held_out`.

        Raises `CorpusError` when nothing is left to train on.
        """
        return split(usable, self.held_out)


def open_root(root: str, layout: str) -> Path:
    """Path of the corpus folder; raises `CorpusError` when there is no such folder."""
    folder = Path(root).expanduser()
    if not root or not folder.is_dir():
        raise CorpusError(f"{layout}: no folder {root!r}; name it with --corpus.root")
    return folder


def audio_by_stem(folder: Path) -> dict[str, str]:
    """Paths of the audio files directly in `folder`, by their name without the suffix.

    Among files with the same stem the first of `AUDIO_SUFFIXES` wins; a folder that does not
    exist holds none.
    """
    found: dict[str, str] = {}
    for name in audio_names(folder):
        stem = os.path.splitext(name)[0]
        if stem not in found or suffix_rank(name) < suffix_rank(found[stem]):
            found[stem] = name
    return {stem: os.path.join(folder, name) for stem, name in found.items()}


def audio_names(folder: Path) -> Iterator[str]:
    """Names of the audio files directly in a folder, in any order."""
    if folder.is_dir():
        with os.scandir(folder) as entries:
            yield from (entry.name for entry in entries if is_audio_name(entry.name))


def suffix_rank(name: str) -> int:
    """Place of an audio file's suffix among `AUDIO_SUFFIXES`."""
    return AUDIO_SUFFIXES.index(os.path.splitext(name)[1].lower())


def is_audio(path: Path) -> bool:
    """Returns whether the name is an audio file's; hidden files (macOS' `._*`) do not count."""
    return is_audio_name(path.name)


def is_audio_name(name: str) -> bool:
    """Returns whether a name without folders is an audio file's."""
    return os.path.splitext(name)[1].lower() in AUDIO_SUFFIXES and not name.startswith(".")


def read_lines(path: Path) -> list[str]:
    """Reads the lines of a UTF-8 text file; raises `CorpusError` for other encodings."""
    return list(iterate_lines(path))


def iterate_lines(path: Path) -> Iterator[str]:
    """Lines of a UTF-8 text file, read one by one; raises `CorpusError` for other encodings."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            for line in file:
                # Unicode has more ends of lines than files are read by.
                yield from line.splitlines()
    except (UnicodeDecodeError, OSError) as error:
        raise CorpusError(f"cannot read {path} as UTF-8 text: {error}") from error


def split(items: Sequence[Item], held_out: int) -> tuple[Sequence[Item], Sequence[Item]]:
    """Splits off the last `held_out` items; raises `CorpusError` when none is left to train on."""
    if held_out < 0:
        raise CorpusError(f"held_out must not be negative: {held_out}")
    if held_out >= len(items):
        raise CorpusError(
            f"{len(items)} usable recordings, and corpus.held-out={held_out} leaves none to train "
            "on: lower it or add recordings"
        )
    edge = len(items) - held_out
    return items[:edge], items[edge:]


def split_off_speakers(
    items: Sequence[Spoken], speakers: Collection[str]
) -> tuple[Sequence[Spoken], Sequence[Spoken]]:
    """Splits off the items of these speakers; raises `CorpusError` when no other is left."""
    apart = np.fromiter((item.speaker in speakers for item in items), bool, len(items))
    if apart.all():
        raise CorpusError(
            f"all {len(items)} usable recordings are by the speakers held out "
            f"({_shortened(sorted(speakers))}): hold out fewer"
        )
    return chosen(items, ~apart), chosen(items, apart)


def chosen(items: Sequence[Item], those: np.ndarray) -> Sequence[Item]:
    """Items of a list for which an array of booleans is true."""
    indices = np.flatnonzero(those)
    return items.take(indices) if isinstance(items, Listed) else [items[int(i)] for i in indices]


def _shortened(names: Sequence[str], more: int = 0) -> str:
    rest = len(names) - NAMES_SHOWN + more
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
