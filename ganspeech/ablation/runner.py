"""The runner: every member in a process of its own; finished members are not repeated.

DIR/ablation.json            rows and provenance
DIR/ROW/seed-N/              an ordinary run, with log.txt, trained.json and result.json
DIR/index.html, table.json, table.csv
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

import ganspeech
from ganspeech.ablation import members as results
from ganspeech.ablation import table
from ganspeech.ablation.compare import compare
from ganspeech.ablation.members import AblationMember, members_of
from ganspeech.ablation.page import render
from ganspeech.ablation.record import RECORD, RowFacts, facts_of, require_same, write_record
from ganspeech.ablation.request import Ablation
from ganspeech.ablation.selection import candidates_of, told
from ganspeech.ablation.work import JOB, Job
from ganspeech.evaluation.judging.criteria import require_judged
from ganspeech.evaluation.quality.intelligibility import hearer
from ganspeech.evaluation.scorers import scorer_for
from ganspeech.load import load_vocoder
from ganspeech.process.locks import LockedError, locked
from ganspeech.process.signals import Interrupts
from ganspeech.runs import folder as runs
from ganspeech.training.member import error_file
from ganspeech.training.population import apart

WORKER = ("-m", "ganspeech", "ablate", JOB)
LOG = "log.txt"
_POLL_SECONDS = 0.2


def run(ablation: Ablation) -> int:
    """Trains and scores all members, and writes the record, the tables and the page.

    Returns the exit status of a process: 0, 1 if no member has a score, or 128 + the number of the
    signal that stopped it. Raises ValueError, before anything is trained, for rows that cannot be
    built, data that cannot be read, settings other than the folder's, and a folder in use.
    """
    _require_judged(ablation)
    _require_scored(ablation)
    _tell_without_game(ablation)
    facts = facts_of(ablation.rows)
    require_same(ablation.folder / RECORD, ablation, facts)
    members = members_of(ablation)
    with _locked(ablation.folder) as lock:
        write_record(ablation, facts, members)
        if ablation.settings.retry:
            _forget_failures(members)
        stopped = _work_through(ablation, facts, members, lock)
        print(_publish(ablation, facts, members))
        print(f"written: {ablation.page}", file=sys.stderr)
    done = [result for member in members if (result := results.read_result(member.folder))]
    if stopped:
        progress = f"stopped; {len(done)} of {len(members)} members are done"
        print(f"{progress}; the same command resumes it", file=sys.stderr)
        return 128 + stopped
    return 0 if any(result.outcome for result in done) else 1


def _require_judged(ablation: Ablation) -> None:
    """Raises ValueError for rows whose checkpoints cannot be scored as their budgets ask for."""
    for row in ablation.rows:
        if not row.experiment.budget.keep_best:
            continue
        if ablation.settings.population:
            raise ValueError("budget.keep_best is for members that train alone: no --population")
        require_judged(row.experiment)


def _require_scored(ablation: Ablation) -> None:
    """Raises ValueError for what cannot score, or means nothing for a row, before hours of work."""
    for flag, load in (("recognizer", hearer), ("vocoder", load_vocoder)):
        source = getattr(ablation.settings, flag)
        if source is None:
            continue
        for row in ablation.rows:
            scorer, task = scorer_for(row.experiment.task), type(row.experiment.task).__name__
            if scorer is None or flag not in scorer.takes:
                raise ValueError(f"--{flag} does not go with {row.name}, which trains {task}")
        load(source)


def _tell_without_game(ablation: Ablation) -> None:
    """Says of which rows the game would begin after their last step."""
    for row in ablation.rows:
        steps = row.experiment.budget.steps
        if reason := row.experiment.without_game(steps):
            print(f"{row.name}: there is no game in {steps:,} steps: {reason}", file=sys.stderr)


def _work_through(
    ablation: Ablation, facts: dict[str, RowFacts], members: list[AblationMember], lock: int
) -> int:
    """Runs all unfinished groups; returns the number of the signal that stopped it, or 0."""
    groups = list(_groups(members, together=ablation.settings.population))
    bar = tqdm(total=len(members), unit="member", dynamic_ncols=True, smoothing=0.0)
    with Interrupts() as interrupts, bar:
        for index, group in enumerate(groups):
            if not all(results.read_result(member.folder) for member in group):
                bar.set_postfix_str(f"{group[0].row.name}, seed {group[0].seed}")
                _do(group, ablation, lock, interrupts, baseline=index == 0)
                if interrupts.number:
                    break
                write_record(ablation, facts, members)
                _publish(ablation, facts, members)
            bar.update(len(group))
    return interrupts.number


def _groups(members: list[AblationMember], *, together: bool) -> Iterator[list[AblationMember]]:
    """Yields members one by one, or those that follow each other and can share a program."""
    group: list[AblationMember] = []
    for member in members:
        if group and not (together and not apart(group[0].experiment, member.experiment)):
            yield group
            group = []
        group.append(member)
    yield group


def _publish(ablation: Ablation, facts: dict[str, RowFacts], members: list[AblationMember]) -> str:
    """Writes table.json, table.csv and the page; returns the table as text, and what it selects."""
    comparison = compare(members, facts)
    results.write_json(ablation.folder / "table.json", table.as_json(comparison))
    results.write_text(ablation.folder / "table.csv", table.as_csv(comparison))
    results.write_text(ablation.page, render(ablation, comparison, members))
    candidates = candidates_of(members)
    chosen = ["\n".join(told(candidates))] if candidates else []
    return "\n\n".join([table.as_text(comparison), *chosen])


def _do(
    group: list[AblationMember], ablation: Ablation, lock: int, stop: Interrupts, *, baseline: bool
) -> None:
    """Trains and scores members in one process; afterwards each has a result, unless stopped."""
    for member in group:
        if results.read_training(member.folder) is None:
            runs.write_experiment(member.folder, member.experiment)
    settings = ablation.settings
    job = Job(
        folders=tuple(str(member.folder) for member in group),
        population=settings.population,
        collapsed=settings.collapsed,
        sentences=settings.sentences,
        samples=settings.samples,
        baseline=baseline,
        recognizer=settings.recognizer,
        vocoder=settings.vocoder,
    )
    with open(group[0].folder / LOG, "a", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, *WORKER, job.dumps()],
            # The process stops when this pipe closes, so it does not outlive a killed runner.
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=os.environ | {"PYTHONPATH": _python_path()},
            **_own_group(lock),
        )
    try:
        status = _wait(process, stop)
    finally:
        _end(process)
    if stop.number:
        return
    for member in group:
        if results.read_result(member.folder) is None:
            place = (group[0].folder / LOG).relative_to(ablation.folder)
            results.write_result(member.folder, None, _failure(status, place))


def _own_group(lock: int) -> dict[str, Any]:
    """Settings of a process that a terminal's Ctrl-C does not reach: the runner forwards it once.

    It inherits the lock, but on Windows, where it ends with the runner all the same.
    """
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"pass_fds": (lock,), "start_new_session": True}


def _wait(process: subprocess.Popen, interrupts: Interrupts) -> int:
    forwarded = False
    while True:
        try:
            return process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if interrupts.number and not forwarded:
                process.send_signal(signal.SIGTERM)
                forwarded = True


def _end(process: subprocess.Popen) -> None:
    """Kills a process and, but on Windows, its children."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert process.stdin is not None
    process.stdin.close()


def _failure(status: int, log: Path) -> str:
    number = -status if status < 0 else status - 128
    if sys.platform != "win32" and number == signal.SIGKILL:
        return "its process was killed, possibly out of memory"
    if number in signal.valid_signals():
        return f"its process was stopped by {signal.Signals(number).name}"
    return f"its process exited with status {status}; see {log}"


def _forget_failures(members: list[AblationMember]) -> None:
    for member in members:
        result = results.read_result(member.folder)
        if result and result.outcome is None:
            (member.folder / results.RESULT).unlink()
            error_file(member.folder).unlink(missing_ok=True)


def _python_path() -> str:
    """PYTHONPATH with this package first."""
    home = str(Path(ganspeech.__file__).parents[1])
    return os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """Locks the folder for one runner and its child processes, which inherit the descriptor."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with locked(folder / ".lock", str(folder)) as descriptor:
            yield descriptor
    except LockedError as error:
        raise ValueError(
            f"{error}, another runner or one that is still saving: try again in a moment, or name "
            "another folder with --run"
        ) from None
