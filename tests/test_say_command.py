"""`python -m ganspeech say`: texts, standard input, lines of a file, and what is refused."""

import io
import os
from types import SimpleNamespace

import numpy as np
import pytest
import robots
import soundfile

from ganspeech.commands import say as say_module
from ganspeech.commands.cli import main


@pytest.fixture(autouse=True)
def robot(monkeypatch):
    """Every voice is the robot's; nothing is kept on disk."""
    asked = []

    def load(source):
        asked.append(source)
        return robots.voice()

    monkeypatch.setattr(say_module, "load_voice", load)
    monkeypatch.setattr(say_module, "keep_programs", lambda: None)
    return asked


def test_a_text_to_a_file(tmp_path, robot, capsys):
    out = tmp_path / "out.wav"
    assert main(["say", "One two. Three!", "-o", str(out), "--voice", "joe", "--seed", "5"]) == 0
    audio, rate = soundfile.read(out, dtype="float32")
    wanted = robots.voice().say("One two. Three!", seed=5)
    assert (rate, robot) == (robots.RATE, ["joe"])
    np.testing.assert_allclose(audio, wanted, atol=1e-4)
    assert main(["say", "Other.", "--out", str(out)]) == 1
    assert "out.wav exists; --overwrite replaces it" in capsys.readouterr().err
    assert main(["say", "Other.", "--out", str(out), "--overwrite", "--speed", "1.5"]) == 0
    assert len(soundfile.read(out)[0]) < len(audio)


def test_standard_input_and_output(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO("Öne. Two.".encode())))
    stdout = SimpleNamespace(buffer=io.BytesIO())
    monkeypatch.setattr("sys.stdout", stdout)
    assert main(["say", "-", "-o", "-"]) == 0
    heard = np.frombuffer(stdout.buffer.getvalue(), "<i2") / 32767
    np.testing.assert_allclose(heard, robots.voice().say("Öne. Two."), atol=1e-4)


def test_lines_of_a_file(tmp_path, capsys):
    lines = tmp_path / "lines.txt"
    lines.write_text("One.\n\n日本\nTwo, three.\n" + "Four.\n" * 7, "utf-8")
    folder = tmp_path / "out"
    assert main(["say", "--file", str(lines), "-o", str(folder)]) == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{n:02d}.wav" for n in (1, 4, 5, 6, 7, 8, 9, 10, 11)
    ]
    error = capsys.readouterr().err
    assert "line 3: this voice can say nothing of the text '日本'" in error
    before = os.stat(folder / "01.wav").st_mtime_ns
    assert main(["say", "--file", str(lines), "-o", str(folder)]) == 1
    assert os.stat(folder / "01.wav").st_mtime_ns == before
    assert "9 were there already and are kept" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, status, told",
    [
        ([], 2, "give a text in quotes"),
        (["a", "--file", "b"], 2, "give a text in quotes"),
        (["a"], 2, "-o is missing: name a .wav or .flac file"),
        (["a", "-o", "out.mp3"], 2, "must end in .wav or .flac"),
        (["--file", "lines.txt", "-o", "out.wav"], 2, "--file wants a folder"),
        (["--file", "nowhere.txt", "-o", "out"], 1, "nowhere.txt: No such file"),
        (["--file", "empty.txt", "-o", "out"], 1, "empty.txt has no line with a text"),
        (["--file", "latin.txt", "-o", "out"], 1, "latin.txt is not UTF-8 text"),
        (["", "-o", "out.wav"], 1, "nothing to say in the text ''"),
        (["😀", "-o", "out.wav"], 1, "it has no symbols for '😀'"),
        (["a", "-o", "out.wav", "--speed", "9"], 1, "speed must be from 0.25 to 4.0, not 9.0"),
        (["a", "-o", "out.wav", "--speaker", "x"], 1, "no 'x'"),
    ],
)
def test_refused_in_one_line(tmp_path, monkeypatch, capsys, arguments, status, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").write_text("\n \n")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    assert main(["say", *arguments]) == status
    error = capsys.readouterr().err
    assert told in error and "Traceback" not in error
    assert not list(tmp_path.glob("*.wav"))
