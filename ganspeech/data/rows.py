"""Lists on disk: rows of fixed width, strings, and lists whose items are made when asked for."""

import itertools
import mmap
import shutil
import tempfile
import weakref
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Self, TypeVar, overload

import numpy as np
from jaxtyping import Int

from ganspeech.process.writing import temporary_files

Item = TypeVar("Item")
Places = range | Int[np.ndarray, " items"]
"""Places of a list's items in a table."""

BUFFERED = 4096
"""Items that are decoded or written at once."""


class Listed(Sequence[Item]):
    """List of the items at some places of a table on disk, each made when it is asked for.

    Slices and `take` give lists of the same table. It equals a list of the same items.
    """

    def __init__(self, places: Places):
        self.places = places

    @abstractmethod
    def items(self, places: Places) -> Iterator[Item]:
        """Items at places of the table, in this order."""

    @abstractmethod
    def at(self, places: Places) -> Self:
        """List of other places of the same table."""

    def take(self, indices: Int[np.ndarray, " items"]) -> Self:
        """List of the items at these indices of this one."""
        return self.at(compact(as_array(self.places)[indices]))

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Item | Self:
        if isinstance(index, slice):
            return self.at(self.places[index])
        place = int(self.places[index])
        return next(self.items(range(place, place + 1)))

    def __iter__(self) -> Iterator[Item]:
        for start in range(0, len(self), BUFFERED):
            yield from self.items(self.places[start : start + BUFFERED])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(ours == theirs for ours, theirs in zip(self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, itertools.islice(self, 3)))
        return f"{type(self).__name__}[{len(self)}: {shown}, ...]"


def as_array(places: Places) -> Int[np.ndarray, " items"]:
    """Places as an array."""
    if isinstance(places, range):
        return np.arange(places.start, places.stop, places.step)
    return places


def compact(places: Int[np.ndarray, " items"]) -> Places:
    """Places as a range if they are consecutive, else in as few bytes as they need."""
    if not len(places):
        return range(0)
    if (np.diff(places) == 1).all():
        return range(int(places[0]), int(places[-1]) + 1)
    return places.astype(np.int32) if places.max() < 2**31 else places


class Strings:
    """Rows of `width` strings each, in unnamed files that vanish with them."""

    def __init__(self, rows: Iterable[tuple[str, ...]], width: int):
        self._width = width
        with (
            temporary_files(),
            tempfile.TemporaryFile() as heap,
            tempfile.TemporaryFile() as ends,
        ):
            self._count = _write(rows, heap, ends)
            self._heap = mmap.mmap(heap.fileno(), 0, access=mmap.ACCESS_READ)
            self._ends = np.memmap(ends, np.int64, mode="r").view(np.ndarray)

    def __len__(self) -> int:
        return self._count

    def read(self, places: Places) -> Iterator[tuple[str, ...]]:
        """Rows at these places."""
        for place in places if isinstance(places, range) else places.tolist():
            first = place * self._width
            ends = self._ends[first : first + self._width + 1].tolist()
            yield tuple(decoded(self._heap[a:b]) for a, b in itertools.pairwise(ends))


def _write(rows: Iterable[tuple[str, ...]], heap: BinaryIO, ends: BinaryIO) -> int:
    count, end = 0, 0
    rows = iter(rows)
    ends.write(np.zeros(1, np.int64).tobytes())
    while piece := list(itertools.islice(rows, BUFFERED)):
        strings = [encoded(text) for row in piece for text in row]
        heap.write(b"".join(strings))
        places = end + np.cumsum(np.fromiter(map(len, strings), np.int64, len(strings)))
        ends.write(places.tobytes())
        count, end = count + len(piece), int(places[-1])
    if not end:
        heap.write(b"\0")  # an empty file cannot be mapped
    heap.flush()
    ends.flush()
    return count


def encoded(text: str) -> bytes:
    """UTF-8, of names that are not valid Unicode too."""
    return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """Inverse of `encoded`."""
    return data.decode("utf-8", "surrogatepass")


class Scratch:
    """Folder for lists that only live as long as the program, where `$TMPDIR` says."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ganspeech-"))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
