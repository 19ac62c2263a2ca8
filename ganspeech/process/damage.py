"""One rule for files that other projects' parsers read: damage is one error of one kind."""

from collections.abc import Iterator
from contextlib import contextmanager

from ganspeech.process.messages import printable

MOST = 300
"""Characters of a parser's own message that are shown."""


@contextmanager
def damage(kind: type[ValueError], message: str) -> Iterator[None]:
    """Raises `kind` with `message` and a reason for whatever a parser raises inside.

    Damaged bytes make parsers fail in any way: NumPy's raises `tokenize.TokenError` for a broken
    header and `MemoryError` for a length that is none. So nothing but the parser's own call belongs
    inside. Errors of `kind` pass as they are.
    """
    try:
        yield
    except kind:
        raise
    except Exception as error:
        raise kind(f"{message}: {reason_of(error)}") from error


def reason_of(error: Exception) -> str:
    """Message of an error in one line; the name of its class if it has none."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return printable(" ".join(text.split()), MOST) or type(error).__name__
