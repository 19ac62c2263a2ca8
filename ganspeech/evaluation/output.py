"""Files that an evaluation leaves."""

import sys
from pathlib import Path


def write(path: Path, content: str) -> None:
    """Writes a text file, and its folder, and says so; ValueError where that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error}") from error
    print(f"written: {path}", file=sys.stderr)
