"""Exit of an entry point: 0, 2 after misuse, 1 after a failure, which is one line."""

import io
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOME = str(Path(__file__).parents[1])
OUTPUT = "standard output"
READER_GONE = 141
"""Status that shells report of a program whose reader, such as `head`, ended before it."""


class UsageError(ValueError):
    """A command line that means nothing; entry points print it and exit with 2."""


def guard(main: Callable[[], int]) -> int:
    """Runs an entry point and gives its exit status.

    ValueErrors that this package raises itself are written for its users and print as one line, as
    do files that cannot be opened or written, standard output among them, and Ctrl-C; any other
    exception is a fault, and keeps its traceback. When the reader of standard output is gone,
    nobody wants to hear of it.
    """
    try:
        with _named_output():
            return main()
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; the files that were written are whole", file=sys.stderr)
        return 130
    except OSError as error:
        if error.filename is None:
            raise
        if isinstance(error, BrokenPipeError) and error.filename == OUTPUT:
            return READER_GONE
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except ValueError as error:
        if not traceback.extract_tb(error.__traceback__)[-1].filename.startswith(HOME):
            raise
        print(f"error: {error}", file=sys.stderr)
        return 1


class _Output(io.FileIO):
    """A file whose errors name standard output, as those of opening a file name that one."""

    def write(self, data: Any) -> int:
        """Writes bytes."""
        try:
            return super().write(data)
        except OSError as error:
            error.filename = OUTPUT
            raise


@contextmanager
def _named_output() -> Iterator[None]:
    """Makes errors of standard output name it; all that was printed is written at the end."""
    usual = sys.__stdout__
    if sys.stdout is not usual:  # somebody else's, such as a notebook's
        yield
        return
    if usual is None:
        # It was closed before Python began. What cannot be written stands for it, since its number
        # may by now be that of another file.
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
            # Else what is left would fail once more, with a traceback, when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), raw.fileno())
            raise
