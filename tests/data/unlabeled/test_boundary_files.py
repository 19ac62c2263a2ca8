"""Files of boundaries: what is written is read, and what is wrong is named."""

import pytest

from ganspeech.data.corpus import CorpusError
from ganspeech.data.unlabeled.boundary_files import boundary_line, read_boundaries


def test_what_is_written_is_read(tmp_path):
    rows = {"a b": [3, 4, 90], "c": [1]}
    lines = [boundary_line(id, ends) for id, ends in rows.items()]
    (tmp_path / "ends.txt").write_text("\n\n".join(lines))
    found = read_boundaries(str(tmp_path / "ends.txt"))
    assert {id: ends.tolist() for id, ends in found.items()} == {"a_b": [3, 4, 90], "c": [1]}


@pytest.mark.parametrize(
    "lines, message",
    [
        ("u 3 5\nv\n", r"ends.txt, line 2: 'v' has no segment"),
        ("u 3 5\nu 4\n", r"ends.txt, line 2: 'u' has a line before: remove one"),
        ("u 3 3\n", r"line 1: '3' is not a whole number above 3, the frame after a segment's last"),
        ("u 0 3\n", r"line 1: '0' is not a whole number above 0"),
        ("u 1.5 3\n", r"line 1: '1.5' is not a whole number above 0"),
        ("u ²\n", r"line 1: '²' is not a whole number above 0"),
        ("u 99999999999\n", r"line 1: '99999999999' is not a whole number"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, lines, message):
    (tmp_path / "ends.txt").write_text(lines, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        read_boundaries(str(tmp_path / "ends.txt"))
    with pytest.raises(CorpusError, match=r"gone\.txt"):
        read_boundaries(str(tmp_path / "gone.txt"))
