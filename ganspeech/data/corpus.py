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
        """Who speaks; empty if unknown."""


Spoken = TypeVar("Spoken", bound=HasSpeaker)


class CorpusError(ValueError):
    """A corpus that cannot be used; the message says what was looked for and where."""


@dataclass(frozen=True)
class Utterance:
    """One recording on disk: its name, its audio file, what is said and who says it."""

    id: str
    audio: str
    text: str = ""
    speaker: str = ""


@dataclass
class Problems:
    """Problems of a corpus: the names of the recordings concerned, by reason.

    `skipped` holds what is not used at all, `mended` what was converted and is used.
    """

    skipped: dict[str, list[str]] = field(default_factory=dict)
    mended: dict[str, list[str]] = field(default_factory=dict)

    def skip(self, reason: str, name: str) -> None:
        """Note that the recording or line `name` is left out."""
        self.skipped.setdefault(reason, []).append(name)

    def mend(self, reason: str, name: str) -> None:
        """Note that the recording `name` is used after a conversion."""
        self.mended.setdefault(reason, []).append(name)

    def add(self, other: "Problems") -> None:
        """Append another's problems to these."""
        for ours, theirs in ((self.skipped, other.skipped), (self.mended, other.mended)):
            for reason, names in theirs.items():
                ours.setdefault(reason, []).extend(names)

    def lines(self) -> list[str]:
        """One line a reason: what happened, how often, and the first few names."""
        return [
            f"{what} {len(names)}: {reason} ({_shortened(names)})"
            for what, reasons in (("skipped", self.skipped), ("used", self.mended))
            for reason, names in reasons.items()
        ]


class Corpus(ABC):
    """A public layout of recordings: subclasses are frozen dataclasses, their fields are flags."""

    held_out: int
    """Number of the last usable utterances, by id, that are kept from training."""

    @abstractmethod
    def utterances(self, problems: Problems | None = None) -> list[Utterance]:
        """All utterances sorted by id; what is left out is noted in `problems`.

        `CorpusError` when the folder is missing, is laid out otherwise, or holds nothing.
        """

    def divide(self, usable: Sequence[Spoken]) -> tuple[list[Spoken], list[Spoken]]:
        """The usable recordings to train on and those kept from it: the last `held_out`.

        `CorpusError` when nothing is left to train on.
        """
        return split(usable, self.held_out)


def open_root(root: str, layout: str) -> Path:
    """The corpus folder as a path; `CorpusError` when there is no such folder."""
    folder = Path(root).expanduser()
    if not root or not folder.is_dir():
        raise CorpusError(f"{layout}: no folder {root!r}; name it with --corpus.root")
    return folder


def audio_by_stem(folder: Path) -> dict[str, Path]:
    """The audio files right inside `folder` by their name without the suffix.

    Of several files with one stem the first of `AUDIO_SUFFIXES` wins; a folder that does not
    exist holds none.
    """
    found = [path for path in folder.iterdir() if is_audio(path)] if folder.is_dir() else []
    ranked = sorted(found, key=lambda p: AUDIO_SUFFIXES.index(p.suffix.lower()), reverse=True)
    return {path.stem: path for path in ranked}


def is_audio(path: Path) -> bool:
    """Whether the name is that of an audio file; hidden files (macOS' `._*`) are not."""
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 text file, without line ends; `CorpusError` for other encodings."""
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (UnicodeDecodeError, OSError) as error:
        raise CorpusError(f"cannot read {path} as UTF-8 text: {error}") from error


def in_order(
    utterances: Iterable[Utterance], problems: Problems | None, *, looked_for: str
) -> list[Utterance]:
    """Sort by id and leave out repeated ids; `CorpusError` naming `looked_for` when empty."""
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
    """Cut off the last `held_out` items; `CorpusError` when nothing is left to train on."""
    if held_out < 0:
        raise CorpusError(f"held_out must not be negative, it is {held_out}")
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
    """Part off all that these speakers say; `CorpusError` when nothing is left to train on."""
    held_out = [item for item in items if item.speaker in speakers]
    if len(held_out) == len(items):
        raise CorpusError(
            f"all {len(items)} usable recordings are of the speakers held out "
            f"({_shortened(sorted(speakers))}): hold out fewer"
        )
    return [item for item in items if item.speaker not in speakers], held_out


def _shortened(names: Sequence[str]) -> str:
    rest = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
