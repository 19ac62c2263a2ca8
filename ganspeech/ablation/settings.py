"""What is asked of an ablation, read from its command line."""

import contextlib
import dataclasses
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import tyro

from ganspeech import experiments
from ganspeech.ablation import grid
from ganspeech.config import flags
from ganspeech.config.experiment import Experiment
from ganspeech.data.cache import digest
from ganspeech.process.errors import UsageError

PROG = "python -m ganspeech ablate"
SWITCHES = ("--population", "--retry")
LONGEST = 100
"""Of a row's folder name."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """An experiment, and how its rows are trained and scored."""

    experiment: Annotated[Experiment, tyro.conf.arg(name="")]
    seeds: int = 1
    """Members of each row: the experiment's seed and those after it."""
    run: str = ""
    """Folder of the ablation, resumed if there is one; empty: runs/EXPERIMENT-ablation."""
    page: str = ""
    """Where the page goes; empty: index.html in the folder."""
    population: bool = False
    """Train the members of a row in one program."""
    retry: bool = False
    """Try members again that failed before."""
    sentences: int | None = None
    """Score only the first held-out sentences, where a task has sentences."""
    samples: int | None = None
    """Score this many generated examples, where a task generates from noise."""

    def __post_init__(self):
        for name in ("seeds", "sentences", "samples"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"--{name} must be at least 1, not {value}")


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table: an experiment but for its seed."""

    name: str
    flags: tuple[str, ...]
    """What it says beside the flags of all rows; before them its experiment, if its own."""
    experiment: Experiment
    folder: str
    """Its folder's name below that of the ablation."""
    label: str
    """A shorter name, for tables and figures."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """A whole ablation as it was asked for; the first row is the base."""

    name: str
    """Of the experiment."""
    command: tuple[str, ...]
    """The arguments, as they were given."""
    settings: Settings
    rows: tuple[Row, ...]

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return Path(self.settings.run or f"runs/{self.name}-ablation")

    @property
    def page(self) -> Path:
        """Where its page goes."""
        return Path(self.settings.page) if self.settings.page else self.folder / "index.html"


def read(arguments: Sequence[str]) -> Asked:
    """The ablation that a command line asks for.

    Raises UsageError, in one line that names the field, name or row, for rows that cannot be said;
    help and misuse of ordinary flags print and exit as in train.py.
    """
    varied, named, rest = grid.take(arguments)
    if not rest or rest[0].startswith("-"):
        if not {"-h", "--help"} & set(rest):
            raise UsageError(f"name an experiment: {PROG} {experiments.names()[0]} --vary …")
        rest = [experiments.names()[0], *rest]
    name, *rest = _switched(rest)
    plans = grid.plans(varied, named, name)
    # With the base row's parts, or flags of their fields would not be known.
    base, _ = _with_parts(name, rest, plans[0])
    ordinary = flags.swap_parts(base, rest)[1]
    settings = flags.parse(
        Settings(base), ordinary, prog=f"{PROG} {name}", description=_description(name)
    )
    rows = tuple(_row(name, rest, plan, settings) for plan in plans)
    folders = [row.folder for row in rows]
    for row in rows:
        if folders.count(row.folder) > 1:
            raise UsageError(f"row {row.name!r} and another would share a folder: rename one")
    return Asked(name, tuple(arguments), settings, rows)


def _switched(arguments: Sequence[str]) -> list[str]:
    """With a value after the runner's own switches, as the flags of experiments have one."""
    found: list[str] = []
    for argument, following in zip(arguments, [*arguments[1:], ""]):
        bare = argument in SWITCHES and following not in ("True", "False")
        found += [argument, "True"] if bare else [argument]
    return found


def _with_parts(name: str, rest: Sequence[str], plan: grid.Plan) -> tuple[Experiment, list[str]]:
    """The row's experiment with its parts in place, and the flags that are left to read.

    That is the experiment of all rows, called `name`, or the row's own.
    """
    try:
        experiment = experiments.load(plan.experiment or name)
    except ValueError as error:
        raise UsageError(f"row {plan.name!r}: {error}" if plan.experiment else str(error)) from None
    experiment, ordinary = flags.swap_parts(experiment, rest)
    experiment, own = flags.swap_parts(experiment, plan.flags)
    return experiment, [*ordinary, *own]


def _row(name: str, rest: Sequence[str], plan: grid.Plan, settings: Settings) -> Row:
    experiment, arguments = _with_parts(name, rest, plan)
    grid.require_fields(plan, experiment)
    told = io.StringIO()
    try:
        with contextlib.redirect_stderr(told):
            found = flags.parse(Settings(experiment), arguments, prog=PROG, description="")
    except SystemExit:
        raise UsageError(f"row {plan.name!r}: {_first_words(told.getvalue())}") from None
    if dataclasses.replace(found, experiment=settings.experiment) != settings:
        raise UsageError(f"row {plan.name!r}: flags of the runner itself are the same for all rows")
    if found.experiment.seed != settings.experiment.seed:
        raise UsageError(f"row {plan.name!r}: all rows have the same seeds: use --seeds and --seed")
    said = (*filter(None, [plan.experiment]), *plan.flags)
    return Row(plan.name, said, found.experiment, _folder(plan.name), plan.label)


def _first_words(box: str) -> str:
    """What tyro says in its box, as one line: what is wrong and, of the help below, the nearest."""
    # Lines of the box itself become empty ones; its first line is a title.
    lines = [re.sub(r"^[-─]+$", "", line.strip("│╭╮╰╯ ")) for line in box.splitlines()][1:]
    lines = lines[next((i for i, line in enumerate(lines) if line), 0) :]
    wrong = lines[: lines.index("")] if "" in lines else lines
    for near in re.findall(r"^--\S+", "\n".join(lines[len(wrong) :]), re.MULTILINE)[:1]:
        if near not in " ".join(wrong):
            wrong.append(f"(the nearest is {near})")
    return " ".join(wrong)


def _folder(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._=+,-]+", "_", name.replace(", ", ",")).lstrip(".") or "row"
    if len(plain) <= LONGEST:
        return plain
    return f"{plain[:LONGEST]}-{digest(name)[:8]}"


def _description(name: str) -> str:
    return (
        f"Trains and compares variants of an experiment, here {name}: "
        f"{experiments.describe(name)}\n\n"
        f"Example: {PROG} {name} --vary objective=hinge,least-squares --vary rules.r1=0,1 "
        "--seeds 3\n\n"
        "--vary FIELD=V1,V2 (several times) makes a row of every combination. FIELD is any flag of "
        "train.py without its dashes, or a whole part by name; names of several discriminators "
        "are joined with '+', several values of one flag with spaces.\n"
        '--row "NAME: --flags" (several times) names each row instead, with any flags of '
        'train.py; "NAME: EXPERIMENT --flags" is a row of another experiment, and {seed} in '
        "--start is the member's seed.\n"
        "The first row is the base that all others are compared with. All other flags are those of "
        "train.py and go to all rows. A killed ablation goes on with the same command.\n\n"
        f"Experiments: {', '.join(experiments.names())}"
    )
