"""Experiments: recipes, one file each. A docstring gives paper, data, command, time and score."""

import ast
import difflib
import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganspeech.config.experiment import Experiment


def names() -> list[str]:
    """Names of all experiments."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> "Experiment":
    """Experiment of a name; raises ValueError, naming the nearest, for an unknown one."""
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=1, cutoff=0.0)
        raise ValueError(
            f"no experiment is called {name!r}; the nearest is {near[0]!r} "
            f"(all: {', '.join(names())})"
        )
    return importlib.import_module(f"ganspeech.experiments.{name}").experiment


def describe(name: str) -> str:
    """First line of an experiment's docstring, read without importing what it names."""
    source = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").splitlines()[0]
