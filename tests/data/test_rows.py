"""Lists on disk behave like lists."""

import numpy as np
import pytest

from ganspeech.data.corpus import NAMES_KEPT, Names, Problems, Utterance
from ganspeech.data.rows import Strings, compact
from ganspeech.data.utterances import Utterances

ROWS = [("", "b", "", "é\ud8ff"), ("1", "2", "line\nbreak", ""), ("", "", "", ""), ("x",) * 4]


@pytest.fixture
def utterances():
    return Utterances(Strings(iter(ROWS), width=4))


def test_it_equals_the_list_of_its_items(utterances):
    whole = [Utterance(*row) for row in ROWS]
    assert utterances == whole and whole == utterances and list(utterances) == whole
    assert utterances != whole[:-1] and utterances != [*whole[:-1], whole[0]] and utterances != 3
    assert utterances[-1] == whole[-1] and utterances[np.int64(1)] == whole[1]
    for part in (slice(None, 2), slice(1, None, 2), slice(None, None, -1), slice(-2, None)):
        assert list(utterances[part]) == whole[part]
    chosen = utterances.take(np.array([3, 0]))
    assert list(chosen) == [whole[3], whole[0]] and list(chosen[1:]) == [whole[0]]
    assert whole[1] in utterances and not utterances[:0]
    with pytest.raises(IndexError):
        utterances[4]
    assert "Utterances[4: Utterance(id=''" in repr(utterances)


def test_rows_of_nothing_but_empty_strings():
    assert list(Strings([("", "")], width=2).read(range(1))) == [("", "")]
    assert len(Strings([], width=2)) == 0


def test_consecutive_places_take_no_memory():
    assert compact(np.arange(5, 9)) == range(5, 9)
    assert compact(np.arange(0)) == range(0)
    kept = compact(np.array([1, 3, 2]))
    assert kept.tolist() == [1, 3, 2] and kept.dtype == np.int32


def test_a_million_problems_are_counted_and_the_first_are_named():
    problems = Problems()
    for n in range(NAMES_KEPT + 5):
        problems.skip("odd", str(n))
    problems.add(problems)
    problems.skipped["odd"].add(["x"], more=2)
    assert len(problems.skipped["odd"]) == NAMES_KEPT
    shown = f"0, 1, 2, 3, 4 and {2 * NAMES_KEPT + 8} more"
    assert problems.lines() == [f"skipped {2 * NAMES_KEPT + 13}: odd ({shown})"]
    assert Names(["a"]) == ["a"]
