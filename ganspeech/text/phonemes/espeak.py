"""Phonemes by espeak-ng, as voices of the Piper project are trained on them."""

import atexit
import json
import re
import subprocess
import sys
import threading
import unicodedata
from functools import cache
from typing import Any

from ganspeech.text.phonemes import espeak_program

ENDS = {
    ".": ". ", "..": ". ", "?": "? ", "!": "! ", ",": ", ", ":": ": ", ";": "; ", "—": "; ",
    "–": "; ", "،": ", ", "؛": "; ", "؟": "? ",
}  # fmt: skip
"""Stand-ins for the punctuation that ends a clause.

An ellipsis is a comma inside a sentence and a full stop at its end, where Piper leaves it out;
punctuation of Chinese, Japanese and Hindi is dropped, as with Piper, whose voices never learned
a symbol for it.
"""

_SWITCH = re.compile(r"\([^)]+\)")
"""Names of languages around words that espeak-ng takes for foreign."""
_ELLIPSIS = re.compile(r"…|\.{3,}")
_END = re.compile(r"(\.\.|[.?!,:;—–،؛؟])[.?!,:;]*[^\w.?!,:;—–،؛؟]*$")
_LOCK = threading.Lock()


class EspeakError(ValueError):
    """A request that espeak-ng cannot serve."""


def espeak_phonemes(voice: str, sentence: str) -> list[str]:
    """Code points of espeak-ng's IPA in NFD, clause by clause with punctuation.

    Raises `EspeakError` for a voice that espeak-ng does not have, and when it does not run.
    """
    text = _ELLIPSIS.sub(lambda f: ", " if f.string[f.end() :].strip() else ".", sentence)
    with _LOCK:
        answer = _ask(voice, text)
    if isinstance(answer, dict):
        raise EspeakError(answer["error"])
    symbols = ""
    for n, (phonemes, read) in enumerate(answer):
        last = n == len(answer) - 1
        end = _END.search(read if last else read[:-1])
        spoken = _SWITCH.sub("", phonemes)
        symbols += spoken + (ENDS[end[1]] if end and spoken.strip() else " " if not last else "")
    return list(unicodedata.normalize("NFD", re.sub(" +", " ", symbols).strip()))


def _ask(voice: str, text: str) -> Any:
    process = _process()
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps([voice, text]) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except BrokenPipeError:
        line = ""
    if not line:
        _process.cache_clear()
        raise EspeakError(f"espeak-ng ended while reading {text!r}")
    return json.loads(line)


@cache
def _process() -> subprocess.Popen[str]:
    import espeakng_loader

    # -I and -S: no site packages, no environment; the program is all standard library.
    command = [sys.executable, "-I", "-S", espeak_program.__file__]
    command += [espeakng_loader.get_library_path(), str(espeakng_loader.get_data_path())]
    # In its own session it does not receive the Ctrl-C meant for this process.
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    """Closes the input of the program, which ends it."""
    with process:
        pass
