"""Files of where the symbols of recordings end."""

import pytest

from ganspeech.data.corpus import CorpusError
from ganspeech.data.labels.symbol_ends import ends_in, line_of_ends, read_ends


def test_they_come_back_in_ticks(tmp_path):
    path = tmp_path / "durations.jsonl"
    path.write_text(line_of_ends("a", "ab", (0.01161, 1.5)) + line_of_ends("b", "ç", (0.2,)))
    assert read_ends(path) == {"a": (("a", "b"), (116, 15000)), "b": (("ç",), (2000,))}


def test_ends_of_other_symbols_are_not_known(tmp_path):
    path = tmp_path / "durations.jsonl"
    path.write_text(line_of_ends("one", "ab", (0.5, 1.5)))
    ends_of = ends_in(path, "_ab")
    assert ends_of("one", (1, 2)) == (5000, 15000)
    for id, labels in (("one", (2, 1)), ("one", (1,)), ("two", (1, 2))):
        assert ends_of(id, labels) == ()


@pytest.mark.parametrize(
    "line, told",
    [
        ("no json", "line 2: not an id, symbols and their ends"),
        ('{"id": "b", "symbols": ["x"]}', "'ends'"),
        ('{"id": "b", "symbols": ["x"], "ends": [1, 2]}', "must ascend, one of each symbol"),
        ('{"id": "b", "symbols": ["x", "y"], "ends": [2, 1]}', "must ascend, one of each symbol"),
        ('{"id": "b", "symbols": ["x"], "ends": ["soon"]}', "line 2"),
        ('{"id": "b", "symbols": ["x"], "ends": [-1]}', "must ascend"),
        ("[1]", "line 2"),
    ],
)
def test_bad_lines_are_named(line, told, tmp_path):
    path = tmp_path / "durations.jsonl"
    path.write_text(line_of_ends("a", "a", (1.0,)) + line + "\n")
    with pytest.raises(CorpusError) as caught:
        read_ends(path)
    assert str(path) in str(caught.value) and told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    told = r"^--task.durations: .*absent.jsonl cannot be read: No such file"
    with pytest.raises(CorpusError, match=told):
        ends_in(tmp_path / "absent.jsonl", "_ab")
