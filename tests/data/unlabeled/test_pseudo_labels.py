"""Files of labels that a model read, and the batches they give."""

import numpy as np
import pytest

from ganspeech.data.corpus import CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.unlabeled.pseudo_labels import labeled_batches, read_labels, with_labels
from ganspeech.data.unlabeled.unpaired import Segments, Unpaired

PHONES = ("<SIL>", "a", "b", "c")


@pytest.fixture
def data():
    """Utterances of 3 to 7 segments, the last one held out."""
    rng = np.random.default_rng(0)
    made = [Segments(f"u {n}", rng.normal(size=(3 + n, 2)).astype("f4")) for n in range(5)]
    return Unpaired(made[:4], made[4:], [np.array([1, 2], np.int32)], PHONES, "x")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "labels.txt"
    path.write_text("u_0 a b\nu_1\n\nu_2 a a a\nu_4 c\n")
    return str(path)


def test_lines_are_phones_by_id(file):
    found = read_labels(file, PHONES)
    assert {id: row.tolist() for id, row in found.items()} == {
        "u_0": [1, 2], "u_1": [], "u_2": [1, 1, 1], "u_4": [3],
    }  # fmt: skip


def test_what_has_no_usable_labels_is_told_and_what_is_held_out_stays_so(data, file, capsys):
    found = with_labels(data, file, longest=6, steps_of=lambda count: count)
    assert [one.id for one in found.train] == ["u 0", "u 2"]
    assert found.held_out == data.held_out and found.labels["u 2"].tolist() == [1, 1, 1]
    told = capsys.readouterr().err
    assert "nothing was read in them (u 1)" in told and f"not in {file} (u 3)" in told
    assert found.fingerprint != data.fingerprint
    # CTC needs a blank between each two that are the same: three labels of five steps fit.
    found = with_labels(data, file, longest=6, steps_of=lambda count: count - 1)
    assert "more labels than steps (u 2)" in capsys.readouterr().err
    assert [one.id for one in found.train] == ["u 0"]
    with_labels(data, file, longest=4, steps_of=lambda count: count)
    assert "longer than task.longest, 4 segments (u 2)" in capsys.readouterr().err


def test_labels_are_part_of_the_fingerprint(data, file, tmp_path):
    (tmp_path / "other.txt").write_text("u_0 a c\nu_2 a a a\n")
    one, same, other = (
        with_labels(data, name, longest=6, steps_of=lambda count: count)
        for name in (file, file, str(tmp_path / "other.txt"))
    )
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_batches_have_each_utterance_once_an_epoch(data, file):
    found = with_labels(data, file, longest=6, steps_of=lambda count: count)
    batch = next(labeled_batches(found, Feed(4), 6))
    assert sorted(batch["lengths"].tolist()) == [3, 3, 5, 5]
    for row in range(4):
        one = found.train[[3, 5].index(batch["lengths"][row])]
        labels = found.labels[one.id]
        np.testing.assert_array_equal(batch["features"][row, : len(one.features)], one.features)
        np.testing.assert_array_equal(batch["labels"][row], np.pad(labels, (0, 6 - len(labels))))
        assert batch["label_lengths"][row] == len(labels)


@pytest.mark.parametrize(
    "content, message",
    [
        ("u_0 a\nu_1 x", r"labels\.txt, line 2: 'x' is no phone of the corpus"),
        ("u_0 <SIL>", r"line 1: '<SIL>' is no phone"),
        ("u_0 a\nu_0 b", r"line 2: 'u_0' has a line before"),
        ("other a", r"^no utterance to train on"),
    ],
)
def test_files_that_do_not_do_are_named(data, tmp_path, content, message):
    (tmp_path / "labels.txt").write_text(content)
    with pytest.raises(CorpusError, match=message):
        with_labels(data, str(tmp_path / "labels.txt"), longest=6, steps_of=lambda count: count)


def test_a_missing_file_is_named(data, tmp_path):
    with pytest.raises(CorpusError, match=r"cannot read .*gone\.txt"):
        with_labels(data, str(tmp_path / "gone.txt"), longest=6, steps_of=lambda count: count)
