"""Pages of the parts that flags choose by name: classes, ready-made settings, fields."""

import ast
import dataclasses
import functools
import inspect
import textwrap
from typing import Any

from ganspeech.config.menu import Entry
from ganspeech.config.registry import MENUS, PARTS
from ganspeech.config.serialize import fields_of
from website.commands import escaped

LONGEST = 150
"""Characters of a default that is shown."""


def pages() -> dict[str, str]:
    """Markdown of a page for each kind of part, of the other parts, and of their list."""
    listed = "\n".join(
        f"[`--{part}`]({_file(part)})\n:   {', '.join(f'`{name}`' for name in menu)}\n"
        for part, menu in MENUS.items()
    )
    made = {
        "parts/index.md": "# Parts\n\nWhole parts of an experiment, by the names that flags use: "
        "`python train.py vocoder_demo --generator hifigan-v2 --generator.channels 64` swaps a "
        f"part, then sets one of its fields.\n\n{listed}\n[others](others.md)\n:   Parts that no "
        "flag swaps, whose fields are flags.\n"
    }
    for part, menu in MENUS.items():
        sections = [_section(entry, part) for entry in menu.entries]
        made[f"parts/{_file(part)}"] = "\n\n".join([f"# `--{part}`", *sections])
    sections = [_section(entry, "") for entry in PARTS]
    about = "Parts of parts, and those that no flag swaps."
    made["parts/others.md"] = "\n\n".join(["# Other parts", about, *sections])
    return made


def _file(part: str) -> str:
    return f"{part.replace('.', '-')}.md"


def _section(entry: Entry, part: str) -> str:
    """A class: its paper and contract, its names, and its fields with their defaults."""
    kind = entry.kind
    lines = [f"## {entry.name}", inspect.cleandoc(kind.__doc__ or "")]
    if entry.settings:
        lines.append("Names: " + ", ".join(f"`--{part} {name}`" for name in entry.settings) + ".")
    ready = {name: entry.ready(name) for name in entry.settings}
    for field in fields_of(kind):
        flag = field.name.replace("_", "-")
        usage = f"--{part}.{flag}" if part and part != "discriminators" else flag
        lines.append(f"`{usage}`\n:   {_about(kind, field, ready)}")
    return "\n\n".join(lines)


def _about(kind: type, field: dataclasses.Field, ready: dict[str, Any]) -> str:
    text = escaped(" ".join(field_docs(kind).get(field.name, "").split()))
    values = {name: _shown(getattr(part, field.name)) for name, part in ready.items()}
    if not values:
        values = {"": _shown(_default(field))}
    if len(set(values.values())) == 1:
        (value,) = set(values.values())
        return f"{text} Default: {value}." if value else f"{text} Required."
    listed = ", ".join(f"{value} (`{name}`)" for name, value in values.items())
    return f"{text} Default: {listed}."


def _default(field: dataclasses.Field) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _shown(value: Any) -> str:
    if value is dataclasses.MISSING:
        return ""
    if dataclasses.is_dataclass(value):
        return f"`{type(value).__name__}`"
    if isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
        return ", ".join(f"`{type(part).__name__}`" for part in value)
    shown = repr(value)
    return f"`{shown}`" if len(shown) <= LONGEST else f"{len(value)} entries"


@functools.cache
def field_docs(kind: type) -> dict[str, str]:
    """Strings under the fields of a dataclass and of its bases."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if not base.__module__.startswith("ganspeech."):
            continue
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        assert isinstance(tree, ast.ClassDef)
        for field, text in zip(tree.body, tree.body[1:]):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                found[ast.unparse(field.target)] = str(ast.literal_eval(text.value))
    return found
