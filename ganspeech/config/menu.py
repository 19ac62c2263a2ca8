"""Menus: names of flags and what they stand for, imported when it is asked for."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

DEFAULTS = ""
"""In place of a constant of the module: the class with its defaults."""


class Entry(NamedTuple):
    """A class, and what it is called."""

    module: str
    """Below `ganspeech`."""
    name: str
    settings: Mapping[str, str] = {}
    """Names of flags, and the module's constant behind each."""

    def attribute(self, name: str) -> Any:
        """An attribute of the module."""
        return getattr(importlib.import_module(f"ganspeech.{self.module}"), name)


class Menu(Mapping[str, Any]):
    """Ready-made parts of one kind by name, imported when they are looked up."""

    def __init__(self, *entries: Entry):
        self.entries = entries
        self._settings = {
            name: (entry, constant)
            for entry in entries
            for name, constant in entry.settings.items()
        }

    def __getitem__(self, name: str) -> Any:
        entry, constant = self._settings[name]
        return entry.attribute(constant) if constant else entry.attribute(entry.name)()

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings)

    def __len__(self) -> int:
        return len(self._settings)

    def __add__(self, other: "Menu") -> "Menu":
        return Menu(*self.entries, *other.entries)
