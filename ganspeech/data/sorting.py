"""Sorting of more rows than memory holds."""

import heapq
import itertools
import marshal
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO, Any, TypeVar

from ganspeech.process.writing import temporary_files

Row = TypeVar("Row", bound=tuple[Any, ...])

IN_MEMORY = 100_000
"""Rows that are sorted in memory at once."""
READ_AT_ONCE = 500


def sorted_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """Sorts tuples of strings and numbers; at most `IN_MEMORY` are in memory at once.

    Longer lists are sorted in runs, which wait in unnamed files for their merge (Knuth 1973).
    """
    rows = iter(rows)
    run = sorted(itertools.islice(rows, IN_MEMORY))
    if len(run) < IN_MEMORY:
        yield from run
        return
    with temporary_files(), ExitStack() as stack:
        runs = []
        while run:
            file = stack.enter_context(tempfile.TemporaryFile())
            for start in range(0, len(run), READ_AT_ONCE):
                piece = marshal.dumps(run[start : start + READ_AT_ONCE])
                file.write(len(piece).to_bytes(8, "little") + piece)
            runs.append(file)
            run = sorted(itertools.islice(rows, IN_MEMORY))
        yield from heapq.merge(*map(_read, runs))


def _read(file: IO[bytes]) -> Iterator[Any]:
    file.seek(0)
    while length := int.from_bytes(file.read(8), "little"):
        yield from marshal.loads(file.read(length))
