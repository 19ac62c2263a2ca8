"""Lines on the terminal: whatever a file holds, printable and of bounded length."""

from ganspeech.process.errors import UsageError, guard
from ganspeech.process.messages import LONGEST_LINE, one_line


def test_letters_stay_and_control_characters_are_written_out():
    assert one_line("Žluťoučký 三.wav") == "Žluťoučký 三.wav"
    assert one_line("a\x1b[2J\nb\udcff\0") == r"a\x1b[2J\nb\udcff\x00"


def test_long_lines_keep_their_ends():
    line = one_line("file.json: " + "x" * 100_000 + " is no number")
    assert line.startswith("file.json: x") and line.endswith("x is no number")
    assert " … " in line and len(line) <= LONGEST_LINE


def test_errors_of_commands_are_such_lines(capsys):
    def misused() -> int:
        raise UsageError("no \x1b[2J such\nflag " + "x" * 100_000)

    assert guard(misused) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(r"error: no \x1b[2J such\nflag xxx") and len(line) <= LONGEST_LINE
