"""Menus: parts by the names that flags use, imported on demand."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """A class, and the names of its ready-made settings."""

    module: str
    """Module below `ganspeech`."""
    name: str
    settings: tuple[str, ...] = ()
    """Names that flags use: constants of the module, or else the class with its defaults."""

    @property
    def kind(self) -> type:
        """The class."""
        return getattr(importlib.import_module(f"ganspeech.{self.module}"), self.name)

    def ready(self, setting: str) -> Any:
        """Ready-made part of a name."""
        module = importlib.import_module(f"ganspeech.{self.module}")
        part = getattr(module, setting.upper().replace("-", "_"), None)
        return part if isinstance(part, self.kind) else self.kind()


class Menu(Mapping[str, Any]):
    """Ready-made parts of one kind by name, imported when they are looked up."""

    def __init__(self, *entries: Entry):
        self.entries = entries
        self._entry_of = {name: entry for entry in entries for name in entry.settings}

    def __getitem__(self, name: str) -> Any:
        return self._entry_of[name].ready(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entry_of)

    def __len__(self) -> int:
        return len(self._entry_of)

    def __add__(self, other: "Menu") -> "Menu":
        return Menu(*self.entries, *other.entries)
