"""Recordings with their labels, as a table on disk that lives as long as the program."""

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from ganspeech.data.recordings import Recording, Sound
from ganspeech.data.rows import BUFFERED, Listed, Places, Scratch, as_array
from ganspeech.data.table import lengths, sound_of
from ganspeech.process.writing import temporary_files

ROWS, LABELS, ENDS = "rows", "labels.int32", "ends.int32"
TICKS = 10_000
"""Ends of labels in a second."""
ROW = np.dtype(
    [("start", "<i8"), ("count", "<i4"), ("index", "<i4"), ("least", "<i4"), ("speaker", "<i4")]
)
"""Row of a labeled recording: the place and number of its labels, its index among the recordings,
and the fields of `LabeledRecording`."""


@dataclass(frozen=True)
class LabeledRecording:
    """Recording with its transcript as labels."""

    recording: Recording
    labels: tuple[int, ...]
    """Ids of the vocabulary's symbols; for a recognizer never 0, the blank."""
    least_samples: int = 1
    """Fewest samples of the recording that give an output for every label."""
    speaker: int = 0
    """Index of the speaker among `speakers` of `transcribed`, or 0."""
    ends: tuple[int, ...] = ()
    """Where each label ends, in ticks from the beginning; empty where that is unknown."""


class Line(NamedTuple):
    """What is written of a recording."""

    place: int
    """Its index among the recordings."""
    labels: Sequence[int]
    least_samples: int = 1
    speaker: int = 0
    ends: Sequence[int] = ()
    """As many as labels, in ticks, or none."""


class Heard(NamedTuple):
    """What a recording teaches: its samples, labels, speaker, and ends of the labels if known."""

    sound: Sound | Recording
    labels: Int[np.ndarray, " labels"]
    speaker: int
    ends: Int[np.ndarray, " ends"]


class LabeledRecordings(Listed[LabeledRecording]):
    """Some of a list of recordings with their labels.

    A worker process reads the same files; they are deleted with the list of the process that wrote
    them.
    """

    def __init__(
        self, recordings: Sequence[Recording], folder: str, places: Places, owner: Scratch | None
    ):
        super().__init__(places)
        self._recordings, self._folder, self._owner = recordings, folder, owner

    def __reduce__(self) -> tuple:
        return type(self), (self._recordings, self._folder, self.places, None)

    def items(self, places: Places) -> Iterator[LabeledRecording]:
        """Labeled recordings at these places."""
        columns, labels, ends = _opened(self._folder)
        numbers = (columns[name][as_array(places)].tolist() for name in ROW.names or ())
        for start, count, index, least, speaker in zip(*numbers):
            own, its = (tuple(a[start : start + count].tolist()) for a in (labels, ends))
            yield LabeledRecording(self._recordings[index], own, least, speaker, its)

    def at(self, places: Places) -> "LabeledRecordings":
        """List of other places."""
        return LabeledRecordings(self._recordings, self._folder, places, self._owner)

    def heard(self, index: int) -> "Heard":
        """What is learned from one of them; cheaper than the labeled recording."""
        columns, labels, ends = _opened(self._folder)
        place = int(self.places[index])
        start = int(columns["start"][place])
        own = slice(start, start + int(columns["count"][place]))
        return Heard(
            sound_of(self._recordings, int(columns["index"][place])),
            labels[own],
            int(columns["speaker"][place]),
            ends[own],
        )

    def column(self, name: str) -> Int[np.ndarray, " lines"]:
        """Values of one of the numbers of `ROW`."""
        return _opened(self._folder)[0][name][as_array(self.places)]

    @property
    def samples(self) -> Int[np.ndarray, " lines"]:
        """Samples of each recording."""
        return lengths(self._recordings)[self.column("index")]


def heard(lines: Sequence[LabeledRecording], index: int) -> Heard:
    """What is learned from one of a list of labeled recordings."""
    if isinstance(lines, LabeledRecordings):
        return lines.heard(index)
    line = lines[index]
    labels, ends = (np.asarray(numbers, np.int32) for numbers in (line.labels, line.ends))
    return Heard(line.recording, labels, line.speaker, ends)


def labeled(recordings: Sequence[Recording], lines: Iterable[Line]) -> LabeledRecordings:
    """Writes lines of recordings to a table; all of them have ends of labels, or none has."""
    scratch, count, end = Scratch(), 0, 0
    lines = iter(lines)
    with (
        temporary_files(),
        open(scratch.folder / ROWS, "wb") as rows_file,
        open(scratch.folder / LABELS, "wb") as labels_file,
        open(scratch.folder / ENDS, "wb") as ends_file,
    ):
        while part := list(islice(lines, BUFFERED)):
            rows = np.zeros(len(part), ROW)
            rows["index"], labels, rows["least"], rows["speaker"], ends = zip(*part)
            rows["count"] = list(map(len, labels))
            rows["start"] = end + np.cumsum(rows["count"], dtype=np.int64) - rows["count"]
            rows_file.write(rows.tobytes())
            labels_file.write(np.asarray([*chain(*labels)], "<i4").tobytes())
            ends_file.write(np.asarray([*chain(*ends)], "<i4").tobytes())
            count, end = count + len(part), end + int(rows["count"].sum())
    return LabeledRecordings(recordings, str(scratch.folder), range(count), scratch)


@functools.lru_cache(maxsize=16)
def _opened(
    folder: str,
) -> tuple[dict[str, np.ndarray], Int[np.ndarray, " labels"], Int[np.ndarray, " ends"]]:
    """Columns of the rows, all labels, and their ends or nothing."""
    files = (ROWS, ROW), (LABELS, "<i4"), (ENDS, "<i4")
    rows, labels, ends = (_mapped(Path(folder) / name, kind) for name, kind in files)
    return {name: rows[name] for name in ROW.names or ()}, labels, ends


def _mapped(path: Path, dtype: np.dtype | str) -> np.ndarray:
    if not path.stat().st_size:
        return np.zeros(0, dtype)  # an empty file cannot be mapped
    return np.memmap(path, dtype, mode="r").view(np.ndarray)
