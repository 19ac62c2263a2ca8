"""Files of a line for each recording: its ID, then words about it."""

from pathlib import Path
from typing import NamedTuple

from ganspeech.data.corpus import CorpusError, read_lines
from ganspeech.process.messages import shown


class IdLine(NamedTuple):
    """What a line says."""

    words: list[str]
    where: str
    """Its file and number, for what is told of it."""


def written_id(id: str) -> str:
    """Id of a recording as a line begins: an id there ends at the first space."""
    return "_".join(id.split())


def read_id_lines(file: str) -> dict[str, IdLine]:
    """Lines of a file by their ids, as `written_id` has them; empty lines do not count.

    Raises `CorpusError` for a file that cannot be read, and, naming the line, for an id that was
    there before.
    """
    found: dict[str, IdLine] = {}
    for place, line in enumerate(read_lines(Path(file).expanduser()), start=1):
        if not line.strip():
            continue
        id, *words = line.split()
        where = f"{file}, line {place}"
        if id in found:
            raise CorpusError(f"{where}: {shown(id)} has a line before: remove one")
        found[id] = IdLine(words, where)
    return found
