"""Request for an ablation: its rows and their scoring, read from its command line.

Rows come from `--vary FIELD=V1,V2` and `--row "NAME: --flags"`, and are flags of train.py.
"""

import dataclasses
import difflib
import itertools
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from ganspeech import experiments
from ganspeech.ablation.settings import AblationSettings
from ganspeech.config import flags, serialize
from ganspeech.config.experiment import Experiment
from ganspeech.config.flags import SEVERAL
from ganspeech.config.registry import MENUS
from ganspeech.data.cache import digest
from ganspeech.process.errors import UsageError

PROG, EXAMPLE = "ganspeech ablate", "vocoder_demo"
SWITCHES = ("--population", "--retry")
LONGEST = 100
"""Longest name of a row's folder."""
VARY, ROW = "--vary", "--row"
LONG = 32
"""Longest name of a row that tables show in full; otherwise only its values."""


@dataclasses.dataclass(frozen=True)
class RowRequest:
    """Row as requested."""

    name: str
    flags: tuple[str, ...] = ()
    """Flags of train.py for this row, in addition to those of all rows."""
    fields: tuple[str, ...] = ()
    """Dotted paths of single settings among them, which are checked before parsing."""
    label: str = ""
    """A shorter name for tables and figures."""
    experiment: str = ""
    """Name of its experiment; empty: that of all rows."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table: an experiment without its seed."""

    name: str
    flags: tuple[str, ...]
    """Flags in addition to those of all rows, after the name of its experiment, if its own."""
    experiment: Experiment
    folder: str
    """Its folder's name below that of the ablation."""
    label: str
    """A shorter name, for tables and figures."""


@dataclasses.dataclass(frozen=True)
class Ablation:
    """An ablation as requested; the first row is the base."""

    name: str
    """Name of the experiment."""
    command: tuple[str, ...]
    """Command-line arguments."""
    settings: AblationSettings
    rows: tuple[Row, ...]

    @property
    def folder(self) -> Path:
        """Folder of the ablation."""
        return Path(self.settings.run or f"runs/{self.name}-ablation")

    @property
    def page(self) -> Path:
        """Path of its page."""
        return Path(self.settings.page) if self.settings.page else self.folder / "index.html"


def read(arguments: Sequence[str]) -> Ablation:
    """Parses a command line.

    Raises UsageError, in one line that names the flag, field or row, for misuse; help is printed,
    and exits, as in train.py.
    """
    varied, named, rest = _take(arguments)
    if not rest or rest[0].startswith("-"):
        if not {"-h", "--help"} & set(rest):
            raise UsageError(f"name an experiment: {PROG} {EXAMPLE} --vary …")
        rest = [EXAMPLE, *rest]
    name, *rest = _switched(rest)
    wanted = _plans(varied, named, name)
    # With the base row's parts, since their fields are flags.
    base, _ = _with_parts(name, rest, wanted[0])
    ordinary = flags.swap_parts(base, rest)[1]
    settings = flags.parse(
        AblationSettings(base), ordinary, prog=f"{PROG} {name}", description=_description(name)
    )
    rows = tuple(_row(name, rest, plan, settings) for plan in wanted)
    folders = [row.folder for row in rows]
    for row in rows:
        if folders.count(row.folder) > 1:
            raise UsageError(f"row {row.name!r} and another would share a folder: rename one")
    return Ablation(name, tuple(arguments), settings, rows)


def _switched(arguments: Sequence[str]) -> list[str]:
    """Adds values to the runner's own switches, which other flags have."""
    found: list[str] = []
    for argument, following in zip(arguments, [*arguments[1:], ""]):
        bare = argument in SWITCHES and following not in ("True", "False")
        found += [argument, "True"] if bare else [argument]
    return found


def _with_parts(name: str, rest: Sequence[str], plan: RowRequest) -> tuple[Experiment, list[str]]:
    """Experiment of a row with its parts replaced, and the remaining flags.

    The experiment is the row's own, or that of all rows, `name`.
    """
    try:
        experiment = experiments.load(plan.experiment or name)
    except ValueError as error:
        raise UsageError(f"row {plan.name!r}: {error}" if plan.experiment else str(error)) from None
    experiment, ordinary = flags.swap_parts(experiment, rest)
    experiment, own = flags.swap_parts(experiment, plan.flags)
    return experiment, [*ordinary, *own]


def _row(name: str, rest: Sequence[str], plan: RowRequest, settings: AblationSettings) -> Row:
    experiment, arguments = _with_parts(name, rest, plan)
    _require_fields(plan, experiment)
    try:
        found = flags.parse(AblationSettings(experiment), arguments, prog=PROG, description="")
    except UsageError as error:
        raise UsageError(f"row {plan.name!r}: {error}") from None
    if dataclasses.replace(found, experiment=settings.experiment) != settings:
        raise UsageError(f"row {plan.name!r}: flags of the runner itself are the same for all rows")
    if found.experiment.seed != settings.experiment.seed:
        raise UsageError(f"row {plan.name!r}: all rows have the same seeds: use --seeds and --seed")
    own_flags = (*filter(None, [plan.experiment]), *plan.flags)
    return Row(plan.name, own_flags, found.experiment, _folder(plan.name), plan.label)


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
        "--start, or in a file that the task reads, is the member's seed.\n"
        "The first row is the base that all others are compared with. All other flags are those of "
        "train.py and go to all rows. The same command resumes a killed ablation.\n\n"
        f"Experiments: {', '.join(experiments.names())}"
    )


def _take(arguments: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Values of `--vary`, values of `--row`, and all other arguments."""
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


def _plans(varied: Sequence[str], named: Sequence[str], default: str) -> list[RowRequest]:
    """Rows, the base row first: all combinations of varied values, or the named rows.

    Without either there is one row, called `default`. Raises UsageError, naming the setting or the
    row, for empty and duplicate ones.
    """
    if varied and named:
        raise UsageError(f"{VARY} and {ROW} exclude each other: write every row with {ROW}")
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


def _require_fields(plan: RowRequest, experiment: Experiment) -> None:
    """Raises UsageError, naming the nearest, for a varied field that this experiment lacks."""
    known = list(serialize.paths_of(experiment))
    for field in plan.fields:
        if field not in known:
            near = difflib.get_close_matches(field, [*known, *MENUS], n=1, cutoff=0.0)[0]
            raise UsageError(
                f"{VARY} {_flag(field)}: row {plan.name!r} has no such field; "
                f"the nearest is {_flag(near)!r}"
            )


def _choices(varied: Sequence[str]) -> Iterator[list[tuple[str, str]]]:
    """Field and values of each `--vary`."""
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
            raise UsageError(f"{VARY} seed: use --seeds for their number, --seed for the first")
        for value in values:
            if values.count(value) > 1:
                raise UsageError(f"{VARY} {text}: the value {value!r} is given twice")
        seen.add(field)
        yield [(field, value) for value in values]


def _combined(combination: Sequence[tuple[str, str]], default: str) -> RowRequest:
    flags: list[str] = []
    for field, value in combination:
        words = value.split("+") if field == SEVERAL else shlex.split(value) or [""]
        flags += [f"--{_flag(field)}", *words]
    name = ", ".join(f"{_flag(field)}={value}" for field, value in combination) or default
    fields = tuple(field for field, _ in combination if field not in MENUS)
    label = ", ".join(value for _, value in combination) if len(name) > LONG else name
    return RowRequest(name, tuple(flags), fields, label)


def _named(text: str) -> RowRequest:
    name, colon, flags = text.partition(":")
    if not colon or not name.strip():
        raise UsageError(f'{ROW} {text}: write "NAME: --flags of train.py"')
    try:
        words = shlex.split(flags)
    except ValueError as error:
        raise UsageError(f"{ROW} {text}: {error}") from None
    experiment = words.pop(0) if words and not words[0].startswith("-") else ""
    return RowRequest(name.strip(), tuple(words), label=name.strip(), experiment=experiment)


def _flag(field: str) -> str:
    return field.replace("_", "-")
