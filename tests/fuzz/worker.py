"""Process in which readers read: limited in memory and time, it says which input broke it.

`python -m fuzz.worker FOLDER READER SEED FIRST LAST [READER SEED FIRST LAST ...]` writes a line of
JSON for each fault to FOLDER/faults.jsonl, and the input at work to FOLDER/current.json.
"""

import faulthandler
import json
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fuzz.catalog import EVERY
from fuzz.judgement import fault_of, forbid
from fuzz.reader import draw

SECONDS = 20
MEMORY = 2 << 30
"""Bytes that a reader may need, in addition to what its process holds."""
ROOM = 4 << 30
"""Bytes of addresses: more than may be used, less than endanger the machine."""
CURRENT, FAULTS, SAID, PRINTED = "current.json", "faults.jsonl", "stderr", "stdout"
INPUT = "input"
"""Folder of the files that are read."""


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0])
    _redirect(folder / PRINTED, 1)
    faulthandler.enable(sys.__stderr__)
    forbid()
    jobs = [arguments[at : at + 4] for at in range(1, len(arguments), 4)]
    for name, seed, first, last in jobs:
        _fuzz(folder, name, int(seed), range(int(first), int(last)))


def _fuzz(folder: Path, name: str, seed: int, numbers: range) -> None:
    reader, home = EVERY[name], folder / INPUT / name.replace(" ", "-")
    files = reader.files()
    for path, contents in {**reader.beside(), **files}.items():
        _write(home / path, contents[0])
    _limit()
    most = _peak() + MEMORY
    for number in numbers:
        drawn = draw(reader, files, name, seed, number)
        about = {"number": number, "file": drawn.name, "mutation": drawn.mutation}
        (folder / CURRENT).write_text(json.dumps({"reader": name, "seed": seed, **about}))
        _write(home / drawn.name, drawn.content)
        with _heard(folder / SAID), _in_time():
            fault = fault_of(reader, home, drawn, folder / SAID)
        if _peak() > most:
            fault = f"took more than {MEMORY >> 30} GB; {fault or ''}"
            most = _peak() + MEMORY
        if fault:
            with open(folder / FAULTS, "a") as file:
                line = {"reader": name, "seed": seed, **about, "fault": fault}
                file.write(json.dumps(line) + "\n")
            _write(folder / "faults" / f"{name}-{seed}-{number}" / drawn.name, drawn.content)
        _write(home / drawn.name, files[drawn.name][0])


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _redirect(path: Path, number: int) -> None:
    """Sends a descriptor to a file, native libraries' output too."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    os.dup2(opened, number)
    os.close(opened)


@contextmanager
def _heard(path: Path) -> Iterator[None]:
    usual = os.dup(2)
    _redirect(path, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(usual, 2)
        os.close(usual)


@contextmanager
def _in_time() -> Iterator[None]:
    # A thread without Python's lock, so that hanging native code ends too.
    faulthandler.dump_traceback_later(SECONDS, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _limit() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + ROOM, -1))


def _peak() -> int:
    """Bytes of memory that the process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


if __name__ == "__main__":
    main(sys.argv[1:])
