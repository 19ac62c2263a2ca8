"""Runs to compare: short distinct names, one task, and held-out sentences that all of them have."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ganspeech.config import serialize
from ganspeech.data.recordings import Recording
from ganspeech.evaluation.held_out import held_out_of, recording_of
from ganspeech.evaluation.request import Request
from ganspeech.runs.folder import Run, differences, load_run, shown


def distinct_names(folders: Sequence[Path]) -> list[str]:
    """The parts of each path that tell it from the others: `a` and `b` of `runs/a/0`, `runs/b/0`.

    Raises ValueError for a folder that is there twice.
    """
    parts = [folder.resolve().parts for folder in folders]
    for place, own in enumerate(parts):
        if own in parts[:place]:
            raise ValueError(f"{folders[place]} is there twice: name different runs")
    count = next(n for n in range(1, 1 + max(map(len, parts))) if _distinct(parts, slice(-n, None)))
    ends = [own[-count:] for own in parts]
    while count > 1 and len({end[-1] for end in ends}) == 1 and _distinct(ends, slice(0, -1)):
        ends, count = [end[:-1] for end in ends], count - 1
    return ["/".join(end) for end in ends]


def _distinct(parts: Sequence[tuple[str, ...]], part: slice) -> bool:
    return len({own[part] for own in parts}) == len(parts)


def load_runs(folders: Mapping[str, Path]) -> tuple[Run, ...]:
    """Newest checkpoints of runs by name, all trained for one task.

    Raises ValueError, naming the folder, for no run, and for one of another task.
    """
    runs: list[Run] = []
    for name, folder in folders.items():
        run = dataclasses.replace(load_run(folder), label=name)
        ours, theirs = (type(r.experiment.task).__name__ for r in (run, (*runs, run)[0]))
        if ours != theirs:
            raise ValueError(
                f"{folder} has task {ours}, and {runs[0].folder} has {theirs}: "
                "compare runs of one task"
            )
        runs.append(run)
    return tuple(runs)


def experiment_json(run: Run) -> dict:
    """A run's experiment, with every field, as parsed JSON."""
    return json.loads(serialize.dumps(run.experiment))


def _require_one_rate(runs: Sequence[Run]) -> None:
    first, *others = runs
    for run in others:
        if (rate := _rate(first)) != (own := _rate(run)):
            parts = experiment_json(first)["task"], experiment_json(run)["task"]
            fields = [field for field, _, _ in differences(*parts, field="task")]
            field = next((name for name in fields if name.endswith("sample_rate")), fields[0])
            raise ValueError(
                f"{first.folder} is at {rate} Hz and {run.folder} at {own} ({field}): compare runs "
                "at one rate"
            )


def _rate(run: Run) -> int:
    spec = run.experiment.task.audio_spec()
    assert spec is not None  # its task has recordings
    return spec.sample_rate


def among_common(runs: Sequence[Run], request: Request) -> tuple[Request, list[str]]:
    """The request for sentences that all runs hold out, and a note if some hold out more.

    Raises ValueError, naming folders and fields, for runs at different rates, for none in common,
    and for recordings of one id that differ.
    """
    _require_one_rate(runs)
    every = [
        {recording.id: recording for recording in map(recording_of, held_out_of(run, Request()))}
        for run in runs
    ]
    common = set(every[0])
    for run, theirs in zip(runs[1:], every[1:]):
        common &= set(theirs)
        if not common:
            raise ValueError(
                f"{runs[0].folder} and {run.folder} hold no sentence out in common: "
                f"{first_difference(runs[0], run, 'corpus')}"
            )
        for id in sorted(common):
            if not _same(every[0][id], theirs[id]):
                raise ValueError(
                    f"sentence {id} is another recording in {run.folder} than in "
                    f"{runs[0].folder}: {first_difference(runs[0], run, 'corpus')}"
                )
    more = len(set().union(*every)) - len(common)
    note = f"{more} more {'is' if more == 1 else 'are'} held out by some runs only, and left out."
    if request.among is not None:
        common &= request.among
    return dataclasses.replace(request, among=frozenset(common)), [note] * (more > 0)


def _same(ours: Recording, theirs: Recording) -> bool:
    if (ours.store, ours.offset) == (theirs.store, theirs.offset):
        return True
    return ours.samples == theirs.samples and np.array_equal(ours.audio(), theirs.audio())


def first_difference(ours: Run, theirs: Run, part: str) -> str:
    """The first field of a part of the experiments that differs, in words."""
    first, second = experiment_json(ours)[part], experiment_json(theirs)[part]
    for field, here, there in differences(first, second, part):
        return f"{field} is {shown(here)} in the first and {shown(there)} in the second"
    return f"{part} is given alike, but its files have changed"


def unlike_inputs(ours: Run, theirs: Run) -> ValueError:
    """The error for runs that are not given the same inputs for the same sentences."""
    here, there = experiment_json(ours), experiment_json(theirs)
    differing = [
        field
        for part in ("corpus", "task")
        for field, _, _ in differences(here[part], there[part], part)
    ]
    return ValueError(
        f"{ours.folder} and {theirs.folder} are not given the same inputs for the same sentences: "
        f"they differ in {', '.join(differing) or 'the noises on disk'}"
    )
