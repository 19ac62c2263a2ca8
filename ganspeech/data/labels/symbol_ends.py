"""Files of where the symbols of recordings end: lines of JSON, one a recording."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ganspeech.data.corpus import CorpusError
from ganspeech.data.labels.labeled import TICKS
from ganspeech.process.damage import damage


def line_of_ends(id: str, symbols: Sequence[str], ends: Sequence[float]) -> str:
    """Line of a recording: its symbols, and the seconds from its beginning to their ends."""
    content = {"id": id, "symbols": list(symbols), "ends": [round(end, 4) for end in ends]}
    return json.dumps(content, ensure_ascii=False) + "\n"


def read_ends(path: str | Path) -> Mapping[str, Sequence[int]]:
    """Ends of the symbols of each recording, in ticks, by its id.

    Raises CorpusError, naming the file and the line, for a missing file and for lines that are not
    of `line_of_ends`, such as ends that do not ascend.
    """
    found: dict[str, list[int]] = {}
    with (
        damage(CorpusError, f"ends of symbols: {path} cannot be read"),
        open(path, encoding="utf-8") as file,
    ):
        lines = file.readlines()
    for number, line in enumerate(lines, 1):
        with damage(CorpusError, f"{path}, line {number}: not an id, symbols and their ends"):
            content = json.loads(line)
            ends = [round(TICKS * end) for end in content["ends"]]
            if len(ends) != len(content["symbols"]) or ends != sorted(ends) or min(ends) < 0:
                raise ValueError("its ends must ascend, one of each symbol")
            found[content["id"]] = ends
    return found
