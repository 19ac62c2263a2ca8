"""Pages of the commands: what the program itself prints for `--help`, laid out for a page."""

import contextlib
import html
import io
import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from unittest import mock

from ganspeech.commands import cli

WIDTH = "100"
"""Columns of the help that is read: tyro sets boxes side by side where there is room for two."""
KINDS = {"eval": ("quality", "recognition", "conversion")}
"""Words after a command that have flags of their own."""


class Flag(NamedTuple):
    """A flag or a positional argument as help has it."""

    usage: str
    text: str


class Box(NamedTuple):
    """A group of flags."""

    title: str
    about: str
    flags: list[Flag]


def pages() -> dict[str, str]:
    """Markdown of a page for each command, and of their list."""
    listed = "\n".join(
        f"[`ganspeech {name}`]({name}.md)\n:   {entry.summary}\n"
        for name, entry in cli.COMMANDS.items()
    )
    made = {
        "commands/index.md": "# Commands\n\nEvery command and every flag, as `--help` has them. "
        "`python train.py` and `python eval.py` are `ganspeech train` and `ganspeech eval`, "
        f"without an installation.\n\n{listed}\n`ganspeech --version`\n:   The version.\n"
    }
    for name in cli.COMMANDS:
        parts = [f"# ganspeech {name}", laid_out(help_of([name]), 2)]
        for word in KINDS.get(name, ()):
            parts += [f"## {name} {word}", laid_out(help_of([name, word]), 3)]
        made[f"commands/{name}.md"] = "\n\n".join(parts)
    return made


def help_of(arguments: Sequence[str]) -> str:
    """What the program prints for `--help` after these words."""
    # With an encoding, as a terminal has one: without it tyro draws its boxes in ASCII.
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with (
        mock.patch.dict(os.environ, COLUMNS=WIDTH),
        contextlib.redirect_stdout(printed),
        contextlib.suppress(SystemExit),
    ):
        cli.main([*arguments, "--help"])
    printed.seek(0)
    return printed.read()


def laid_out(text: str, level: int, boxes_alone: bool = False) -> str:
    """Markdown of a help text: usage, description, and a list of each box's flags.

    With the boxes alone, their headings are left out of the site's search.
    """
    head, _, _ = text.partition("\n╭")
    usage, _, description = head.strip().partition("\n\n")
    parts = [] if boxes_alone else [f"```text\n{usage}\n```", _described(description)]
    mark = " { data-search-exclude }" if boxes_alone else ""
    for box in boxes(text):
        if box.title == "subcommands":
            continue
        parts += [f"{'#' * level} {box.title.capitalize()}{mark}", escaped(box.about)]
        parts += [f"`{flag.usage}`\n:   {_with_default(flag.text)}" for flag in box.flags]
    return "\n\n".join(part for part in parts if part)


def boxes(text: str) -> Iterator[Box]:
    """Groups of flags in a help text."""
    for found in re.finditer(r"^╭─ (.*?) ─*╮\n(.*?)^╰", text, re.MULTILINE | re.DOTALL):
        lines = [line[2:-2].rstrip() for line in found[2].splitlines()]
        about: list[str] = []
        rule = next((at for at, line in enumerate(lines) if re.fullmatch("─+", line)), -1)
        about, lines = lines[: max(rule, 0)], lines[rule + 1 :]
        yield Box(found[1], " ".join(about), list(_flags(lines)))


def _flags(lines: Sequence[str]) -> Iterator[Flag]:
    usage, words = "", []
    for line in lines:
        if line.startswith(" ") or not line:
            words.append(line.strip())
            continue
        if usage and not words and not line.startswith("-"):  # a usage longer than the line
            usage += line
            continue
        if usage:
            yield Flag(usage, " ".join(words))
        usage, _, text = line.partition("  ")
        words = [text.strip()] if text else []
    if usage:
        yield Flag(usage, " ".join(words))


def _described(text: str) -> str:
    """The description: paragraphs, an example as code, indented lines and menus as lists."""
    parts = []
    for paragraph in text.split("\n\n"):
        if re.match(r"examples?:", paragraph, re.IGNORECASE):
            shown = paragraph.partition(":")[2]
            parts.append("```console\n" + re.sub(r"(?m)^ +", "", shown).strip() + "\n```")
            continue
        for line in re.sub(r"[:;] (?=--\S+ \S+\|)", "\n", paragraph).splitlines():
            name, colon, about = line.strip().partition(": ")
            if line.startswith("  ") and colon:
                parts.append(f"- `{name}`: {escaped(about)}")
            else:
                parts.append(f"- `{line}`" if re.match(r"--\S+ \S+\|", line) else escaped(line))
    return "\n\n".join(parts)


def _with_default(text: str) -> str:
    found = re.fullmatch(r"(.*?) ?\(default: ?(.*)\)", text)
    if not found:
        return escaped(text)
    return f"{escaped(found[1])} Default: {f'`{found[2]}`' if found[2] else 'none'}."


def escaped(text: str) -> str:
    """Text in which Markdown and HTML mean nothing, but for code in backticks."""

    def piece(found: re.Match) -> str:
        return found[1] or re.sub(r"([*_\[\]])", r"\\\1", html.escape(found[2], False))

    return re.sub(r"(`[^`]+`)|([^`]+|`)", piece, text)
