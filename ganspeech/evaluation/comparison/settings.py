"""Settings in which runs differ, and the facts of each run."""

import dataclasses
from collections.abc import Mapping, Sequence
from html import escape
from math import nan
from typing import Any

import jax

from ganspeech.evaluation.comparison.runs import experiment_json
from ganspeech.evaluation.quality.table import columns, show, show_count
from ganspeech.runs.folder import Run, checkpoints_with, differences, shown

FOLDER = "folder"
"""The fact of where a run is."""
ABSENT = object()
"""Stands for a field that a part of another class does not have."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """What runs are, and in what they differ; every row has a value for each run."""

    names: tuple[str, ...]
    facts: Mapping[str, tuple[str, ...]]
    """Facts in words, by name."""
    fields: Mapping[str, tuple[Any, ...]]
    """Fields of the experiment that differ, as parsed JSON, or `ABSENT`."""


def settings_of(runs: Sequence[Run]) -> Settings:
    """The facts of runs, and the fields in which any differs from the first.

    Checkpoints of early versions do not tell all facts.
    """
    experiments = [experiment_json(run) for run in runs]
    fields = dict.fromkeys(
        field
        for experiment in experiments[1:]
        for field, _, _ in differences(experiments[0], experiment)
    )
    abouts = [checkpoints_with(run.folder, run.step).about(run.step) for run in runs]
    generators = [_size(run.variables["params"]) for run in runs]
    judges = [_size([own["params"] for own in run.discriminators]) for run in runs]
    facts = {
        FOLDER: [str(run.folder) for run in runs],
        "step": [str(run.step) for run in runs],
        "generator's parameters": list(map(show_count, generators)),
        "discriminators' parameters": list(map(show_count, judges)),
        "minutes": [show(about.get("minutes", nan), 1) for about in abouts],
        "core minutes": [show(about.get("core_minutes", nan), 1) for about in abouts],
        "ganspeech": [about.get("versions", {}).get("ganspeech", "-") for about in abouts],
        "jax": [about.get("versions", {}).get("jax", "-") for about in abouts],
    }
    return Settings(
        tuple(run.name for run in runs),
        {name: tuple(values) for name, values in facts.items()},
        {field: tuple(_at(experiment, field) for experiment in experiments) for field in fields},
    )


def as_text(settings: Settings) -> str:
    """The folders, and two tables: the other facts, and the fields that differ."""
    head = ["", *settings.names]
    # Paths are long, and would part a table.
    folders = [f"{name}: {path}" for name, path in zip(settings.names, settings.facts[FOLDER])]
    facts = [[name, *values] for name, values in settings.facts.items() if name != FOLDER]
    fields = [[field, *map(_word, values)] for field, values in settings.fields.items()]
    differ = columns([head, *fields]) if fields else "None."
    parts = ["\n".join(folders), columns([head, *facts]), "Settings that differ:", differ]
    return "\n\n".join(parts)


def as_json(settings: Settings) -> dict[str, Any]:
    """Facts in words, and fields with their values, by run; null for what a run does not have."""
    return {
        "runs": {
            name: {fact: values[place] for fact, values in settings.facts.items()}
            for place, name in enumerate(settings.names)
        },
        "settings": {
            field: {
                name: None if value is ABSENT else value
                for name, value in zip(settings.names, values)
            }
            for field, values in settings.fields.items()
        },
    }


def as_html(settings: Settings, colors: Mapping[str, str]) -> str:
    """One table: the fields that differ, then the facts."""
    head = "".join(
        f'<th scope="col" style="--color:var({colors[name]})"><i></i>{escape(name)}</th>'
        for name in settings.names
    )
    rows = [
        _row(f"<code>{escape(field)}</code>", map(_cell, values))
        for field, values in settings.fields.items()
    ]
    if not rows:
        rows.append(_row("No setting differs", [""] * len(settings.names)))
    rows += [_row(escape(name), map(escape, values)) for name, values in settings.facts.items()]
    return (
        f'<div class="wide settings"><table><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(name: str, cells: Any) -> str:
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _cell(value: Any) -> str:
    """A value, and of a part also its fields."""
    parts = [one for one in (value if isinstance(value, list) else [value]) if _is_part(one)]
    told = "; ".join(
        ", ".join(f"{name} {shown(own)}" for name, own in part.items() if name != "class")
        for part in parts
    )
    return escape(_word(value)) + (f"<small>{escape(told)}</small>" if told else "")


def _word(value: Any) -> str:
    if value is ABSENT:
        return "-"
    return "none" if value in ([], "") else shown(value)


def _is_part(value: Any) -> bool:
    return isinstance(value, dict) and "class" in value


def _at(experiment: Any, field: str) -> Any:
    for key in field.split("."):
        if isinstance(experiment, list):
            experiment = experiment[int(key)] if int(key) < len(experiment) else ABSENT
        elif isinstance(experiment, dict):
            experiment = experiment.get(key, ABSENT)
        else:
            return ABSENT
    return experiment


def _size(tree: Any) -> int:
    return sum(leaf.size for leaf in jax.tree.leaves(tree))
