"""Work of one process: training a member, or a row's members in one program, and scoring."""

import dataclasses
import json
import os
import signal
import sys
import threading
import traceback
from pathlib import Path

from ganspeech.ablation import members as results
from ganspeech.ablation.members import TrainingRecord
from ganspeech.config import serialize
from ganspeech.config.experiment import Experiment
from ganspeech.evaluation.judging.training import train
from ganspeech.evaluation.request import Request
from ganspeech.evaluation.scorers import outcome_of
from ganspeech.process import provenance
from ganspeech.runs import folder as runs
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.training.collapse import Collapsed, collapses_of
from ganspeech.training.population import PopulationError, train_population

JOB = "--job"
"""Flag of `ganspeech ablate` before the job of a process that the runner starts."""


@dataclasses.dataclass(frozen=True)
class Job:
    """Job of one process."""

    folders: tuple[str, ...]
    """Folders of the members, each with its experiment.json."""
    population: bool
    collapsed: Collapsed
    sentences: int | None
    samples: int | None
    baseline: bool
    """Whether the first member is compared with Griffin-Lim."""
    recognizer: str | None = None
    vocoder: str | None = None

    def dumps(self) -> str:
        """The job as one argument of a command line."""
        return json.dumps(dataclasses.asdict(self))


def main(text: str) -> int:
    """Runs a job; returns the exit status, 0 if every member has its result.

    Failures of any kind become the members' results, and thus part of the table; a job stopped by a
    signal can be resumed.
    """
    job = Job(**json.loads(text))
    folders = [Path(folder) for folder in job.folders]
    # An exception closes open files; the training loop handles signals itself.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    threading.Thread(target=_end_with_the_runner, daemon=True).start()
    if status := _trained(folders, job):
        return status
    return max(_scored(folder, job, index == 0) for index, folder in enumerate(folders))


def _trained(folders: list[Path], job: Job) -> int:
    """Trains members that are not trained yet, and records it in all folders at once."""
    if all(results.read_training(folder) or results.read_result(folder) for folder in folders):
        return 0
    try:
        experiments = [
            serialize.loads(runs.read_experiment(folder), str(folder / "experiment.json"))
            for folder in folders
        ]
        if status := _train(experiments, folders, job):
            return status
        for folder in folders:
            if not results.read_result(folder):
                results.write_training(folder, _training(folder))
    except Exception as error:
        return _failed(folders, error)
    return 0


def _train(experiments: list[Experiment], folders: list[Path], job: Job) -> int:
    if not job.population:
        return max(train(*pair) for pair in zip(experiments, folders))
    try:
        return train_population(experiments, folders, collapsed=job.collapsed)
    except PopulationError as error:  # the other members are trained
        for folder, reason in error.errors.items():
            results.write_result(folder, None, reason)
        return 0


def _training(folder: Path) -> TrainingRecord:
    about = Checkpoints(folder / "checkpoints").newest_about()
    runs.require_resumable(folder, about)
    return TrainingRecord(
        step=about["step"],
        minutes=about["minutes"],
        core_minutes=about["core_minutes"],
        fingerprint=about["recordings"],
        memory=provenance.peak_memory(),
        device=provenance.device(),
        versions=provenance.versions(),
        code=provenance.code(),
        collapses=tuple(map(str, collapses_of(about))),
    )


def _scored(folder: Path, job: Job, first: bool) -> int:
    if results.read_result(folder):
        return 0
    try:
        baseline = job.baseline and first
        request = Request(
            sentences=job.sentences,
            samples=job.samples,
            baseline=baseline,
            recognizer=job.recognizer,
            vocoder=job.vocoder,
        )
        found = outcome_of(folder, request)
    except Exception as error:
        return _failed([folder], error)
    results.write_result(folder, found)
    return 0


def _failed(folders: list[Path], error: Exception) -> int:
    traceback.print_exc()
    first = next(iter(str(error).splitlines()), "")
    reason = first if isinstance(error, ValueError) else f"{type(error).__name__}: {first}"
    for folder in folders:
        results.write_result(folder, None, reason)
    return 1


def _end_with_the_runner() -> None:
    """Stops this process when the runner exits for any reason, which closes the pipe."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
