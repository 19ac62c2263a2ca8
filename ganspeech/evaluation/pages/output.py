"""Files that an evaluation leaves."""

import sys
from pathlib import Path

from ganspeech.process.errors import UsageError
from ganspeech.process.writing import is_device, require_file, require_writable, write_whole

SUFFIXES = (".html", ".htm")
"""Endings of pages."""


def require_targets(json: Path | None, page: Path | None, listening: Path | None = None) -> None:
    """Sees that what an evaluation is asked for can be written, before it is made.

    `UsageError` for a folder, `ValueError` where no file can be made; each names the target.
    """
    for flag, target in (("json", json), ("page", page), ("listening", listening)):
        if target is None:
            continue
        if target.is_dir():
            raise UsageError(f"--{flag} {target} is a folder: name a file")
        if not is_device(target):
            require_writable(target, target.parent)


def require_text(target: Path, overwrite: bool) -> None:
    """Sees that `write` can write a target, as `require_file` does; devices are written to."""
    if not is_device(target):
        require_file(target, overwrite)


def require_page(page: Path, *, overwrite: bool) -> None:
    """Sees that a page can be written, before it is made.

    `UsageError` for a folder and for another ending than .html, `ValueError` for a page that is
    there already, without `overwrite`, and where no file can be made.
    """
    require_text(page, overwrite)
    if not is_device(page) and page.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{page} must end in .html, since it is a page")


def write(path: Path, content: str, *, quiet: bool = False) -> None:
    """Writes a text file whole or not at all, and its folder, and says so.

    Raises ValueError where that cannot be.
    """
    try:
        if is_device(path):
            path.write_text(content, encoding="utf-8")
        else:
            write_whole(path, content.encode())
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror}") from error
    if not quiet:
        print(f"written: {path}", file=sys.stderr)
