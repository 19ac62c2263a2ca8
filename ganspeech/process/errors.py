"""Exit status of entry points: 0, 2 after misuse, 1 after a failure, reported in one line."""

import io
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ganspeech.process.device_memory import asked_and_there, exhausted
from ganspeech.process.messages import one_line

HOME = str(Path(__file__).parents[1])
OUTPUT = "standard output"
READER_GONE = 141
"""Exit status of a program killed by SIGPIPE, as when its reader, such as `head`, exits first."""


class UsageError(ValueError):
    """Invalid command line; entry points print the message and exit with 2."""


def guard(main: Callable[[], int]) -> int:
    """Runs an entry point and returns its exit status.

    ValueErrors raised by this package print as one line, whatever they quote, as do Ctrl-C and
    files that cannot be opened or written, including standard output, and a device without memory
    left; any other exception is a bug and keeps its traceback. Nothing is printed when the reader
    of standard output is gone.
    """
    try:
        with _named_output():
            return main()
    except UsageError as error:
        print(one_line(f"error: {error}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; all files written so far are complete", file=sys.stderr)
        return 130
    except RuntimeError as error:
        if not exhausted(error):
            raise
        print(
            f"error: the device's memory is exhausted{asked_and_there(error)}: give it shorter "
            "pieces (vocode has --piece), stop what else uses it, or set JAX_PLATFORMS=cpu",
            file=sys.stderr,
        )
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        if isinstance(error, BrokenPipeError) and error.filename == OUTPUT:
            return READER_GONE
        print(one_line(f"error: {error.filename}: {error.strerror}"), file=sys.stderr)
        return 1
    except ValueError as error:
        if not traceback.extract_tb(error.__traceback__)[-1].filename.startswith(HOME):
            raise
        print(one_line(f"error: {error}"), file=sys.stderr)
        return 1


class _Output(io.FileIO):
    """File whose errors name standard output."""

    def write(self, data: Any) -> int:
        """Writes bytes."""
        try:
            return super().write(data)
        except OSError as error:
            error.filename = OUTPUT
            raise


@contextmanager
def _named_output() -> Iterator[None]:
    """Names standard output in its errors; flushes it at the end."""
    usual = sys.__stdout__
    if sys.stdout is not usual:  # replaced, as in a notebook
        yield
        return
    if usual is None:
        # Closed before Python started. An unwritable file replaces it, since another file may have
        # its descriptor by now.
        raw = _Output(os.open(os.devnull, os.O_RDONLY), "w")
        ours = io.TextIOWrapper(io.BufferedWriter(raw))
    else:
        usual.flush()
        raw = _Output(usual.fileno(), "w", closefd=False)
        ours = io.TextIOWrapper(
            io.BufferedWriter(raw),
            usual.encoding,
            usual.errors,
            line_buffering=usual.line_buffering,
            write_through=usual.write_through,
        )
    sys.stdout = ours
    try:
        yield
    finally:
        sys.stdout = usual
        try:
            ours.flush()
        except OSError:
            # Otherwise the rest would fail again, with a traceback, when Python exits.
            os.dup2(os.open(os.devnull, os.O_WRONLY), raw.fileno())
            raise
