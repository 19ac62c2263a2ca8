"""Text files that people write: what cannot be read is one line that names the file."""

from os import PathLike
from pathlib import Path


def read_text(path: str | PathLike[str], what: str, kind: type[ValueError] = ValueError) -> str:
    """Text of a UTF-8 file, with or without a byte order mark; `~` is one's home.

    Raises `kind`, which says that `what` cannot be read, for a missing file and other encodings.
    """
    try:
        return Path(path).expanduser().read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise kind(f"cannot read the {what} {str(path)!r}: {reason}") from None
