"""The house holds its plan: imports run downward, files and functions stay small."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "ganspeech"

FLOORS = (
    {"process", "shipped", "text"},
    {"formats"},
    {"audio"},
    {"data", "nn"},
    {"discriminators", "generators", "losses"},
    {"game", "recognizers"},
    {"tasks"},
    {"config"},
    {"experiments", "runs"},
    {"models"},
    {"interop", "serving"},
    {"load"},
    {"training"},
    {"evaluation"},
    {"ablation", "corpora", "profiling"},
    {"commands"},
    {"__main__"},
)
"""From the ground up; a room uses lower floors alone, so that no imports run in a circle."""

FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")
WRITTEN = [
    *PACKAGE.rglob("*.py"),
    *(ROOT / "tests").rglob("*.py"),
    *(ROOT / "benchmarks").rglob("*.py"),
]
MOST_LINES, MOST_LINES_OF_A_FUNCTION, MOST_FILES, MOST_ROOMS = 300, 60, 20, 28
NAMES_OF_THE_PACKAGE = {"__version__"}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Dotted names of this package that a file imports, anywhere in it."""
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
        if there != here and there not in NAMES_OF_THE_PACKAGE:
            assert FLOOR.get(there, 99) < FLOOR[here], f"{here} imports {name}, not below it"


def test_the_house_has_few_rooms():
    rooms = {room_of(path) for path in FILES}
    assert rooms == FLOOR.keys() and len(rooms) <= MOST_ROOMS


def test_folders_are_small():
    # Recipes are a list, however long.
    for folder in {path.parent for path in FILES} - {PACKAGE / "experiments"}:
        files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(files) <= MOST_FILES, f"{folder}: {len(files)} files; make rooms within"


def test_files_and_functions_are_small():
    for path in WRITTEN:
        text = path.read_text()
        assert text.count("\n") <= MOST_LINES, f"{path}: {text.count(chr(10))} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                lines = node.end_lineno - node.lineno + 1
                limit = MOST_LINES_OF_A_FUNCTION
                assert lines <= limit, f"{path}: {node.name} has {lines} lines"


@pytest.mark.parametrize(
    "name, home", [("pmap", "training/parallel.py"), ("orbax", "runs/checkpoints.py")]
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
