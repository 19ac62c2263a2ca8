"""Files of boundaries: a line ID END END … for each utterance, in frames."""

from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Int32

from ganspeech.data.corpus import CorpusError
from ganspeech.data.labels.id_lines import read_id_lines, written_id
from ganspeech.process.messages import shown

Ends = Int32[np.ndarray, " segments"]
"""The frame after the last of each segment; that of the last is the number of frames."""
LARGEST = 2**31 - 1


def boundary_line(id: str, ends: Iterable[int]) -> str:
    """The line of an utterance."""
    return " ".join([written_id(id), *map(str, ends)])


def read_boundaries(file: str) -> dict[str, Ends]:
    """Ends of segments by id, as `written_id` has it.

    Raises `CorpusError` for a file that cannot be read, and, naming the line, for an utterance
    without segments, ends that are no ascending whole numbers from 1, and an id that was there
    before.
    """
    found: dict[str, Ends] = {}
    for id, (words, where) in read_id_lines(file).items():
        if not words:
            raise CorpusError(f"{where}: {shown(id)} has no segment")
        found[id] = _ends(words, where)
    return found


def _ends(words: Sequence[str], where: str) -> Ends:
    before, ends = 0, []
    for word in words:
        number = int(word) if word.isascii() and word.isdigit() and len(word) < 11 else 0
        if not before < number <= LARGEST:
            raise CorpusError(
                f"{where}: {shown(word)} is not a whole number above {before}, the frame after a "
                "segment's last"
            )
        ends.append(number)
        before = number
    return np.array(ends, np.int32)
