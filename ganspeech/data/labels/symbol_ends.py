"""Files of where the symbols of recordings end: lines of JSON, one a recording."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ganspeech.data.corpus import CorpusError
from ganspeech.data.labels.labeled import TICKS
from ganspeech.process.damage import damage

EndsOf = Callable[[str, Sequence[int]], Sequence[int]]
"""Ends of labels, in ticks, by the recording's id and the labels; none if they are not known."""


class SymbolEnds(NamedTuple):
    """Symbols of a recording, and where they end."""

    symbols: tuple[str, ...]
    ends: tuple[int, ...]
    """In ticks from the recording's beginning."""


def line_of_ends(id: str, symbols: Sequence[str], ends: Sequence[float]) -> str:
    """Line of a recording: its symbols, and the seconds from its beginning to their ends."""
    content = {"id": id, "symbols": list(symbols), "ends": [round(end, 4) for end in ends]}
    return json.dumps(content, ensure_ascii=False) + "\n"


def read_ends(path: str | Path) -> Mapping[str, SymbolEnds]:
    """Symbols and their ends of each recording, by its id.

    Raises CorpusError, naming the file and the line, for a missing file and for lines that are not
    of `line_of_ends`, such as ends that do not ascend.
    """
    found: dict[str, SymbolEnds] = {}
    with damage(CorpusError, f"{path} cannot be read"):
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        with damage(CorpusError, f"{path}, line {number}: not an id, symbols and their ends"):
            content = json.loads(line)
            ends = tuple(round(TICKS * end) for end in content["ends"])
            symbols = tuple(content["symbols"])
            if len(ends) != len(symbols) or list(ends) != sorted(ends) or min(ends) < 0:
                raise ValueError("its ends must ascend, one of each symbol")
            found[content["id"]] = SymbolEnds(symbols, ends)
    return found


def ends_in(path: str | Path, symbols: Sequence[str]) -> EndsOf:
    """Ends that a file knows of labels which number the `symbols`; of other symbols it knows none.

    Raises CorpusError, naming the flag, the file and the line, for a file that cannot be read.
    """
    try:
        known = read_ends(path)
    except CorpusError as error:
        raise CorpusError(f"--task.durations: {error}") from None

    def ends_of(id: str, labels: Sequence[int]) -> Sequence[int]:
        found = known.get(id)
        same = found and found.symbols == tuple(symbols[label] for label in labels)
        return found.ends if found and same else ()

    return ends_of
