"""`ganspeech say`: texts, standard input, lines of a file, and what is refused."""

import io
import os
import shlex
import subprocess
import sys
from pathlib import Path
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
    said = capsys.readouterr()
    assert not said.out and said.err.splitlines()[-1] == f"written: {out}"
    assert main(["say", "Other.", "--out", str(out)]) == 1
    assert "out.wav exists; --overwrite replaces it" in capsys.readouterr().err
    assert (
        main(["say", "Other.", "--out", str(out), "--overwrite", "--speed", "1.5", "--quiet"]) == 0
    )
    assert capsys.readouterr() == ("", "")
    assert len(soundfile.read(out)[0]) < len(audio)


@pytest.mark.parametrize("document", ["README.md", "docs/speak.md"])
def test_the_first_example_can_be_typed_twice(document, tmp_path, monkeypatch):
    text = (Path(__file__).parents[2] / document).read_text()
    example = next(line for line in text.splitlines() if line.startswith("ganspeech say "))
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert main(shlex.split(example, comments=True)[1:]) == 0
    assert len(list(tmp_path.glob("*.wav"))) == 1


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
    assert "line 3: this voice cannot speak any of the text '日本'" in error
    before = os.stat(folder / "01.wav").st_mtime_ns
    assert main(["say", "--file", str(lines), "-o", str(folder)]) == 1
    assert os.stat(folder / "01.wav").st_mtime_ns == before
    assert "9 were there already and are kept" in capsys.readouterr().err


def test_lines_end_where_editors_end_them(tmp_path, capsys):
    lines, folder = tmp_path / "lines.txt", tmp_path / "new" / "out"
    lines.write_bytes("One\ftwo\u2028three.\r\nFour.\x85Five.\r\n".encode())
    assert main(["say", "--file", str(lines), "-o", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["1.wav", "2.wav"]
    assert "written: 2 of 2 lines in " in capsys.readouterr().err


def test_a_line_whose_file_cannot_be_written_is_left_out(tmp_path, capsys):
    lines, folder = tmp_path / "lines.txt", tmp_path / "out"
    lines.write_text("One.\nTwo.\n")
    (folder / "1.wav").mkdir(parents=True)
    assert main(["say", "--file", str(lines), "-o", str(folder)]) == 1
    assert (folder / "2.wav").is_file()
    assert f"line 1: {folder / '1.wav'}: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "error, status, told",
    [(KeyboardInterrupt(), 130, "interrupted"), (OSError(28, "No space", "there"), 1, "No space")],
)
def test_what_was_said_before_an_end_is_kept(error, status, told, tmp_path, monkeypatch, capsys):
    whole = list(robots.voice().stream("One two. Three! Four."))

    def stream(self, text, **manner):
        yield from whole[:2]
        raise error

    monkeypatch.setattr(type(robots.voice()), "stream", stream)
    out = tmp_path / "out.wav"
    assert main(["say", "One two. Three! Four.", "-o", str(out)]) == status
    audio, _ = soundfile.read(out, dtype="float32")
    assert len(audio) == sum(len(one.audio) for one in whole[:2])
    said = capsys.readouterr().err
    assert told in said and "out.wav has the first 2 sentences" in said


@pytest.mark.parametrize("wrong", [["--speed", "9"], ["--seed", "-1"], ["--speaker", "x"]])
def test_a_bad_manner_is_told_once_for_all_lines(wrong, tmp_path, capsys):
    (tmp_path / "lines.txt").write_text("One.\nTwo.\n")
    folder = tmp_path / "out"
    assert main(["say", "--file", str(tmp_path / "lines.txt"), "-o", str(folder), *wrong]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not folder.exists()


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["a", "-o", "file/out.wav"], "cannot write file/out.wav: file is not a folder"),
        (["a", "-o", "file/deep/out.wav"], "cannot write file/deep/out.wav: file is not a folder"),
        (["a", "-o", "/proc/nowhere/out.wav"], "cannot write /proc/nowhere/out.wav: "),
        (["--file", "lines.txt", "-o", "file/out"], "cannot write file/out: file is not a folder"),
    ],
)
def test_targets_are_looked_at_before_a_word_is_said(
    arguments, told, tmp_path, monkeypatch, robot, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "lines.txt").write_text("One.\n")
    assert main(["say", *arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {told}") and error.count("\n") == 1
    assert not robot


@pytest.mark.parametrize(
    "arguments, status, told",
    [
        ([], 2, "give a text in quotes"),
        (["a", "--file", "b"], 2, "give a text in quotes"),
        (["a"], 2, "-o is missing: name an audio file such as out.wav"),
        (["a", "-o", "out.txt"], 2, "must end in one of .wav .flac .ogg"),
        (["--file", "lines.txt", "-o", "out.wav"], 2, "--file needs a folder"),
        (["--file", "lines.txt", "-o", "out.WAV"], 2, "--file needs a folder"),
        (["--file", "lines.txt", "-o", "-"], 2, "--file needs a folder"),
        (["a", "-o", "folder.wav"], 2, "folder.wav is a folder: name a file"),
        (["--file", "nowhere.txt", "-o", "out"], 1, "nowhere.txt: No such file"),
        (["--file", "empty.txt", "-o", "out"], 1, "empty.txt has no line with a text"),
        (["--file", "latin.txt", "-o", "out"], 1, "latin.txt is not UTF-8 text"),
        (["", "-o", "out.wav"], 1, "nothing to say in the text ''"),
        (["😀", "-o", "out.wav"], 1, "it has no symbols for '😀'"),
        (["a", "-o", "out.wav", "--speed", "9"], 2, "speed must be from 0.25 to 4.0, not 9.0"),
        (["a", "-o", "out.wav", "--speaker", "x"], 2, "not 'x'"),
    ],
)
def test_refused_in_one_line(tmp_path, monkeypatch, capsys, arguments, status, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").write_text("\n \n")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    (tmp_path / "folder.wav").mkdir()
    assert main(["say", *arguments]) == status
    error = capsys.readouterr().err
    assert told in error and "Traceback" not in error
    assert [path.name for path in tmp_path.glob("*.wav")] == ["folder.wav"]


def test_who_only_speaks_does_not_wait_for_what_trains():
    unused = "[name for name in ('grain', 'orbax', 'scipy.signal') if name in sys.modules]"
    program = f"import sys, ganspeech.commands.say; print({unused})"
    imported = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert imported.stdout == "[]\n", imported.stderr
