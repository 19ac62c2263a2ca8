"""The command line of an experiment: its fields as typed flags, its parts by name.

`--generator hifigan-v2` selects another generator from `ganspeech.config.registry`, and
`--task.vocabulary words` a part of a part; all other flags are fields of the selected parts, typed
and documented by tyro.
"""

import dataclasses
import difflib
from collections.abc import Sequence
from typing import Any, TypeVar

import tyro

from ganspeech.config import serialize
from ganspeech.config.experiment import Experiment
from ganspeech.config.registry import MENUS
from ganspeech.process.errors import UsageError
from ganspeech.process.misuse import in_one_line

SEVERAL = "discriminators"
"""The one part that is a tuple: it takes several names, or `none`."""


Settings = TypeVar("Settings")


def parse(settings: Settings, arguments: Sequence[str], *, prog: str, description: str) -> Settings:
    """Parses a command line into a copy of the dataclass `settings`.

    A field annotated with `tyro.conf.arg(name="")` has flags without a prefix. Help is printed, and
    exits; raises UsageError, naming the nearest flag, for a wrong one.
    """
    with in_one_line():
        return tyro.cli(
            type(settings),
            args=arguments,
            default=settings,
            config=(tyro.conf.FlagConversionOff,),
            prog=prog,
            description=description,
        )


def swap_parts(experiment: Experiment, arguments: Sequence[str]) -> tuple[Experiment, list[str]]:
    """Replaces parts named by `--PART NAME…`; returns the experiment and the other arguments."""
    rest: list[str] = []
    chosen: dict[str, list[str]] = {}
    part = None
    for argument in arguments:
        flag, equals, value = argument.partition("=")
        if flag.startswith("--"):
            part = flag[2:] if flag[2:] in MENUS else None
            if part:
                chosen[part] = [value] if equals else []
                continue
        if part:
            chosen[part].append(argument)
        else:
            rest.append(argument)
    # Outer parts first, whatever the order of the flags.
    for part in sorted(chosen, key=lambda part: part.count(".")):
        experiment = _put(experiment, part.split("."), pick(part, chosen[part]), part)
    return experiment, rest


def _put(whole: Any, path: Sequence[str], part: Any, name: str) -> Any:
    """Replaces the part of `whole` at a path; raises UsageError if there is none."""
    field, *deeper = path
    if field not in {known.name for known in serialize.fields_of(whole)}:
        raise UsageError(f"--{name}: {type(whole).__name__} has no {field}")
    if deeper:
        part = _put(getattr(whole, field), deeper, part, name)
    return dataclasses.replace(whole, **{field: part})


def pick(part: str, names: Sequence[str]) -> Any:
    """Entry of a menu by name; for discriminators a tuple of entries."""
    menu = MENUS[part]
    if part == SEVERAL:
        wanted = [] if list(names) == ["none"] else names
        if not names:
            raise UsageError(f"--{part} needs names, or 'none' ({', '.join(menu)})")
        return tuple(_entry(part, name) for name in wanted)
    if len(names) != 1:
        raise UsageError(f"--{part} needs one name: {', '.join(menu)}")
    return _entry(part, names[0])


def _entry(part: str, name: str) -> Any:
    menu = MENUS[part]
    if name not in menu:
        near = difflib.get_close_matches(name, menu, n=1, cutoff=0.0)[0]
        raise UsageError(
            f"--{part}: nothing is called {name!r}; the nearest is {near!r} "
            f"(all: {', '.join(menu)})"
        )
    return menu[name]
