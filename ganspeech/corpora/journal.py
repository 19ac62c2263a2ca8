"""What has been found out of a recording, kept line by line, so that a stopped maker goes on."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from ganspeech.process.damage import damage
from ganspeech.process.writing import naming_path, write_whole

T = TypeVar("T")


class JournalError(ValueError):
    """A journal that cannot be read; the message names its file."""


class Journal:
    """A file of JSON lines `[name, value]` whose first is the key of all that follow.

    With another key, such as that of a recording that has changed, it begins anew. A last line
    that was cut off is forgotten.
    """

    def __init__(self, path: Path, key: object):
        self._path = path
        self._known: dict[str, Any] = {}
        first = json.dumps(["key", key])
        lines = _whole_lines(path)
        if lines[:1] == [first]:
            with self._damage():
                self._known = dict(map(json.loads, lines[1:]))
        kept = lines if self._known else [first]
        write_whole(path, "".join(f"{line}\n" for line in kept).encode())

    def recall(self, name: str, find: Callable[[], Any], read: Callable[[Any], T]) -> T:
        """A value by its name, found now and kept if it is not known; `read` makes it of JSON.

        Raises JournalError, naming the file, for what `read` cannot read.
        """
        if name not in self._known:
            value = self._known[name] = find()
            with naming_path(self._path), open(self._path, "a", encoding="utf-8") as file:
                file.write(json.dumps([name, value]) + "\n")
        with self._damage():
            return read(self._known[name])

    def _damage(self) -> AbstractContextManager[None]:
        return damage(JournalError, f"{self._path} is damaged: remove it to begin anew")


def _whole_lines(path: Path) -> list[str]:
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    *whole, _ = text.split("\n")
    return whole
