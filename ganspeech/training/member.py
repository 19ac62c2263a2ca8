"""One run's folder, data and logs, whether it trains alone or with others in one program.

runs/NAME/experiment.json    what is trained
runs/NAME/checkpoints/       the newest states
runs/NAME/best/             the best state, if checkpoints are scored, and best.json the scores
runs/NAME/metrics.jsonl      one line every `log_every` steps
runs/NAME/tensorboard/       the same, and audio and pictures of held-out sentences
runs/NAME/ratings/           rated examples, if discriminators learn from ratings
runs/NAME/trace/             a few steps, traced, if `--profile` asked for it
runs/NAME/error.txt          why it stopped, if a metric was not finite
"""

import contextlib
import functools
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ganspeech import __version__
from ganspeech.config import serialize
from ganspeech.config.experiment import Experiment
from ganspeech.data.feed import Feed
from ganspeech.game.contract import Batch, Metrics
from ganspeech.game.state import GanState, create_state
from ganspeech.process.writing import write_whole
from ganspeech.runs import folder as runs
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.tasks.trainable import Dataset, Rating
from ganspeech.training import removed
from ganspeech.training.best import Best, Judging
from ganspeech.training.clock import Clock
from ganspeech.training.collapse import Collapse, collapses_of
from ganspeech.training.logging import Averages, RunLog
from ganspeech.training.ratings import Ratings
from ganspeech.training.source import Source
from ganspeech.training.start.starts import start_from

CREATED: dict[str, Any] = {"step": 0, "averages": {}, "minutes": 0.0, "core_minutes": 0.0}
"""What checkpoints of a run say, before there is one."""


class TrainingError(ValueError):
    """Failure of a run; the message gives the step, the reason and the last good checkpoint."""


class Member:
    """One of the runs that a loop trains."""

    def __init__(
        self,
        experiment: Experiment,
        folder: Path,
        prepared: Dataset,
        judging: Judging | None = None,
    ):
        self.experiment, self.folder, self.prepared = experiment, folder, prepared
        self.budget = experiment.budget
        self.checkpoints = Checkpoints(folder / "checkpoints", self.budget.keep)
        self.first = jax.process_index() == 0
        self.error: TrainingError | None = None
        """Failure of this run, after which nothing more is saved."""
        self.log: RunLog | None = None
        self.best: Best | None = None
        self._judging = judging
        self.collapses: list[Collapse] = []
        """Collapses, if the training looks for them."""

    def begin(self, step: int | None = None) -> tuple[GanState, int]:
        """Initial state and its step: the newest checkpoint, or that of `step`.

        A new state if there is no checkpoint, or if `step` is 0.
        """
        state, about = self._restored(step) if self._continues(step) else (self.fresh(), CREATED)
        self.averages = Averages(about["averages"])
        self.minutes, self.core_minutes = about["minutes"], about["core_minutes"]
        self.collapses = collapses_of(about)
        return state, about["step"]

    def fresh(self, again: int = 0) -> GanState:
        """State before the first update; another one for each `again`."""
        # One program compiles in half the time of the separate operations.
        create = jax.jit(functools.partial(create_state, self.experiment), static_argnums=1)
        key = jax.random.PRNGKey(self.experiment.seed)
        state = create(jax.random.fold_in(key, again) if again else key, self.budget.steps)
        return start_from(state, self.experiment) if self.experiment.start else state

    def open(self, step: int, companions: int) -> None:
        """Opens logs and data at `step`, with this many other members in the process."""
        self.clock = Clock(self.minutes, self.core_minutes, companions + 1)
        self.ratings = Ratings(self.folder, step)
        if self.first:
            runs.write_experiment(self.folder, self.experiment)
            error_file(self.folder).unlink(missing_ok=True)
            self.log = RunLog(self.folder, step)
        self.batches = Source(
            self.experiment.task.batches(
                self.prepared,
                Feed(
                    batch_size=self.budget.batch_size,
                    seed=self.experiment.seed,
                    start=self._examples(step),
                    workers=self.experiment.workers,
                    process_index=jax.process_index(),
                    process_count=jax.process_count(),
                    together=self.experiment.rules.critic_steps * self.budget.updates_per_dispatch,
                ),
            )
        )

    def close(self) -> None:
        """Closes the data, and finishes writing."""
        self.batches.close()
        try:
            self.checkpoints.wait()
        finally:
            if self.log:
                self.log.close()

    @contextlib.contextmanager
    def judged(self) -> Iterator[None]:
        """Has checkpoints scored inside, in the first process, if there is what judges them."""
        if not self._judging or not self.first:
            yield
            return
        judge = self._judging(self.experiment, self.folder)
        try:
            self.best = Best(
                self.folder,
                self.budget,
                self.checkpoints,
                judge,
                report=self.report,
                draw=self._draw,
            )
            yield
        finally:
            judge.close()

    def take(self, step: int, count: int) -> list[Batch]:
        """Batches of `count` critic steps, from the update after `step`."""
        batches = self.batches.take(count)
        if not self._rate_every(step):
            return batches
        place = self._examples(step) // self.budget.batch_size
        return [
            self.ratings.beside(
                batch,
                np.random.default_rng((self.experiment.seed, place + index)),
                process=jax.process_index(),
                of=jax.process_count(),
            )
            for index, batch in enumerate(batches)
        ]

    def needs_rating(self, step: int) -> bool:
        """Returns whether the discriminators' next update needs a new rating."""
        every = self._rate_every(step)
        return bool(every) and self.ratings.due(step, every)

    def rate(self, step: int, state: GanState) -> None:
        """Rates the output of a state's generator (on the host) by the task."""
        task = self.experiment.task
        assert isinstance(task, Rating)
        rng = np.random.default_rng((self.experiment.seed, step))
        variables = state.generator.variables
        rated = task.rate(self.experiment.generator, variables, self.prepared, rng)
        self.ratings.add(step, rated, write=self.first)

    def _rate_every(self, step: int) -> int:
        """Updates between ratings; 0 if discriminators do not learn from them (yet)."""
        task, rules = self.experiment.task, self.experiment.rules
        playing = self.experiment.discriminators and step >= rules.adversary_from
        return task.rate_every if playing and isinstance(task, Rating) else 0

    def record(self, before: int, metrics: Metrics) -> dict[str, float]:
        """Checks the metrics of every step of a dispatch, and writes the log lines due.

        Returns the means of the newest line. Sets the run's error if a metric is not finite.
        """
        means: dict[str, float] = {}
        values = {name: np.asarray(steps).tolist() for name, steps in metrics.items()}
        for index in range(len(next(iter(values.values())))):
            step = before + index + 1
            now = {name: steps[index] for name, steps in values.items()}
            for name, value in now.items():
                if not math.isfinite(value):
                    self._fail(f"{name} is {value} at step {step}")
                    return means
            self.averages.add(now)
            if step % self.budget.log_every == 0:
                means = self._write_line(step)
        return means

    def save(self, step: int, state: GanState, *, last: bool = False) -> None:
        """Writes a checkpoint of a state (on the host); sets `error` if it is not finite.

        It is then scored, if checkpoints are, and it is due or the `last`.
        """
        if not all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(state)):
            self._fail(f"the parameters are not finite after step {step}")
            return
        if not self.first:
            return
        about = {
            "examples": self._examples(step),
            "minutes": self.clock.minutes,
            "core_minutes": self.clock.core_minutes,
            "averages": dict(self.averages.sums),  # copied: written in the background
            "audio_spec": runs.spec_digest(self.experiment),
            "recordings": self.prepared.fingerprint,
            "collapses": self.collapses,
            "versions": {"ganspeech": __version__, "jax": jax.__version__},
            "experiment": json.loads(serialize.dumps(self.experiment)),
        }
        then = self.best.ask if self.best and (last or self.best.due(step)) else None
        if reason := removed.save(
            self.folder, self.experiment, self.checkpoints, step, state, about, then
        ):
            self.error = TrainingError(reason)

    def sample(self, step: int, state: GanState) -> None:
        """Logs samples of the generator of a state (on the host)."""
        if not self.log:
            return
        samples = self.experiment.task.samples(
            self.experiment.generator, state.averaged, self.prepared
        )
        self.log.samples(step, samples)

    def report(self, line: str) -> None:
        """Prints a line on standard error, in the first process only."""
        if self.first:
            print(line, file=sys.stderr)

    def _draw(self, step: int, name: str, value: float) -> None:
        if self.log is None:  # trained to the end before, and only this score was missing
            with contextlib.closing(RunLog(self.folder, self.checkpoints.steps()[-1])) as log:
                log.score(step, name, value)
        else:
            self.log.score(step, name, value)

    def _continues(self, step: int | None) -> bool:
        return bool(self.checkpoints.steps()) if step is None else step > 0

    def _restored(self, step: int | None) -> tuple[GanState, dict]:
        # Checked before the arrays, since a changed field is the clearer message.
        saved = self.checkpoints.newest_about() if step is None else self.checkpoints.about(step)
        runs.require_resumable(self.folder, saved)
        runs.require_same_course(self.folder, json.dumps(saved["experiment"]), self.experiment)
        if saved["recordings"] != self.prepared.fingerprint:
            raise ValueError(
                f"{self.folder} was trained on other recordings than {self.experiment.corpus} "
                "now has; name another folder with --run"
            )
        state, about = self.checkpoints.restore(runs.abstract_state(self.experiment), step)
        self.report(f"{self.folder}: resuming at step {about['step']}")
        return state, about

    def _examples(self, step: int) -> int:
        return step * self.experiment.rules.critic_steps * self.budget.batch_size

    def _write_line(self, step: int) -> dict[str, float]:
        means = self.averages.take()
        line = {
            "minutes": round(self.clock.minutes, 3),
            "core_minutes": round(self.clock.core_minutes, 3),
            "examples": self._examples(step),
            "steps_per_second": round(self.clock.steps_per_second(step), 3),
        }
        if self.log:
            self.log.line(step, line | means)
        if self.best:
            self.best.take()
        return means

    def _fail(self, what: str) -> None:
        self.checkpoints.wait()
        steps = self.checkpoints.steps()
        good = (
            f"the last good checkpoint is {self.checkpoints.path(steps[-1])}"
            if steps
            else "there is no checkpoint yet"
        )
        self.error = TrainingError(f"{what}; {good}")
        if self.first:
            with contextlib.suppress(OSError):  # a full disk must not hide the error
                write_whole(error_file(self.folder), f"{self.error}\n".encode())


def error_file(folder: Path) -> Path:
    """File with the reason why a run failed; deleted when it is trained again."""
    return folder / "error.txt"
