"""The utterances of a corpus in the order of their ids, however many, on disk."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from ganspeech.data.corpus import CorpusError, Problems, Utterance
from ganspeech.data.rows import Listed, Places, Strings
from ganspeech.data.sorting import sorted_rows


class Utterances(Listed[Utterance]):
    """Utterances in unnamed files."""

    def __init__(self, strings: Strings, places: Places | None = None):
        super().__init__(range(len(strings)) if places is None else places)
        self._strings = strings

    def items(self, places: Places) -> Iterator[Utterance]:
        """Utterances at these places."""
        return (Utterance(*strings) for strings in self._strings.read(places))

    def at(self, places: Places) -> "Utterances":
        """List of other places."""
        return Utterances(self._strings, places)


def in_order(
    utterances: Iterable[Utterance], problems: Problems | None, *, looked_for: str
) -> Utterances:
    """Sorts by id without repeated ids; raises `CorpusError`, naming `looked_for`, when empty.

    Of those with the same id the one with the first path is kept, and of one file's the first. At
    no time are all utterances in memory.
    """
    problems = Problems() if problems is None else problems
    rows = sorted_rows((u.id, u.audio, n, u.text, u.speaker) for n, u in enumerate(utterances))

    def first_of_each() -> Iterator[tuple[str, ...]]:
        for id, same in groupby(rows, key=lambda row: row[0]):
            for place, (_, audio, _, text, speaker) in enumerate(same):
                if place == 0:
                    yield id, audio, text, speaker
                else:
                    problems.skip("id used more than once, the first is kept", id)

    found = Utterances(Strings(first_of_each(), width=4))
    if not found:
        reasons = "".join(f"; {line}" for line in problems.lines())
        raise CorpusError(f"found no recordings: looked for {looked_for}{reasons}")
    return found
