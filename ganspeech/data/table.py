"""Recordings of a prepared corpus as a table on disk, of which a process maps what it reads."""

import bisect
import functools
import json
import mmap
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int

from ganspeech.data.cache import SIZES
from ganspeech.data.corpus import CorpusError
from ganspeech.data.recordings import Recording, Sound
from ganspeech.data.rows import Listed, Places, as_array, decoded

SAMPLES, ROWS, STRINGS = "samples.int16", "rows", "strings.utf8"
"""Files of a table: all samples; a `ROW` for each recording; the ids and texts, one by one."""
SPEAKERS, OUTCOMES = "speakers.jsonl", "outcomes.jsonl"
"""Files of a table: one a line, what rows name by numbers."""

LOCATION = ("offset", "samples", "string", "id", "text", "speaker")
ROW = np.dtype(
    [(name, "<i8") for name in LOCATION[:3]]
    + [(name, "<u4") for name in (*LOCATION[3:], "outcome")]
    + [("content", "V16")]
)
"""Row of a recording: the place and number of its samples, none if it is not usable; the place of
its id in bytes, the bytes of the id and of the text behind it; the numbers of its speaker and of
what its conversion found; and the digest of its file."""


class Table:
    """One prepared corpus; raises `CorpusError` when its files do not fit each other."""

    def __init__(self, folder: str):
        path = Path(folder)
        self.store = str(path / SAMPLES)
        try:
            sizes = json.loads((path / SIZES).read_text(encoding="utf-8"))
            for name in (SAMPLES, ROWS, STRINGS, SPEAKERS, OUTCOMES):
                if (size := (path / name).stat().st_size) != sizes[name]:
                    raise ValueError(f"{name} has {size} bytes of {sizes[name]}")
            self.speakers, self.outcomes = (json_lines(path / n) for n in (SPEAKERS, OUTCOMES))
            self.rows = np.memmap(path / ROWS, ROW, mode="r").view(np.ndarray)
            with open(path / STRINGS, "rb") as file:
                self._strings = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._check(sizes[SAMPLES] // 2)
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise CorpusError(f"damaged cache, delete {path}: {error}") from error
        self._offsets, self._samples = self.rows["offset"], self.rows["samples"]

    def _check(self, samples: int) -> None:
        rows = self.rows
        for what, ends, most in (
            ("samples", rows["offset"] + rows["samples"], samples),
            ("strings", rows["string"] + rows["id"] + rows["text"], len(self._strings)),
            ("speakers", rows["speaker"] + np.int64(1), len(self.speakers)),
            ("outcomes", rows["outcome"] + np.int64(1), len(self.outcomes)),
        ):
            if ends.min() < 0 or ends.max() > most:
                raise ValueError(f"{ROWS} names {what} that are not there")

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, places: Places) -> Iterator[Recording]:
        """Recordings at these places."""
        rows = self.rows[as_array(places)][list(LOCATION)].tolist()
        for offset, samples, start, id, text, speaker in rows:
            middle = start + id
            yield Recording(
                decoded(self._strings[start:middle]),
                decoded(self._strings[middle : middle + text]),
                self.speakers[speaker],
                samples,
                self.store,
                offset,
            )

    def sound(self, place: int) -> Sound:
        """Samples of the recording at a place."""
        return Sound(self.store, int(self._offsets[place]), int(self._samples[place]))


def json_lines(path: Path) -> list[Any]:
    """Values of a file of JSON, one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@functools.lru_cache(maxsize=16)
def table_of(folder: str) -> Table:
    """Table of a folder, opened once by a process."""
    return Table(folder)


class Recordings(Listed[Recording]):
    """Recordings of one or several tables, whose rows are numbered through.

    It travels to worker processes as the names of folders and, at most, four or eight bytes for
    each recording.
    """

    def __init__(self, folders: Sequence[str], starts: Sequence[int], places: Places):
        super().__init__(places)
        self._folders, self._starts = tuple(folders), tuple(starts)

    def items(self, places: Places) -> Iterator[Recording]:
        """Recordings at these places."""
        if len(self._folders) == 1:
            return table_of(self._folders[0]).read(places)
        owned = map(self._owner, as_array(places).tolist())
        return (next(table.read(range(place, place + 1))) for table, place in owned)

    def at(self, places: Places) -> "Recordings":
        """List of other places."""
        return Recordings(self._folders, self._starts, places)

    def sound(self, index: int) -> Sound:
        """Samples of one recording; cheaper than the recording."""
        table, place = self._owner(int(self.places[index]))
        return table.sound(place)

    def column(self, name: str) -> np.ndarray:
        """Values of one of the numbers of `ROW`."""
        places = as_array(self.places)
        if len(self._folders) == 1:
            return table_of(self._folders[0]).rows[name][places]
        values = np.empty(len(places), ROW[name])
        owners = np.searchsorted(self._starts, places, side="right") - 1
        for number, folder in enumerate(self._folders):
            here = owners == number
            values[here] = table_of(folder).rows[name][places[here] - self._starts[number]]
        return values

    def _owner(self, place: int) -> tuple[Table, int]:
        if len(self._folders) == 1:
            return table_of(self._folders[0]), place
        number = bisect.bisect_right(self._starts, place) - 1
        return table_of(self._folders[number]), place - self._starts[number]

    @staticmethod
    def chained(parts: "Sequence[Recordings]") -> "Recordings":
        """Recordings of several lists, one list after the other."""
        folders = [folder for part in parts for folder in part._folders]
        sizes = [len(table_of(folder)) for folder in folders]
        starts = list(accumulate(sizes, initial=0))[:-1]
        own = accumulate((len(part._folders) for part in parts), initial=0)
        places = [starts[n] + as_array(part.places) for n, part in zip(own, parts)]
        return Recordings(folders, starts, np.concatenate(places))


def joined(lists: Sequence[Sequence[Recording]], *, in_turn: bool = False) -> Sequence[Recording]:
    """Recordings of several lists, one list after the other, or in turn the first of each."""
    ranks = np.concatenate([np.arange(len(part)) for part in lists])
    order = np.argsort(ranks, kind="stable") if in_turn else np.arange(len(ranks))
    parts = [part for part in lists if isinstance(part, Recordings)]
    if len(parts) < len(lists):  # a corpus may divide into lists of its own
        whole = [recording for part in lists for recording in part]
        return [whole[index] for index in order]
    return Recordings.chained(parts).take(order)


def lengths(recordings: Sequence[Recording]) -> Int[np.ndarray, " recordings"]:
    """Number of samples of each recording."""
    if isinstance(recordings, Recordings):
        return recordings.column("samples")
    return np.fromiter((r.samples for r in recordings), np.int64, len(recordings))


def sound_of(recordings: Sequence[Recording], index: int) -> Sound | Recording:
    """Samples of one recording of a list, without its names where they cost time."""
    return recordings.sound(index) if isinstance(recordings, Recordings) else recordings[index]
