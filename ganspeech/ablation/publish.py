"""What a reader of an ablation gets: a page, a table to compute with, and a table to look at."""

from collections.abc import Sequence

from ganspeech.ablation import results, table
from ganspeech.ablation.check import Facts
from ganspeech.ablation.compare import compare
from ganspeech.ablation.page import render
from ganspeech.ablation.record import Member
from ganspeech.ablation.settings import Asked


def write_all(asked: Asked, facts: dict[str, Facts], members: Sequence[Member]) -> str:
    """Writes table.json, table.csv and the page; returns the table as text."""
    comparison = compare(members, facts)
    results.write_json(asked.folder / "table.json", table.as_json(comparison))
    results.write_text(asked.folder / "table.csv", table.as_csv(comparison))
    results.write_text(asked.page, render(asked, comparison, members))
    return table.as_text(comparison)
