"""What a reader may do with a damaged file: read it, or say in one line what is wrong with it."""

import json
import os
import re
import sys
import traceback
from pathlib import Path
from typing import Any

from fuzz.hostile import MARKER
from fuzz.reader import ARGUMENTS, Input, Reader, Status

from ganspeech.process.errors import HOME, guard
from ganspeech.process.messages import one_line

LONGEST = 1000
"""Characters of a clear line, with the long names of a test's folders."""
WORD = 12
"""Characters by which a word of a command line is found in a message, which may cut it."""
NATIVE = re.compile(r"\[src/|(Note|Warning|Error): ")
"""Starts of lines of libraries, which do not name a file."""
LATE = re.compile(
    r"Traceback(?:(?!Traceback).)*?RuntimeError: Event loop is closed\n"
    r"|\A(?: [^\n]*\n)*RuntimeError: Event loop is closed\n"
    rf"|Traceback(?:(?!{re.escape(HOME)}).)*\Z",
    re.DOTALL,
)
"""What TensorStore says of arrays that it reads on after Orbax has given up the checkpoint.

The next input may already be at work when it does, so that a part may be missing.
"""
TITLE = re.compile(r"\d+ left out:$")
"""Line before faults of several files."""
FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn", "pickle.find_class", "socket.connect")
"""Events of Python that no file may bring about."""
_events: list[str] = []


def forbid() -> None:
    """Notes forbidden events of this process, whatever raises them."""

    def note(event: str, arguments: Any) -> None:
        # Babel, of which gruut has dates and numbers, keeps its own data in pickles.
        own = event == "pickle.find_class" and arguments[0].startswith("babel.")
        if event in FORBIDDEN and not own:
            _events.append(f"{event} {arguments!r}"[:200])

    sys.addaudithook(note)


def fault_of(reader: Reader, home: Path, drawn: Input, said: Path) -> str | None:
    """Reads the input; returns what is wrong with how it was read, if anything.

    `said` is the file to which standard error goes.
    """
    raised: list[BaseException] = []

    def read() -> int:
        try:
            result = reader.read(home)
        except BaseException as error:
            raised.append(error)
            raise
        return result if isinstance(result, Status) else 0

    try:
        status: Any = guard(read)
    except SystemExit as error:
        status = error.code
    except BaseException as error:
        return f"leaks {_kind(error)}: {str(error)[:200]!r} at {_place(error)}"
    if _events:
        return f"does {_events.pop()}"
    if Path(MARKER).exists():
        os.unlink(MARKER)
        return "ran code of the file"
    sys.stderr.flush()
    text = said.read_bytes().decode("utf-8", errors="replace")
    return _fault_in(text, status, raised, home, drawn, reader)


def _fault_in(
    text: str, status: Any, raised: list[BaseException], home: Path, drawn: Input, reader: Reader
) -> str | None:
    if reader.silent and status:
        return f"says {text[:300]!r}"
    if status not in (0, 1, 2):
        return f"ends with {status!r}"
    if status and not text:
        return f"ends with {status} and says nothing"
    for error in raised:
        message = str(error)
        if isinstance(error, ValueError) and len(message.splitlines()) != 1:
            return f"raises {_kind(error)} of {len(message.splitlines())} lines: {message[:200]!r}"
    if status == 2:  # misuse: what is printed, in lines or a box, is about flags
        return None
    for line in _lines(text):
        if len(line) > LONGEST:
            return f"says {len(line)} characters: {line[:300]!r}"
        if not line.isprintable():
            return f"says characters that are not printable: {line[:200]!r}"
        if status and not _is_of(line, home, drawn):
            return f"says a line that does not name the file: {line[:300]!r}"
        if not status and NATIVE.match(line):
            return f"lets native code speak: {line[:300]!r}"
    return None


def _lines(text: str) -> list[str]:
    """Lines, without bars of progress, which are overwritten."""
    left = (line.rpartition("\r")[2] for line in LATE.sub("", text).split("\n"))
    return [line for line in left if line.strip() and "%|" not in line and not TITLE.match(line)]


def _is_of(line: str, home: Path, drawn: Input) -> bool:
    """Whether a line names the file, or a word of the command line."""
    if drawn.name == ARGUMENTS:
        words = [part for word in json.loads(drawn.content) for part in re.split("[=:]", word)]
        words += [Path(word).stem for word in words]
        return "--" in line or any(one_line(word)[:WORD] in line for word in words if word)
    names = (path.stem for path in home.rglob("*") if path.is_file())
    return str(home) in line or any(name in line for name in names)


def _kind(error: BaseException) -> str:
    return type(error).__name__


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(HOME)] or frames
    last = frames[-1]
    where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
    return f"{where} ({Path(last.filename).name}:{last.lineno})"
