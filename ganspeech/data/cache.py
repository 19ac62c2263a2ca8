"""Folders that are computed once and reused; they appear complete or not at all."""

import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ganspeech.data.corpus import CorpusError

ABANDONED_AFTER_SECONDS = 24 * 3600


def cache_root(cache: str | Path | None = None) -> Path:
    """Cache folder: `cache`, else `$GANSPEECH_CACHE`, else `~/.cache/ganspeech`."""
    return Path(cache or os.environ.get("GANSPEECH_CACHE") or "~/.cache/ganspeech").expanduser()


def digest(value: Any) -> str:
    """Short hexadecimal digest of a value that JSON can write."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def build_once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Returns `folder`, built by `fill(partial)` and one rename unless it exists already.

    A killed run leaves only a partial folder under another name, which a later build deletes after
    a day. If two processes build at once, the first to finish wins, and both use its folder.
    Raises `CorpusError` when the cache cannot be written.
    """
    if folder.is_dir():
        return folder
    partial = folder.with_name(f"{folder.name}.partial-{uuid.uuid4().hex[:12]}")
    try:
        partial.mkdir(parents=True)
        _sweep(folder)
        fill(partial)
        try:
            partial.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    except OSError as error:
        raise CorpusError(
            f"cannot write the cache {folder.parent}: {error}; set GANSPEECH_CACHE to a folder "
            "with free space"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _sweep(folder: Path) -> None:
    for partial in folder.parent.glob("*.partial-*"):
        try:
            newest = max(path.stat().st_mtime for path in (partial, *partial.iterdir()))
        except OSError:
            continue  # its owner has just finished
        if time.time() - newest > ABANDONED_AFTER_SECONDS:
            shutil.rmtree(partial, ignore_errors=True)
