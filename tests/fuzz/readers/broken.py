"""Readers that do what no reader may, for a test of the harness."""

import ctypes
import os
import sys
import time
from pathlib import Path

from fuzz.hostile import MARKER
from fuzz.reader import Files, Reader

from ganspeech.process.damage import damage


class BrokenError(ValueError):
    """An error of a reader."""


def _files() -> Files:
    return {"file.bin": [b"content", b"other", b"third"]}


def _leaks(folder: Path) -> None:
    raise KeyError("a")


def _names_nothing(folder: Path) -> None:
    with damage(BrokenError, "it is damaged"):
        raise KeyError("a")


def _names_its_file(folder: Path) -> None:
    with damage(BrokenError, f"{folder / 'file.bin'} is damaged"):
        raise KeyError("a")


def _crashes(folder: Path) -> None:
    if (folder / "file.bin").read_bytes() == b"other":
        ctypes.string_at(0)


def _runs_code(folder: Path) -> None:
    Path(MARKER).touch()


def _starts_a_program(folder: Path) -> None:
    os.system("true")


def _chatters(folder: Path) -> None:
    os.write(2, b"[src/decoder.c:3] error: what?\n")


def _hangs(folder: Path) -> None:
    if (folder / "file.bin").read_bytes() == b"other":
        time.sleep(3600)


def _takes_memory(folder: Path) -> None:
    sys.stdout.write(str(len(b"\1" * (3 << 30))))


BROKEN = {
    "broken: leaks": Reader(_files, _leaks, 1),
    "broken: names nothing": Reader(_files, _names_nothing, 1),
    "broken: crashes": Reader(_files, _crashes, 3),
    "broken: runs code": Reader(_files, _runs_code, 1),
    "broken: starts a program": Reader(_files, _starts_a_program, 1),
    "broken: chatters": Reader(_files, _chatters, 1),
    "sound: names its file": Reader(_files, _names_its_file, 3),
}
SLOWLY_BROKEN = {
    "broken: hangs": Reader(_files, _hangs, 3),
    "broken: takes memory": Reader(_files, _takes_memory, 1),
}
