"""The rooms lean only downward: each file's imports are read and held to the plan."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "ganspeech"

FLOORS = (
    {
        "audio",
        "nn",
        "losses",
        "text",
        "augmentation",
        "optimizer",
        "plain",
        "game",
        "frozen",
        "memory",
    },
    {"generators", "discriminators", "recognizers", "data"},
    {"gan"},
    {"tasks"},
    {"experiments", "interop", "shipped", "experiment", "menus", "flags", "entry", "manner"},
    {"training", "evaluation", "streaming", "inference", "listening", "spotting", "speaking"},
    {"ablation"},
    {"commands", "__main__"},
)
"""From the ground up; a room may use its own floor and every floor below."""

FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """The dotted names of this package that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.startswith("ganspeech.")}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_downward(path):
    here = room_of(path)
    assert here in FLOOR, f"{here} has no floor yet: give it one in {__file__}"
    for name in imports_of(path):
        there = name.split(".")[1]
        assert FLOOR.get(there, -1) <= FLOOR[here], f"{here} imports {name}, which is above it"


@pytest.mark.parametrize(
    "name, home", [("pmap", "training/parallel.py"), ("orbax", "training/checkpoints.py")]
)
def test_one_file_knows(name, home):
    found = {str(p.relative_to(PACKAGE)) for p in FILES if name in _identifiers(p)}
    assert found == {home}, f"{name} belongs in {home} alone"


def _identifiers(path: Path) -> set[str]:
    """All names and attributes a file uses, and the parts of what it imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found |= set(node.name.split("."))
    return found
