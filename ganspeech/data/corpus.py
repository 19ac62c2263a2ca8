"""Shared parts of corpus readers: utterances, problems, and the split of a corpus."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from ganspeech.audio.files import AUDIO_SUFFIXES

NAMES_SHOWN = 5

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


@dataclass
class Problems:
    """Problems of a corpus: the names of the recordings concerned, by reason.

    `skipped` holds recordings that are not used, `mended` those used after a conversion.
    """

    skipped: dict[str, list[str]] = field(default_factory=dict)
    mended: dict[str, list[str]] = field(default_factory=dict)

    def skip(self, reason: str, name: str) -> None:
        """Notes that the recording or line `name` is left out."""
        self.skipped.setdefault(reason, []).append(name)

    def mend(self, reason: str, name: str) -> None:
        """Notes that the recording `name` is used after a conversion."""
        self.mended.setdefault(reason, []).append(name)

    def add(self, other: "Problems") -> None:
        """Appends another's problems to these."""
        for ours, theirs in ((self.skipped, other.skipped), (self.mended, other.mended)):
            for reason, names in theirs.items():
                ours.setdefault(reason, []).extend(names)

    def lines(self) -> list[str]:
        """Report with one line per reason: action, count and the first few names."""
        return [
            f"{what} {len(names)}: {reason} ({_shortened(names)})"
            for what, reasons in (("skipped", self.skipped), ("used", self.mended))
            for reason, names in reasons.items()
        ]


class Corpus(ABC):
    """Public layout of recordings: subclasses are frozen dataclasses, their fields are flags."""

    held_out: int
    """Number of the last usable utterances, by id, that are kept from training."""

    @abstractmethod
    def utterances(self, problems: Problems | None = None) -> list[Utterance]:
        """All utterances sorted by id; those left out are noted in `problems`.

        Raises `CorpusError` when the folder is missing, has another layout, or holds nothing.
        """

    def divide(self, usable: Sequence[Spoken]) -> tuple[list[Spoken], list[Spoken]]:
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


def audio_by_stem(folder: Path) -> dict[str, Path]:
    """Audio files directly in `folder`, by their name without the suffix.

    Among files with the same stem the first of `AUDIO_SUFFIXES` wins; a folder that does not
    exist holds none.
    """
    found = [path for path in folder.iterdir() if is_audio(path)] if folder.is_dir() else []
    ranked = sorted(found, key=lambda p: AUDIO_SUFFIXES.index(p.suffix.lower()), reverse=True)
    return {path.stem: path for path in ranked}


def is_audio(path: Path) -> bool:
    """Returns whether the name is an audio file's; hidden files (macOS' `._*`) do not count."""
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def read_lines(path: Path) -> list[str]:
    """Reads the lines of a UTF-8 text file; raises `CorpusError` for other encodings."""
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (UnicodeDecodeError, OSError) as error:
        raise CorpusError(f"cannot read {path} as UTF-8 text: {error}") from error


def in_order(
    utterances: Iterable[Utterance], problems: Problems | None, *, looked_for: str
) -> list[Utterance]:
    """Sorts by id without repeated ids; raises `CorpusError`, naming `looked_for`, when empty."""
    problems = Problems() if problems is None else problems
    first: dict[str, Utterance] = {}
    for utterance in utterances:
        if utterance.id in first:
            problems.skip("id used more than once, the first is kept", utterance.id)
        else:
            first[utterance.id] = utterance
    if not first:
        reasons = "".join(f"; {line}" for line in problems.lines())
        raise CorpusError(f"found no recordings: looked for {looked_for}{reasons}")
    return [first[id] for id in sorted(first)]


def split(items: Sequence[Item], held_out: int) -> tuple[list[Item], list[Item]]:
    """Splits off the last `held_out` items; raises `CorpusError` when none is left to train on."""
    if held_out < 0:
        raise CorpusError(f"held_out must not be negative: {held_out}")
    if held_out >= len(items):
        raise CorpusError(
            f"{len(items)} usable recordings, and held_out={held_out} leaves none to train on: "
            "lower held_out or add recordings"
        )
    edge = len(items) - held_out
    return list(items[:edge]), list(items[edge:])


def split_off_speakers(
    items: Sequence[Spoken], speakers: Collection[str]
) -> tuple[list[Spoken], list[Spoken]]:
    """Splits off the items of these speakers; raises `CorpusError` when no other is left."""
    held_out = [item for item in items if item.speaker in speakers]
    if len(held_out) == len(items):
        raise CorpusError(
            f"all {len(items)} usable recordings are by the speakers held out "
            f"({_shortened(sorted(speakers))}): hold out fewer"
        )
    return [item for item in items if item.speaker not in speakers], held_out


def _shortened(names: Sequence[str]) -> str:
    rest = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
