"""Arrays of files: what is none, and what would fill the memory, is refused."""

import io
import zipfile

import numpy as np
import pytest

from ganspeech.process import arrays
from ganspeech.process.arrays import read_array, read_arrays


def test_arrays_come_back_by_name(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", one=np.arange(3), two=np.zeros((2, 2)))
    found = read_arrays(tmp_path / "a.npz")
    assert list(found) == ["one", "two"] and found["one"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("mapped", [True, False])
def test_an_array_that_python_2_wrote_is_read_in_silence(tmp_path, mapped):
    np.save(tmp_path / "a.npy", np.arange(3, dtype=np.int16))
    content = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(content.replace(b"(3,), }", b"(3L,),}"))
    assert read_array(tmp_path / "a.npy", mapped=mapped).tolist() == [0, 1, 2]


def test_objects_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", one=np.array([{}], object))
    with pytest.raises(ValueError, match="Object arrays"):
        read_arrays(tmp_path / "a.npz")


def test_members_that_are_no_arrays_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("one.npy", b"text")
    with pytest.raises(ValueError, match="one is no array"):
        read_arrays(tmp_path / "a.npz")


def test_more_than_any_memory_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "MOST", 1000)
    file = io.BytesIO()
    np.savez_compressed(file, one=np.zeros(1000))
    (tmp_path / "a.npz").write_bytes(file.getvalue())
    with pytest.raises(ValueError, match="it holds 0 MB, the most are 0 MB"):
        read_arrays(tmp_path / "a.npz")
