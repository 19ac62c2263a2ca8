"""The gallery of the shipped models."""

import re

import numpy as np
import pytest

from ganspeech.audio import write_audio
from ganspeech.commands import cli
from ganspeech.evaluation import gallery


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A short gallery, with a recording of two tones for the vocoder."""
    folder = tmp_path_factory.mktemp("gallery")
    time = np.arange(12000) / 16000
    tones = 0.3 * (np.sin(2 * np.pi * 220 * time) + np.sin(2 * np.pi * 330 * time))
    write_audio(folder / "recordings" / "a <tone>.wav", tones.astype(np.float32), 16000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gallery, "TEXTS", ("Good morning.",))
        patch.setattr(gallery, "DIGITS", ("two", "seven"))
        where = [str(folder / "gallery.html"), "--recordings", str(folder / "recordings")]
        assert cli.main(["gallery", *where, "--sentences", "1"]) == 0
    return (folder / "gallery.html").read_text()


def test_every_model_stands_beside_its_baseline(page):
    names = re.findall(r"<b>([^<]*)</b>", page)
    spoken, copied = ["kathleen-16k", "espeak-ng"], ["recording", "primed-16k", "griffin-lim"]
    assert names == [*spoken, *copied, "two: two", "seven: seven"]
    assert page.count("<audio ") == page.count("data:image/png") == len(names)
    assert "a &lt;tone&gt;" in page and "digits-16k has 2" in page


def test_it_needs_nothing_else(page):
    assert not re.findall(r"(?:src|href)=[\"'](?!data:|#)", page)


def test_misuse_is_one_line(tmp_path, capsys):
    for arguments, line in (
        (["--sentences", "0"], "--sentences must be at least 1, not 0"),
        (["--recordings", str(tmp_path / "none")], "no such folder"),
        (["--recordings", str(tmp_path)], "holds no audio file, at any depth"),
        ([str(tmp_path)], "is a folder: name a file"),
    ):
        assert cli.main(["gallery", *arguments]) in (1, 2)
        said = capsys.readouterr().err
        assert line in said and said.count("\n") == 1
