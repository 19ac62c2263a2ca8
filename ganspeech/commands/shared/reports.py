"""What commands that write files say about it: one line on standard error, none with --quiet.

Standard output is for results alone, such as transcripts. Faults are said whether quiet or not.
"""

import sys
from pathlib import Path


def report_written(path: Path, about: str = "", *, quiet: bool) -> None:
    """Says that a file was written, with a few words about it."""
    report(f"written: {path}" + (f" ({about})" if about else ""), quiet=quiet)


def report(line: str, *, quiet: bool) -> None:
    """Says what was done."""
    if not quiet:
        print(line, file=sys.stderr)
