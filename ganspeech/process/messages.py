"""Foreign text in one-line messages."""

import json
from typing import Any

SHOWN = 40
"""Characters that a message shows of a text or a name."""

LONGEST_LINE = 1000
"""Characters of a line on the terminal."""


def one_line(text: str, most: int = LONGEST_LINE) -> str:
    """Text as one line of printable characters, without its middle if it is long.

    Names and values from files, in any language, keep their letters, but no control characters.
    """
    line = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
    half = most // 2 - 2
    return line if len(line) <= most else f"{line[:half]} … {line[-half:]}"


def printable(text: str, most: int = 60) -> str:
    """Start of a text from a file: one line without control characters."""
    return "".join(
        char if char.isascii() and char.isprintable() else ascii(char)[1:-1] for char in text[:most]
    )


def shown(text: str, most: int = SHOWN) -> str:
    """Quoted text, truncated if long."""
    quoted = repr(text)
    return quoted if len(quoted) <= most + 2 else f"{quoted[:most]}…{quoted[0]}"


def shown_json(value: Any, most: int = SHOWN) -> str:
    """A value as JSON writes it, without its middle if it is long."""
    return one_line(json.dumps(value, ensure_ascii=False), most)
