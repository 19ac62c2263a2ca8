"""The run folder: its experiment, its trained weights, and settings that may change on resuming."""

import contextlib
import dataclasses
import functools
import json
import sys
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Any

import jax

from ganspeech.config import serialize
from ganspeech.config.experiment import Experiment
from ganspeech.game.contract import Tree
from ganspeech.game.state import GanState, create_state
from ganspeech.process.damage import damage
from ganspeech.process.locks import locked, require_ours
from ganspeech.process.writing import write_whole
from ganspeech.runs import best as scored
from ganspeech.runs.checkpoints import CheckpointError, Checkpoints
from ganspeech.runs.metrics import METRICS
from ganspeech.runs.sources import BEST, NEWEST, split_source

MAY_CHANGE = (
    "budget.minutes",
    "budget.log_every",
    "budget.sample_every",
    "budget.save_every",
    "budget.keep",
    "budget.keep_best",
    "budget.best_sentences",
    "budget.best_recognizer",
    "budget.patience",
    "budget.updates_per_dispatch",
    "start",
    "start_discriminators",
    "task.durations",
    "task.vocoder",
    "workers",
)
"""Fields that do not affect results; a moved corpus, with durations of its symbols, is identified
by its fingerprint."""
RESUMING: dict[str, type | tuple[type, ...]] = {
    "experiment": dict,
    "recordings": str,
    "averages": dict,
    "minutes": (int, float),
    "core_minutes": (int, float),
}
"""What a checkpoint says of its run, by type."""
EXPERIMENT, LOCK = "experiment.json", ".lock"
"""Files of a run folder."""
WRITTEN = (EXPERIMENT, METRICS, scored.SCORES, "error.txt")
"""Files that training alone writes, besides checkpoints and `ratings/`."""


@dataclasses.dataclass(frozen=True)
class Run:
    """A trained generator, its discriminators and its experiment."""

    folder: Path
    experiment: Experiment
    variables: Tree
    """Generator variables: moving averages if the run keeps them."""
    discriminators: tuple[Tree, ...]
    """Variables of every discriminator at that step."""
    step: int
    label: str = ""
    """Name to show; that of its folder if empty."""
    chosen: str = ""
    """Why it is this step, in words; empty for the newest and for one that was asked for."""

    @property
    def name(self) -> str:
        """Its label, or else the name of its folder."""
        return self.label or self.folder.resolve().name

    @functools.cached_property
    def recordings(self) -> Any:
        """Data of its task, read once."""
        return self.experiment.task.recordings(self.experiment.corpus)

    @property
    def about(self) -> str:
        """Origin, in a sentence."""
        because = f", {self.chosen}" if self.chosen else ""
        return f"Step {self.step} of the run {self.name}{because}."


def load_run(source: str | Path, step: int | None = None) -> Run:
    """Loads a checkpoint of a run: its best if it keeps one, or else the newest usable one.

    The best instead of a newer one is told on standard error. `step`, or a source `RUN@best`,
    `RUN@newest` or `RUN@STEP`, is another. Raises ValueError, naming the folder or file, for a
    missing or damaged run, for one without that checkpoint, and for classes or fields that this
    version of ganspeech does not have.
    """
    folder, which = split_source(source)
    checkpoints = Checkpoints(folder / "checkpoints")
    if not kept_steps(folder):
        raise CheckpointError(
            f"{folder} is not a run with checkpoints (no {folder}/checkpoints/STEP)"
        )
    experiment = serialize.loads(read_experiment(folder), str(folder / EXPERIMENT))
    if not isinstance(experiment, Experiment):
        raise ValueError(f"{folder}/{EXPERIMENT} holds no experiment")
    with damage(CheckpointError, f"{folder}/{EXPERIMENT} is of networks that cannot be built"):
        shapes, spec = abstract_state(experiment), spec_digest(experiment)
    chosen = ""
    if step is None and which.isdecimal():
        step = int(which)
    elif step is None and which != NEWEST:
        step, chosen = _best(folder, required=which == BEST)
    if step is not None:
        checkpoints = checkpoints_with(folder, step)
    state, about = checkpoints.restore(shapes, step)
    if about.get("audio_spec") != spec:
        raise CheckpointError(
            f"{folder}: the checkpoint of step {about['step']} was made with another audio spec "
            "than experiment.json says"
        )
    run = Run(
        folder,
        experiment,
        state.averaged,
        state.discriminator.variables,
        about["step"],
        chosen=chosen,
    )
    if chosen and not which and run.step != kept_steps(folder)[-1]:
        print(f"{folder}: step {run.step}, {chosen}; {folder}@{NEWEST} is newer", file=sys.stderr)
    return run


def kept_steps(folder: Path) -> list[int]:
    """Steps of all checkpoints of a run, the best one too, oldest first."""
    newest, best = Checkpoints(folder / "checkpoints"), Checkpoints(folder / scored.FOLDER)
    return sorted({*newest.steps(), *best.steps()})


def checkpoints_with(folder: Path, step: int) -> Checkpoints:
    """The checkpoints of a run among which one of that step is, if any."""
    newest, best = Checkpoints(folder / "checkpoints"), Checkpoints(folder / scored.FOLDER)
    return best if step in best.steps() and step not in newest.steps() else newest


def _best(folder: Path, *, required: bool) -> tuple[int | None, str]:
    """Step of a run's best checkpoint, and in words why it is the best; None without one."""
    scores = scored.read_scores(folder)
    best = scores.best if scores else None
    if scores and best is not None:
        of = f"{scores.criterion.metric} ({scores.shown(best)}) of {len(scores.values)} scored"
        if best in kept_steps(folder):
            return best, f"the best by {of}"
        gone = f"{folder}: step {best}, the best by {of}, is no longer there"
        if required:
            raise CheckpointError(gone)
        print(f"{gone}; the newest is used", file=sys.stderr)
    elif required:
        raise CheckpointError(f"{folder} keeps no best checkpoint: none was scored while training")
    return None, ""


def require_resumable(folder: Path, about: dict[str, Any]) -> None:
    """Raises CheckpointError, naming the field, unless a checkpoint says what resuming needs."""
    damaged = f"{folder}: about.json of the checkpoint of step {about['step']} is damaged"
    for field, kind in RESUMING.items():
        if not isinstance(about.get(field), kind):
            raise CheckpointError(f"{damaged}: it has no {field}")
    for name, sums in about["averages"].items():
        kinds = [type(number) in (int, float) for number in sums] if type(sums) is list else []
        if kinds != [True, True]:
            raise CheckpointError(f"{damaged}: the average {name!r} is no sum and count")


def abstract_state(experiment: Experiment) -> GanState:
    """Shapes and types of a run's state, without computing it."""
    key = jax.random.PRNGKey(0)
    return jax.eval_shape(lambda key: create_state(experiment, key, experiment.budget.steps), key)


def spec_digest(experiment: Experiment) -> str | None:
    """Digest of the audio spec of an experiment's task, None for a task without."""
    spec = experiment.task.audio_spec()
    return spec.digest() if spec else None


def read_experiment(folder: Path) -> str:
    """Experiment of a run's last start, as JSON."""
    try:
        return (folder / EXPERIMENT).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{folder} is not a run: {error}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{folder}/{EXPERIMENT} is damaged: {error}") from None


def write_experiment(folder: Path, experiment: Experiment) -> None:
    """Writes the experiment to a run folder, whole or not at all."""
    write_whole(folder / EXPERIMENT, (serialize.dumps(experiment) + "\n").encode())


@contextlib.contextmanager
def in_use(folders: Sequence[Path]) -> Iterator[None]:
    """Holds run folders for the training of this process; creates them.

    Raises LockedError, naming the folder and the other process, while another trains in one.
    """
    with contextlib.ExitStack() as stack:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(folder / LOCK, str(folder)))
            _sweep(folder)
        yield


def _sweep(folder: Path) -> None:
    """Removes what a killed process left half written; others may be writing pages and audio."""
    for left in (*folder.glob(".*.partial"), *folder.glob("ratings/.*.partial")):
        if left.parent != folder or left.name.startswith(tuple(f".{name}." for name in WRITTEN)):
            left.unlink()


def was_removed(folder: Path) -> bool:
    """Returns whether a folder in use was removed.

    Raises LockedError, naming the folder and the other process, if another has made it anew.
    """
    require_ours(folder / LOCK, str(folder))
    return not (folder / EXPERIMENT).exists()


def require_same_course(folder: Path, saved: str, experiment: Experiment) -> None:
    """Raises ValueError, naming the fields, for changes that would affect the results of a run.

    `saved` is the JSON of the experiment in the run's checkpoint.
    """
    allowed = set(MAY_CHANGE)
    optimizers = (experiment.generator_optimizer, experiment.discriminator_optimizer)
    if all(optimizer.schedule == "constant" for optimizer in optimizers):
        allowed.add("budget.steps")
    if experiment.task.mixed():  # batches of one dispatch share a shape
        allowed.discard("budget.updates_per_dispatch")
    require_same_settings(folder, saved, experiment, allowed)


def require_same_settings(
    folder: Path, saved: str, experiment: Experiment, allowed: Container[str]
) -> None:
    """Raises ValueError, naming fields that differ from the saved JSON and are not `allowed`.

    Fields that came with later versions have their defaults in it.
    """
    with contextlib.suppress(ValueError):  # of fields that there are no longer, which are named
        saved = serialize.dumps(serialize.loads(saved))
    changes = [
        f"{field} was {shown(there)} and is {shown(here)}"
        for field, there, here in differences(
            serialize.modernize(json.loads(saved)), json.loads(serialize.dumps(experiment))
        )
        if field not in allowed and not _is_root(field)
    ]
    if changes:
        raise ValueError(
            f"{folder} was started with other settings: {'; '.join(changes)}. "
            "Give those again to resume it, or name another folder with --run"
        )


def _is_root(field: str) -> bool:
    return field.startswith("corpus.") and field.endswith(".root")


_MISSING = object()


def differences(there: Any, here: Any, field: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Fields in which two experiments (as parsed JSON) differ, with both values."""
    if isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        there, here = dict(enumerate(there)), dict(enumerate(here))
    same_class = isinstance(there, dict) and isinstance(here, dict)
    if same_class and there.get("class") == here.get("class"):
        for key in [*there, *(key for key in here if key not in there)]:
            inner = f"{field}.{key}" if field else str(key)
            yield from differences(there.get(key, _MISSING), here.get(key, _MISSING), inner)
    elif there != here:
        yield field, there, here


def shown(value: Any) -> str:
    """A setting, as parsed JSON, in a word: a part is its class."""
    if value is _MISSING:
        return "unknown"
    if isinstance(value, dict) and "class" in value:
        return value["class"].rpartition(".")[2]
    if isinstance(value, list):
        return f"({', '.join(shown(item) for item in value)})"
    return repr(value)
