"""Full disks are named with what they have; what was there before stays."""

import errno
import os
import tempfile
from collections import namedtuple
from pathlib import Path

import pytest

from ganspeech.data.rows import Strings
from ganspeech.data.sorting import sorted_rows
from ganspeech.process import writing
from ganspeech.process.writing import UnwritableError, require_file, write_whole

FULL = Path("/dev/full")


@pytest.fixture
def full(monkeypatch):
    """Half of what is written comes to the disk."""
    write = Path.write_bytes

    def half(path, content):
        write(path, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(Path, "write_bytes", half)
    monkeypatch.setattr(writing.shutil, "disk_usage", lambda _: usage(9, 9, 123_456))


def test_a_file_that_does_not_fit_is_named_and_the_old_one_stays(tmp_path, full):
    file = tmp_path / "model"
    file.write_text("old")
    with pytest.raises(OSError) as caught:
        write_whole(file, b"a new one")
    assert caught.value.filename == str(file) and caught.value.errno == errno.ENOSPC
    assert caught.value.strerror == "No space left on device: 0.1 MB are free"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert file.read_text() == "old"


def test_a_folder_that_cannot_be_made_is_named_like_its_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError) as caught:
        write_whole(tmp_path / "file/below", b"")
    assert caught.value.filename == str(tmp_path / "file/below")


def test_a_target_is_seen_to_before_the_work(tmp_path):
    file = tmp_path / "file"
    require_file(file, False)
    require_file(tmp_path / "new" / "file", False)
    assert not list(tmp_path.iterdir())
    file.write_text("old")
    require_file(file, True)
    for target, overwrite, told in (
        (file, False, "file exists; --overwrite replaces it"),
        (tmp_path, True, "is a folder: name a file"),
        (Path("/dev/null"), True, "/dev/null is a device or a pipe: name a file"),
        (file / "below", True, "cannot write .*below: .*file is not a folder"),
    ):
        with pytest.raises(ValueError, match=told):
            require_file(target, overwrite)


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full on this system")
@pytest.mark.parametrize(
    "write",
    [
        lambda: Strings([("a",)], width=1),
        lambda: list(sorted_rows((str(n),) for n in range(100_001))),
    ],
)
def test_temporary_files_that_do_not_fit_name_their_folder(write, monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: FULL.open("w+b", buffering=0))
    with pytest.raises(UnwritableError, match=r"temporary files to .*: No space.*; set TMPDIR to"):
        write()
