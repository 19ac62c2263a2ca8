"""The judge of a training: a process of its own that scores checkpoints."""

import contextlib
import dataclasses
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import ganspeech
from ganspeech.config.experiment import Experiment
from ganspeech.process.signals import children_ignore_sigint
from ganspeech.runs.best import Criterion, Score

WORKER = ("-m", "ganspeech.evaluation.judging.worker")
ONE_THREAD = {
    # Accelerators are the training's. Of threads, the training has those of all other cores.
    "JAX_PLATFORMS": "cpu",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
XLA_ONE_THREAD = "--xla_cpu_multi_thread_eigen=false"


class JudgeProcess:
    """Scores checkpoints of a run folder in a process; see `ganspeech.training.best.Judge`."""

    def __init__(self, experiment: Experiment, folder: Path):
        budget = experiment.budget
        self._folder = folder
        self._criterion = Criterion(budget.keep_best, budget.best_sentences, budget.best_recognizer)
        self._asked: list[int] = []
        self._start()

    def ask(self, step: int) -> None:
        """Asks for the score of a checkpoint."""
        self._asked.append(step)
        self._write(step)

    def answer(self, seconds: float) -> Score | None:
        """The next score, if it comes within so many seconds.

        If the process ends, the checkpoint at which it did has none, and another process has the
        rest.
        """
        try:
            line = self._lines.get(timeout=seconds) if seconds else self._lines.get_nowait()
        except queue.Empty:
            return None
        if line:
            score = Score(**json.loads(line))
            self._asked.remove(score.step)
            return score
        reason = self._ending()
        step, *self._asked = self._asked
        self._start()
        for other in self._asked:
            self._write(other)
        return Score(step, None, reason)

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._ended()
        self._log.close()

    def _start(self) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        arguments = [str(self._folder), json.dumps(dataclasses.asdict(self._criterion))]
        with children_ignore_sigint():  # the training decides what Ctrl-C ends
            self._process = subprocess.Popen(
                [sys.executable, *WORKER, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env=_environment(),
                encoding="utf-8",
            )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(
            target=_read, args=(self._process, self._lines), daemon=True
        )
        self._reader.start()

    def _ended(self) -> int:
        """Waits for the end of the process; returns its status."""
        status = self._process.wait()
        self._reader.join()
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # what it was asked last and did not read
            self._process.stdin.close()
        return status

    def _write(self, step: int) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{step}\n")
            self._process.stdin.flush()
        except BrokenPipeError:  # it has ended, which `answer` finds and tells
            return

    def _ending(self) -> str:
        """Why the process ended."""
        status = self._ended()
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        self._log.close()
        if status < 0:
            return f"the process that scores was killed by signal {-status}, maybe for its memory"
        last = f": {lines[-1]}" if lines else ""
        return f"the process that scores ended with status {status}{last}"


def _read(process: subprocess.Popen, lines: "queue.SimpleQueue[str]") -> None:
    """Hands on the lines that a process writes, and an empty one at its end."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            lines.put(line)
    lines.put("")


def _environment() -> dict[str, str]:
    home = str(Path(ganspeech.__file__).parents[1])
    path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
    flags = " ".join(filter(None, (os.environ.get("XLA_FLAGS", ""), XLA_ONE_THREAD)))
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": path, "XLA_FLAGS": flags}
