"""Damage: whatever a parser raises becomes one line of one kind."""

import tokenize

import pytest

from ganspeech.process.damage import damage


class FileError(ValueError):
    """A file that cannot be used."""


@pytest.mark.parametrize(
    "error, reason",
    [
        (tokenize.TokenError("EOF in multi-line statement", (2, 0)), "EOF in multi-line statement"),
        (MemoryError(), "MemoryError"),
        (RecursionError("too\n deep"), "too deep"),
        (OSError(5, "Input/output error", "x"), "Input/output error"),
        (ValueError("\x1b[2J"), r"\\x1b\[2J"),
    ],
)
def test_whatever_a_parser_raises_is_one_line_of_one_kind(error, reason):
    with pytest.raises(FileError, match=f"^x.npz is damaged: .*{reason}") as raised:  # noqa: SIM117
        with damage(FileError, "x.npz is damaged"):
            raise error
    assert "\n" not in str(raised.value)


def test_errors_of_that_kind_and_interrupts_pass():
    for error in (FileError("lacks a key"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as raised, damage(FileError, "x.npz is damaged"):
            raise error
        assert raised.value is error
