"""Experiments from their docstrings: the table in docs/experiments.md, and a page for each.

Times and scores are those of docs/scores/EXPERIMENT.json where there is one. `make experiments`
writes the table; a test holds that it is current.
"""

import ast
import re
from typing import NamedTuple

from ganspeech import experiments
from website import scores
from website.commands import help_of, laid_out
from website.links import ROOT

LABELS = "Paper", "Data", "Command", "Time", "Score", "Departures"
"""Words before a colon, at the start of a line of a docstring, that say what follows."""
TABLE = ROOT / "docs" / "experiments.md"
BEGIN, END = "<!-- table: written by make experiments -->", "<!-- end of table -->"


class Recipe(NamedTuple):
    """An experiment's docstring."""

    name: str
    summary: str
    text: str
    """What has no label."""
    labeled: dict[str, str]
    """Text after each label, as one line."""


def recipe(name: str) -> Recipe:
    """Docstring of an experiment, taken apart."""
    source = (ROOT / "ganspeech" / "experiments" / f"{name}.py").read_text(encoding="utf-8")
    summary, _, rest = (ast.get_docstring(ast.parse(source)) or "").partition("\n\n")
    found: dict[str, list[str]] = {}
    free, label = [], ""
    for line in rest.splitlines():
        start = re.match(rf"({'|'.join(LABELS)}): (.*)", line)
        if start:
            label = start[1]
            found[label] = [start[2]]
        elif label and line:
            found[label].append(line)
        else:
            label = ""
            free.append(line)
    texts = {label: " ".join(lines) for label, lines in found.items()}
    labeled = {label: text[:1].upper() + text[1:] for label, text in texts.items()}
    if content := scores.read(name):
        labeled |= {"Time": scores.time(content), "Score": scores.score(content)}
    return Recipe(name, summary, "\n".join(free).strip(), labeled)


def table() -> str:
    """Markdown of all experiments, one a line."""
    rows = ["| experiment | command, data | time, score |", "|---|---|---|"]
    for name in experiments.names():
        found = recipe(name)
        papers = cited(found.labeled["Paper"])
        cells = (
            (f"[`{name}`](../ganspeech/experiments/{name}.py)", found.summary, papers),
            (found.labeled["Command"], found.labeled["Data"]),
            (found.labeled.get("Time", ""), found.labeled["Score"]),
        )
        rows.append(f"| {' | '.join('<br>'.join(filter(None, cell)) for cell in cells)} |")
    return "\n".join(rows)


def cited(text: str) -> str:
    """Papers in the text after a label, as links where an address follows."""
    name, title = r"([A-Z][a-z]+(?: et al\.| and [A-Z][a-z]+)? \d{4})", r'(?:, "[^"]*")?'
    papers = re.findall(rf"{name}{title}(?:, (https://\S+?)[.,;]?(?= |$))?", text)
    return ", ".join(f"[{name}]({link})" if link else name for name, link in papers)


def with_table(document: str) -> str:
    """The document with the table as it should be."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def pages() -> dict[str, str]:
    """Markdown of a page for each experiment."""
    return {f"experiments/{name}.md": _page(recipe(name)) for name in experiments.names()}


def _page(found: Recipe) -> str:
    facts = [f"{label}\n:   {linked(text)}" for label, text in found.labeled.items()]
    flags = laid_out(help_of(["train", found.name]), 3, boxes_alone=True)
    return "\n\n".join(
        [
            f"# {found.name}",
            found.summary,
            found.text,
            *facts,
            "## Settings { data-search-exclude }",
            f"Every flag of `python train.py {found.name}`, with its value here.",
            flags,
        ]
    )


def linked(text: str) -> str:
    """Text in which addresses and names of cards are links, as on a page below experiments/."""
    text = re.sub(r"(https://\S+?)(?=[.,;]?(?: |$))", r"<\1>", text)
    return re.sub(r"`ganspeech/shipped/(\S+)\.md`", r"[\1](../models/\1.md)", text)


if __name__ == "__main__":
    TABLE.write_text(with_table(TABLE.read_text(encoding="utf-8")), encoding="utf-8")
