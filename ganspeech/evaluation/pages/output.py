"""Files that an evaluation leaves."""

import sys
from pathlib import Path

from ganspeech.process.errors import UsageError
from ganspeech.process.writing import require_writable


def require_targets(json: Path | None, page: Path | None, listening: Path | None = None) -> None:
    """Sees that what an evaluation is asked for can be written, before it is made.

    `UsageError` for a folder, `ValueError` where no file can be made; each names the target.
    """
    for flag, target in (("json", json), ("page", page), ("listening", listening)):
        if target is None:
            continue
        if target.is_dir():
            raise UsageError(f"--{flag} {target} is a folder: name a file")
        if not target.exists():  # what is there is written over, were it /dev/stdout
            require_writable(target, target.parent)


def write(path: Path, content: str, *, quiet: bool = False) -> None:
    """Writes a text file, and its folder, and says so; ValueError where that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error}") from error
    if not quiet:
        print(f"written: {path}", file=sys.stderr)
