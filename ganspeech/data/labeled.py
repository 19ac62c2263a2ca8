"""Recordings with their labels, as a table on disk that lives as long as the program."""

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from ganspeech.data.recordings import Recording, Sound
from ganspeech.data.rows import BUFFERED, Listed, Places, Scratch, as_array
from ganspeech.data.table import lengths, sound_of
from ganspeech.process.writing import temporary_files

ROWS, LABELS = "rows", "labels.int32"
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


class Heard(NamedTuple):
    """What a recording teaches: its samples, labels and speaker."""

    sound: Sound | Recording
    labels: Int[np.ndarray, " labels"]
    speaker: int


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
        columns, labels = _opened(self._folder)
        numbers = (columns[name][as_array(places)].tolist() for name in ROW.names or ())
        for start, count, index, least, speaker in zip(*numbers):
            own = tuple(labels[start : start + count].tolist())
            yield LabeledRecording(self._recordings[index], own, least, speaker)

    def at(self, places: Places) -> "LabeledRecordings":
        """List of other places."""
        return LabeledRecordings(self._recordings, self._folder, places, self._owner)

    def heard(self, index: int) -> "Heard":
        """What is learned from one of them; cheaper than the labeled recording."""
        columns, labels = _opened(self._folder)
        place = int(self.places[index])
        start = int(columns["start"][place])
        return Heard(
            sound_of(self._recordings, int(columns["index"][place])),
            labels[start : start + int(columns["count"][place])],
            int(columns["speaker"][place]),
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
    return Heard(line.recording, np.asarray(line.labels, np.int32), line.speaker)


def labeled(
    recordings: Sequence[Recording], lines: Iterable[tuple[int, Sequence[int], int, int]]
) -> LabeledRecordings:
    """Writes `(index of the recording, labels, least samples, speaker)` to a table."""
    scratch, count, end = Scratch(), 0, 0
    lines = iter(lines)
    with (
        temporary_files(),
        open(scratch.folder / ROWS, "wb") as rows_file,
        open(scratch.folder / LABELS, "wb") as labels_file,
    ):
        while part := list(islice(lines, BUFFERED)):
            rows = np.zeros(len(part), ROW)
            rows["index"], _, rows["least"], rows["speaker"] = zip(*part)
            rows["count"] = [len(labels) for _, labels, _, _ in part]
            rows["start"] = end + np.cumsum(rows["count"], dtype=np.int64) - rows["count"]
            flat = [label for _, labels, _, _ in part for label in labels]
            rows_file.write(rows.tobytes())
            labels_file.write(np.asarray(flat, "<i4").tobytes())
            count, end = count + len(part), end + len(flat)
    return LabeledRecordings(recordings, str(scratch.folder), range(count), scratch)


@functools.lru_cache(maxsize=16)
def _opened(folder: str) -> tuple[dict[str, np.ndarray], Int[np.ndarray, " labels"]]:
    """Columns of the rows, and all labels."""
    rows, labels = (_mapped(Path(folder) / n, t) for n, t in ((ROWS, ROW), (LABELS, "<i4")))
    return {name: rows[name] for name in ROW.names or ()}, labels


def _mapped(path: Path, dtype: np.dtype | str) -> np.ndarray:
    if not path.stat().st_size:
        return np.zeros(0, dtype)  # an empty file cannot be mapped
    return np.memmap(path, dtype, mode="r").view(np.ndarray)
