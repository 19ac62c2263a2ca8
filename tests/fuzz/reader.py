"""What is fuzzed: a reader of files, and small valid files for it."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fuzz.mutations import Layer, mutated

Files = Mapping[str, Sequence[bytes]]
"""By relative path: contents that are read without an error, and hostile ones; the first is valid
and lies in the folder while others are damaged."""
LARGEST = 1 << 20
"""Bytes of the largest content that is damaged: archives that expand without end are not."""
ARGUMENTS = "arguments.json"
"""File of a command line, a list of words."""


class Status(int):
    """Exit status of a command, in distinction to numbers that readers return."""


def nothing() -> Files:
    """No files."""
    return {}


@dataclass(frozen=True)
class Reader:
    """A reader, and how its files are damaged."""

    files: Callable[[], Files]
    """Makes the files, one of which is damaged for each input."""
    read: Callable[[Path], object]
    """Reads them in a folder; errors are those of the program's entry points."""
    inputs: int
    """Number of inputs in a run of all tests."""
    damage: Layer = mutated
    silent: bool = False
    """Whether nothing can be wrong, as with texts that are spoken."""
    beside: Callable[[], Files] = nothing
    """Makes files that lie there too, undamaged."""


@dataclass(frozen=True)
class Input:
    """A damaged file."""

    name: str
    mutation: str
    content: bytes


def draw(reader: Reader, files: Files, name: str, seed: int, number: int) -> Input:
    """The input of a number, the same for the same seed but for dates in archives.

    The first ones are whole.
    """
    whole = [(path, content) for path, contents in files.items() for content in contents]
    if number < len(whole):
        path, content = whole[number]
        return Input(path, "none", content)
    rng = random.Random(f"{name} {seed} {number}")
    path = rng.choice(list(files))
    small = [content for content in files[path] if len(content) < LARGEST]
    others = [content for name, content in whole if len(content) < LARGEST]
    mutation, content = reader.damage(rng, rng.choice(small), others)
    return Input(path, mutation, content)
