"""What a command line has wrong, in one line."""

import contextlib
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from ganspeech.process.errors import UsageError


@contextlib.contextmanager
def in_one_line() -> Iterator[None]:
    """Raises UsageError, with the error and the nearest flag, where tyro prints a box and exits.

    Only the parsing of a command line belongs inside: whatever it prints on standard error comes
    at the end. Help passes.
    """
    told = io.StringIO()
    try:
        with contextlib.redirect_stderr(told):
            yield
    except SystemExit as exit:
        if exit.code:
            raise UsageError(first_words(told.getvalue())) from None
        raise
    except Exception:
        sys.stderr.write(told.getvalue())
        raise
    sys.stderr.write(told.getvalue())


def require_once(arguments: Sequence[str]) -> None:
    """Raises UsageError for a flag that is given again, whose earlier values would be lost."""
    flags = [one.split("=")[0].replace("_", "-") for one in arguments if one.startswith("--")]
    for flag, times in Counter(flags).items():
        if times > 1:
            raise UsageError(f"{flag} is given {times} times: give it once, before all its values")


def first_words(box: str) -> str:
    """One-line message of tyro's error box: the error and the nearest flag, or what is missing."""
    if missing := re.search(r"Missing from (.+):", box):
        sections = re.split(r"^[│ ] [─-]+ *│?$", box, flags=re.MULTILINE)
        unknown = [section for section in sections[1:] if "Unrecognized" in section]
        parts = [f"missing: {_names(sections[0])}", *(f"unknown: {_names(one)}" for one in unknown)]
        return f"{'; '.join(parts)}; see `{missing[1]} --help`"
    # Lines of the box itself become empty; its first line is a title.
    lines = [re.sub(r"^[-─]+$", "", line.strip("│╭╮╰╯ ")) for line in box.splitlines()][1:]
    lines = lines[next((i for i, line in enumerate(lines) if line), 0) :]
    wrong = lines[: lines.index("")] if "" in lines else lines
    for near in re.findall(r"^--\S+", "\n".join(lines[len(wrong) :]), re.MULTILINE)[:1]:
        if near not in " ".join(wrong):
            wrong.append(f"(the nearest is {near})")
    return " ".join(wrong)


def _names(section: str) -> str:
    """Names that stand out from what explains them; where no box can be drawn, it is blank."""
    return ", ".join(re.findall(r"^[│ ] {5}(\S.*?) *│?$", section, re.MULTILINE))
