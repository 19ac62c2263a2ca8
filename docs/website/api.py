"""Pages of the Python interface: a page for each public room, filled by mkdocstrings."""

import ast

from website.links import ROOT

ROOMS = (
    *("load", "audio", "text", "data", "nn", "generators", "discriminators", "recognizers"),
    *("losses", "game", "tasks", "config", "runs", "models", "interop", "training"),
    *("evaluation", "ablation", "profiling"),
)
"""Rooms that programs import from; commands, experiments and shipped models have other pages, and
`process` is for the package itself."""


def pages() -> dict[str, str]:
    """Markdown of each room's page, and of their list."""
    listed = "\n".join(f"[`ganspeech.{room}`]({room}.md)\n:   {summary(room)}\n" for room in ROOMS)
    made = {
        f"api/{room}.md": f"---\ntitle: {room}\n---\n\n::: ganspeech.{room}\n" for room in ROOMS
    }
    made["api/index.md"] = (
        "# Python\n\nWhat the rooms of the package offer to programs, from their docstrings. "
        f"[The map](../architecture.md) has how they depend on each other.\n\n{listed}"
    )
    return made


def summary(room: str) -> str:
    """First paragraph of a room's docstring."""
    path = ROOT / "ganspeech" / room / "__init__.py"
    if not path.is_file():
        path = ROOT / "ganspeech" / f"{room}.py"
    if not path.is_file() or path.stat().st_size == 0:
        return ""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())
