"""Mutually exclusive modes of a command, and the flags of each."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ganspeech.process.errors import UsageError

Modes = Mapping[str, Collection[str]]
"""Flags that select a mode, and the flags allowed with each."""


def given_flags(settings: Any, always: Collection[str] = ()) -> set[str]:
    """Fields of a command's settings that were given, except those in `always`."""
    values = {name: value for name, value in vars(settings).items() if name not in always}
    return {name for name, value in values.items() if value not in (None, False, ())}


def require_mode(given: set[str], modes: Modes, usage: str) -> str:
    """Selected mode.

    Raises UsageError with the message `usage` unless it is exactly one, and for flags of others.
    """
    chosen = given & modes.keys()
    if len(chosen) != 1:
        raise UsageError(usage)
    (mode,) = chosen
    for name in sorted(given - {mode}):
        if name not in modes[mode]:
            others = [f"--{other}" for other in modes if name in modes[other]]
            where = f", but with {' or '.join(others)}" if others else ""
            raise UsageError(f"--{name} does not go with --{mode}{where}")
    return mode


def require_at_least(settings: Any, least: int, *names: str) -> None:
    """Raises UsageError for a given number below the minimum."""
    for name in names:
        number = getattr(settings, name)
        if number is not None and number < least:
            raise UsageError(f"--{name} must be at least {least}, not {number}")


def named(
    flag: str,
    items: Collection[str],
    what: str,
    taken: Collection[str] = (),
    things: str = "systems",
) -> dict[str, str]:
    """Sources by row name: the given one, or else the name of the file or folder.

    Each item is SOURCE or NAME=SOURCE. Raises UsageError for two `things` of one name, and for
    one `taken`.
    """
    found: dict[str, str] = {}
    for item in items:
        name, equals, source = item.partition("=")
        if not equals or Path(item).exists():
            path = Path(item).resolve()
            name, source = path.stem if path.is_file() else path.name, item
        if not name or not source:
            raise UsageError(f"--{flag} {item}: write {what} or NAME={what}")
        if name in taken:
            raise UsageError(f"--{flag} {item}: {name!r} is a row of its own; write NAME={what}")
        if name in found:
            raise UsageError(
                f"--{flag} {item}: two {things} are called {name!r}; write NAME={what}"
            )
        found[name] = source
    return found
