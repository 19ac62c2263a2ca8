"""Headers of audio files: whether a file ends before its header says, and headers left open.

Decoders take what there is in silence. The sizes are those of RIFF, RF64 (EBU Tech 3306), Wave64,
AIFF and AU; of MP3 that of the Xing header; an Ogg stream marks its last page (RFC 3533).
"""

import os
import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

MOST_CHUNKS = 1000
MOST_TAG = 1 << 16
"""Bytes of the longest Ogg page, and of a place in which an MP3's Xing header is looked for."""
SLOPPY = 64
"""Missing bytes that are no cut: some writers count their header as samples."""
SLACK = 0.01
"""Share by which encoders of MP3 misstate their size."""


class Data(NamedTuple):
    """Place of a file's samples, and their size by the header, in bytes."""

    start: int
    size: int
    size_at: int
    """Place of the field with the size."""


def is_cut_off(path: Path) -> bool:
    """Returns whether a file ends before its header says; files of unknown formats do not.

    Programs that write to a pipe cannot go back to the header and leave 0 or the largest number
    there: such files are whole.
    """
    with open(path, "rb") as file:
        there = os.path.getsize(path)
        magic = file.read(4)
        if magic == b"OggS":
            return not _ends_in_last_page(file, there)
        if magic[:3] == b"ID3" or magic[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"):
            return _is_short_mp3(file, there)
        data = _data(file, magic, there)
        if data is None or _is_open(data.size):
            return False
        return there + SLOPPY < data.start + data.size


def is_mpeg(path: Path) -> bool:
    """Returns whether a file is read as MPEG audio: by its suffix, tag or first frame's 11 bits."""
    with open(path, "rb") as file:
        start = file.read(3)
    framed = start[:1] == b"\xff" and start[1:2] >= b"\xe0"
    return framed or start == b"ID3" or path.suffix.lower() == ".mp3"


def closed_wav(path: Path) -> "ClosedWav | None":
    """A wav whose writer left its size at 0, as if it had a size; None for any other file.

    Nothing but samples follows in such a file, or its first size would cover what does.
    """
    with open(path, "rb") as file:
        magic = file.read(4)
        whole = int.from_bytes(file.read(4), "little")
        data = _data(file, magic, os.path.getsize(path)) if magic == b"RIFF" else None
        if data is None or data.size or whole + 8 > data.start:
            return None
    return ClosedWav(path, data.size_at)


class ClosedWav:
    """File in which the largest size stands at a place, for decoders that read file objects."""

    def __init__(self, path: Path, size_at: int):
        self._file = open(path, "rb")  # noqa: SIM115
        self._size_at = size_at
        self.seek, self.tell = self._file.seek, self._file.tell

    def read(self, count: int) -> bytes:
        """Read bytes from where it stands."""
        place = self.tell()
        content = bytearray(self._file.read(count))
        for at in range(max(self._size_at, place), min(self._size_at + 4, place + len(content))):
            content[at - place] = 0xFF
        return bytes(content)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _is_open(size: int) -> bool:
    """Whether a size stands for an unknown one: 0, or near the most of 31, 32 or 64 bits."""
    return size == 0 or any(top - (1 << 16) <= size <= top for top in (1 << 31, 1 << 32, 1 << 64))


def _data(file: BinaryIO, magic: bytes, there: int) -> Data | None:
    if magic == b".snd":
        start, size = (_number(file, at, 4, "big") for at in (4, 8))
        return Data(start, size, 8)
    if magic == b"riff":
        return _wave64_data(file, there)
    if magic not in (b"RIFF", b"RIFX", b"RF64", b"FORM"):
        return None
    order = "little" if magic in (b"RIFF", b"RF64") else "big"
    at, long_size = 12, 0
    for _ in range(MOST_CHUNKS):
        file.seek(at)
        name, size = file.read(4), _number(file, at + 4, 4, order)
        if name == b"ds64":
            long_size = _number(file, at + 16, 8, order)
        if name == (b"SSND" if magic == b"FORM" else b"data"):
            return Data(at + 8, long_size or size, at + 4)
        at += 8 + size + size % 2
        if at >= there:
            break
    return None


def _wave64_data(file: BinaryIO, there: int) -> Data | None:
    at = 40
    for _ in range(MOST_CHUNKS):
        file.seek(at)
        name, size = file.read(16), _number(file, at + 16, 8, "little")
        if name[:4] == b"data":
            return Data(at + 24, size - 24, at + 16)
        at += size + -size % 8
        if size < 24 or at >= there:
            break
    return None


def _number(file: BinaryIO, at: int, count: int, order: str) -> int:
    file.seek(at)
    return int.from_bytes(file.read(count), "little" if order == "little" else "big")


def _ends_in_last_page(file: BinaryIO, there: int) -> bool:
    file.seek(max(there - MOST_TAG, 0))
    tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    lengths = page[27 : 27 + page[26]] if len(page) > 26 else b""
    whole = len(page) >= 27 + len(lengths) + sum(lengths)
    return bool(lengths) and whole and page[5] & 4 != 0


def _is_short_mp3(file: BinaryIO, there: int) -> bool:
    file.seek(0)
    head = file.read(10)
    begin = 0
    if head[:3] == b"ID3":
        begin = 10 + sum((byte & 127) << 7 * place for place, byte in enumerate(head[:5:-1]))
    file.seek(begin)
    found = re.search(rb"(?:Xing|Info)\0\0\0(.)(.{8})", file.read(MOST_TAG), re.DOTALL)
    if found is None or found[1][0] & 3 != 3:  # number of frames, then of bytes
        return False
    return there - begin < (1 - SLACK) * int.from_bytes(found[2][4:], "big")
