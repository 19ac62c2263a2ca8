"""What has been found out of a recording, kept line by line, so that a stopped maker goes on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ganspeech.process.damage import damage
from ganspeech.process.writing import naming_path


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
            with damage(JournalError, f"{path} is damaged: remove it to begin anew"):
                self._known = dict(map(json.loads, lines[1:]))
        with naming_path(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            kept = lines if self._known else [first]
            path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def recall(self, name: str, find: Callable[[], Any]) -> Any:
        """A value by its name, found now and kept if it is not known; it must be JSON."""
        if name not in self._known:
            value = self._known[name] = find()
            with naming_path(self._path), open(self._path, "a", encoding="utf-8") as file:
                file.write(json.dumps([name, value]) + "\n")
        return self._known[name]


def _whole_lines(path: Path) -> list[str]:
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    *whole, _ = text.split("\n")
    return whole
