"""Foreign text in one-line messages."""

SHOWN = 40
"""Characters that a message shows of a text or a name."""


def printable(text: str, most: int = 60) -> str:
    """Start of a text from a file: one line without control characters."""
    return "".join(
        char if char.isascii() and char.isprintable() else ascii(char)[1:-1] for char in text[:most]
    )


def shown(text: str, most: int = SHOWN) -> str:
    """Quoted text, truncated if long."""
    quoted = repr(text)
    return quoted if len(quoted) <= most + 2 else f"{quoted[:most]}…{quoted[0]}"
