"""Which rows an ablation has: `--vary FIELD=V1,V2` and `--row "NAME: --flags"`, as flags."""

import dataclasses
import difflib
import itertools
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from ganspeech.config import serialize
from ganspeech.config.experiment import Experiment
from ganspeech.config.flags import SEVERAL
from ganspeech.config.registry import MENUS
from ganspeech.process.errors import UsageError

VARY, ROW = "--vary", "--row"
LONG = 32
"""Characters of a row's name beyond which tables say its values alone."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """A row as it was asked for."""

    name: str
    flags: tuple[str, ...] = ()
    """Flags of train.py that this row adds to those of all rows."""
    fields: tuple[str, ...] = ()
    """Dotted paths of single settings among them, which are looked up before anything is read."""
    label: str = ""
    """A shorter name for tables and figures."""
    experiment: str = ""
    """The experiment that the flags are of; empty: that of all rows."""


def take(arguments: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """The values of `--vary`, those of `--row`, and all other arguments."""
    found: dict[str, list[str]] = {VARY: [], ROW: []}
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        flag, equals, value = argument.partition("=")
        if flag not in found:
            rest.append(argument)
            continue
        given = value if equals else next(waiting, "")
        if not given or given.startswith("--"):
            example = "rules.r1=0,1" if flag == VARY else '"NAME: --rules.r1 1"'
            raise UsageError(f"{flag} needs a value, such as {flag} {example}")
        found[flag].append(given)
    return found[VARY], found[ROW], rest


def plans(varied: Sequence[str], named: Sequence[str], default: str) -> list[Plan]:
    """The rows, the base row first: all combinations of what varies, or the named rows.

    Without either there is one row, called `default`. Raises UsageError, naming the setting or the
    row, for what says nothing or says it twice.
    """
    if varied and named:
        raise UsageError(f"{VARY} and {ROW} exclude each other: say every row with {ROW}")
    if named:
        rows = [_named(text) for text in named]
    else:
        choices = list(_choices(varied))
        rows = [_combined(combination, default) for combination in itertools.product(*choices)]
    names = [row.name for row in rows]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two rows are called {name!r}")
    return rows


def require_fields(plan: Plan, experiment: Experiment) -> None:
    """Raises UsageError for a varied field that this experiment does not have, and the nearest."""
    known = list(_paths(experiment))
    for field in plan.fields:
        if field not in known:
            near = difflib.get_close_matches(field, [*known, *MENUS], n=1, cutoff=0.0)[0]
            raise UsageError(
                f"{VARY} {_flag(field)}: row {plan.name!r} has no such field; "
                f"the nearest is {_flag(near)!r}"
            )


def _choices(varied: Sequence[str]) -> Iterator[list[tuple[str, str]]]:
    """For each `--vary`, its field with each of its values."""
    seen: set[str] = set()
    for text in varied:
        field, equals, listed = text.partition("=")
        field = field.strip().replace("-", "_")
        values = [value.strip() for value in listed.split(",")]
        if not equals or not field or values == [""]:
            raise UsageError(f"{VARY} {text}: write FIELD=V1,V2")
        if field in seen:
            raise UsageError(f"{VARY} {_flag(field)} is given twice; list all its values in one")
        if field == "seed":
            raise UsageError(f"{VARY} seed: --seeds says how many, --seed where they begin")
        for value in values:
            if values.count(value) > 1:
                raise UsageError(f"{VARY} {text}: the value {value!r} is given twice")
        seen.add(field)
        yield [(field, value) for value in values]


def _combined(combination: Sequence[tuple[str, str]], default: str) -> Plan:
    flags: list[str] = []
    for field, value in combination:
        words = value.split("+") if field == SEVERAL else shlex.split(value) or [""]
        flags += [f"--{_flag(field)}", *words]
    name = ", ".join(f"{_flag(field)}={value}" for field, value in combination) or default
    fields = tuple(field for field, _ in combination if field not in MENUS)
    label = ", ".join(value for _, value in combination) if len(name) > LONG else name
    return Plan(name, tuple(flags), fields, label)


def _named(text: str) -> Plan:
    name, colon, flags = text.partition(":")
    if not colon or not name.strip():
        raise UsageError(f'{ROW} {text}: write "NAME: --flags of train.py"')
    try:
        words = shlex.split(flags)
    except ValueError as error:
        raise UsageError(f"{ROW} {text}: {error}") from None
    experiment = words.pop(0) if words and not words[0].startswith("-") else ""
    return Plan(name.strip(), tuple(words), label=name.strip(), experiment=experiment)


def _flag(field: str) -> str:
    return field.replace("_", "-")


def _paths(part: Any, before: str = "") -> Iterator[str]:
    """Dotted paths of all single settings below a part, by their Python names."""
    if isinstance(part, tuple) and part and dataclasses.is_dataclass(part[0]):
        children = [(str(index), child) for index, child in enumerate(part)]
    elif dataclasses.is_dataclass(part):
        children = [(field.name, getattr(part, field.name)) for field in serialize.fields_of(part)]
    else:
        yield before
        return
    for name, child in children:
        yield from _paths(child, f"{before}.{name}" if before else name)
