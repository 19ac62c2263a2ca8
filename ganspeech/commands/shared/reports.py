"""What commands that write files say about it: one line on standard error, none with --quiet.

Standard output is for results alone, such as transcripts. Faults are said whether quiet or not.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from ganspeech.process.messages import one_line


def report_written(path: Path, about: str = "", *, quiet: bool) -> None:
    """Says that a file was written, with a few words about it."""
    report(f"written: {path}" + (f" ({about})" if about else ""), quiet=quiet)


def report_many(summary: str, kept: int, left_out: Sequence[str], *, quiet: bool) -> int:
    """Says what became of many files; returns the exit status, 1 if some were left out."""
    report(f"written: {summary}", quiet=quiet)
    if kept:
        report(f"{kept} were there already and are kept; --overwrite replaces them", quiet=quiet)
    if left_out:
        report_faults(f"{len(left_out)} left out:", left_out)
    return 1 if left_out else 0


def report_faults(title: str, faults: Sequence[str]) -> None:
    """Says what was left out, a line each, whatever the faults quote."""
    print(title, *map(one_line, faults), sep="\n  ", file=sys.stderr)


def report(line: str, *, quiet: bool) -> None:
    """Says what was done."""
    if not quiet:
        print(line, file=sys.stderr)
