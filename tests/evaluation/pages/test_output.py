"""What an evaluation leaves is written whole or not at all."""

import errno
from pathlib import Path

import pytest

from ganspeech.evaluation.pages.output import require_targets, require_text, write


def test_a_page_is_written_with_its_folder_and_told(tmp_path, capsys):
    write(tmp_path / "new/page.html", "ä")
    assert (tmp_path / "new/page.html").read_bytes() == "ä".encode()
    assert capsys.readouterr().err == f"written: {tmp_path}/new/page.html\n"


def test_a_full_disk_keeps_the_page_that_was_there(tmp_path, monkeypatch):
    page = tmp_path / "page.html"
    page.write_text("old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ValueError, match=r"^cannot write .*page.html: No space left.* MB are free"):
        write(page, "new")
    assert page.read_text() == "old" and list(tmp_path.iterdir()) == [page]


def test_a_device_is_written_to_and_not_replaced(capsys):
    require_targets(Path("/dev/null"), None)
    require_text(Path("/dev/null"), overwrite=False)
    write(Path("/dev/null"), "nothing", quiet=True)
    assert Path("/dev/null").is_char_device()
    assert capsys.readouterr().err == ""
