"""Rooms of the package and the imports between them, read from the source."""

import ast
from pathlib import Path

from website.links import ROOT

PACKAGE = ROOT / "ganspeech"


def uses() -> dict[str, set[str]]:
    """Rooms that each room imports from, anywhere in its files."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room not in ("__init__", "__main__"):
            found.setdefault(room, set()).update(_rooms_in(path))
    return {room: there & found.keys() - {room} for room, there in found.items()}


def _rooms_in(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("ganspeech.")}


def floors(edges: dict[str, set[str]]) -> list[list[str]]:
    """Rooms by floor from the ground up: each stands just above the highest that it uses."""
    level: dict[str, int] = {}

    def level_of(room: str) -> int:
        if room not in level:
            level[room] = 1 + max((level_of(there) for there in edges[room]), default=-1)
        return level[room]

    stacked: list[list[str]] = [[] for _ in range(1 + max(map(level_of, edges)))]
    for room in edges:
        stacked[level[room]].append(room)
    return stacked


def direct(edges: dict[str, set[str]]) -> dict[str, set[str]]:
    """Imports that do not follow from others: those that a drawing needs."""

    def below(room: str) -> set[str]:
        return edges[room].union(*(below(there) for there in edges[room]))

    return {
        room: {there for there in used if not any(there in below(other) for other in used)}
        for room, used in edges.items()
    }
