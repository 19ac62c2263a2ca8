"""A command line that is wrong is told of in one line."""

from typing import Annotated

import pytest
import tyro

from ganspeech.process.errors import UsageError
from ganspeech.process.misuse import in_one_line, require_once


def speak(
    text: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="TEXT")],
    out: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    speed: float = 1.0,
) -> float:
    """Speaks.

    Args:
        text: What to say, which may be long, and is told of here at such a length that it does not
            fit into a line.
        out: A file.
        speed: Speed.
    """
    return speed


def parsed(*arguments):
    with in_one_line():
        return tyro.cli(speak, prog="speak", args=arguments)


@pytest.mark.parametrize(
    "arguments, told",
    [
        (("a", "b", "--sped", "2"), "Unrecognized options: --sped, 2 (the nearest is --speed)"),
        (("a", "b", "--speed", "fast"), "--speed: could not convert string to float: 'fast'"),
        ((), "missing: TEXT, OUT; see `speak --help`"),
        (("a",), "missing: OUT; see `speak --help`"),
    ],
)
def test_misuse_is_one_line(arguments, told, capsys):
    with pytest.raises(UsageError) as caught:
        parsed(*arguments)
    assert told in str(caught.value) and "\n" not in str(caught.value)
    assert capsys.readouterr() == ("", "")


def test_what_is_missing_is_told_from_what_is_unknown():
    def convert(*, voice: str) -> None:
        """Converts."""

    with pytest.raises(UsageError) as caught, in_one_line():
        tyro.cli(convert, prog="convert", args=("--speaker", "LJ"))
    told = "missing: --voice STR; unknown: --speaker, LJ; see `convert --help`"
    assert str(caught.value) == told


def test_what_is_right_and_help_pass(capsys):
    assert parsed("a", "b", "--speed", "2") == 2
    with pytest.raises(SystemExit) as caught:
        parsed("--help")
    assert not caught.value.code and "usage: speak" in capsys.readouterr().out


def test_a_flag_counts_once():
    require_once(["quality", "--audio", "a", "b", "--json=x", "--page", "x"])
    with pytest.raises(UsageError, match="--keep-best is given 2 times: give it once, before all"):
        require_once(["quality", "--keep_best", "a", "--keep-best=b"])
