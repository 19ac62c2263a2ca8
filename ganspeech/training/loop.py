"""The training loop: batches in, updates out, and a run folder that a kill cannot spoil.

runs/NAME/experiment.json    what is trained
runs/NAME/checkpoints/       the newest states
runs/NAME/metrics.jsonl      one line every `log_every` steps
runs/NAME/tensorboard/       the same, and audio and pictures of held-out sentences
"""

import functools
import json
import math
import sys
import time
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import jax
import numpy as np
from tqdm import tqdm

from ganspeech import __version__, plain
from ganspeech.data import Prepared
from ganspeech.experiment import Experiment
from ganspeech.game import Batch, Metrics
from ganspeech.gan import GanState, create_state, join
from ganspeech.inference import load
from ganspeech.training import parallel, runs
from ganspeech.training.checkpoints import Checkpoints
from ganspeech.training.logging import Averages, RunLog
from ganspeech.training.signals import Interrupts, deaf_children
from ganspeech.training.start import start_from

SHOWN = 4
"""Held-out recordings that TensorBoard shows."""


class TrainingError(ValueError):
    """A run that cannot go on; the message says at which step, why, and what is saved."""


def train(experiment: Experiment, folder: str | Path) -> int:
    """Trains until the budget is spent, from the newest checkpoint if the folder has one.

    Returns the exit status of a process: 0, or 128 + the number of the signal that stopped it,
    after saving. Raises ValueError for settings that cannot work, TrainingError (no bad checkpoint
    is written) when a metric stops being finite.
    """
    parallel.check_batch_size(experiment.budget.batch_size, experiment.rules.accumulate)
    prepared = experiment.task.recordings(experiment.corpus)
    return _Training(experiment, Path(folder), prepared).run()


class _Training:
    """One run, from its first or restored state."""

    def __init__(self, experiment: Experiment, folder: Path, prepared: Prepared):
        self.experiment, self.folder, self.prepared = experiment, folder, prepared
        self.budget, self.rules = experiment.budget, experiment.rules
        self.checkpoints = Checkpoints(folder / "checkpoints", self.budget.keep)
        self.update = parallel.ParallelUpdate(experiment, self.budget.steps)
        self.first = jax.process_index() == 0
        self.pending: list[tuple[int, Metrics]] = []
        state, about = self._begin()
        parallel.require_same_start(about["step"], prepared.fingerprint)
        self.state = self.update.place(state)
        self.step: int = about["step"]
        self.averages = Averages(about["averages"])
        self.clock = _Clock(about["minutes"], about["core_minutes"])

    def run(self) -> int:
        if self.step >= self.budget.steps:
            self._say(f"{self.folder} has had its {self.step} steps")
            return 0
        if self.first:
            runs.write_experiment(self.folder, self.experiment)
            self.log = RunLog(self.folder, self.step)
        batches = self._batches()
        self.bar = tqdm(
            initial=self.step,
            total=self.budget.steps,
            unit="step",
            dynamic_ncols=True,
            disable=not self.first,
            mininterval=0.5 if sys.stderr.isatty() else 30.0,
        )
        try:
            with Interrupts() as interrupts:
                self._play(batches, interrupts)
        finally:
            self.bar.close()
            batches.close()
            self.checkpoints.wait()
            if self.first:
                self.log.close()
        if interrupts.number:
            self._say(f"stopped and saved at step {self.step}; the same command resumes it")
            return 128 + interrupts.number
        self._say(f"{self.folder}: step {self.step}, {self.clock.minutes:.1f} minutes of training")
        return 0

    def _begin(self) -> tuple[GanState, dict]:
        """The first state, or that of the newest checkpoint."""
        if not self.checkpoints.steps():
            # One program compiles in half the time of its many operations.
            create = jax.jit(functools.partial(create_state, self.experiment), static_argnums=1)
            state = create(jax.random.PRNGKey(self.experiment.seed), self.budget.steps)
            if self.experiment.start:
                state = start_from(load(self.experiment.start), state, self.experiment)
            return state, {"step": 0, "averages": {}, "minutes": 0.0, "core_minutes": 0.0}
        # Before the arrays are compared: a changed field is the better message.
        newest = self.checkpoints.newest_about()
        runs.require_same_course(self.folder, json.dumps(newest["experiment"]), self.experiment)
        if newest["recordings"] != self.prepared.fingerprint:
            raise ValueError(
                f"{self.folder} was trained on other recordings than {self.experiment.corpus} "
                "now has; name another folder with --run"
            )
        state, about = self.checkpoints.restore(runs.abstract_state(self.experiment))
        self._say(f"{self.folder}: resuming at step {about['step']}")
        return state, about

    def _batches(self) -> "_Feed":
        return _Feed(
            self.experiment.task.batches(
                self.prepared,
                batch_size=self.budget.batch_size,
                seed=self.experiment.seed,
                start=self.step * self.rules.critic_steps * self.budget.batch_size,
                workers=self.experiment.workers,
                process_index=jax.process_index(),
                process_count=jax.process_count(),
            )
        )

    def _play(self, batches: "_Feed", interrupts: Interrupts) -> None:
        while self.step < self.budget.steps:
            before = self.step
            adversary = before >= self.rules.adversary_from
            # A dispatch ends where the warm-up does, so its size does not change the game.
            end = self.budget.steps if adversary else self.rules.adversary_from
            count = min(self.budget.updates_per_dispatch, end - before, self.budget.steps - before)
            material = batches.take(count * self.rules.critic_steps)
            self.state, metrics = self.update(self.state, material, adversary=adversary)
            self.step += count
            self.pending.append((before, metrics))
            if len(self.pending) > 1:
                # One dispatch late, so that the device is never waited for.
                self._record(*self.pending.pop(0))
            stop = bool(interrupts.number) or 0 < self.budget.minutes <= self.clock.minutes
            if jax.process_count() > 1:
                # Processes can only stop together, so they ask each other, but not at every step.
                stop = self._crossed(self.budget.log_every, before) and self._agree(
                    interrupts, stop
                )
            last = stop or self.step >= self.budget.steps
            if last or self._crossed(self.budget.save_every, before):
                self._save()
            if self.budget.sample_every and (
                (last and not interrupts.number) or self._crossed(self.budget.sample_every, before)
            ):
                self._sample()
            if stop:
                return

    def _agree(self, interrupts: Interrupts, stop: bool) -> bool:
        """Whether any process wants to stop; a signal to one counts as a signal to all."""
        interrupts.number, anyone = parallel.highest(interrupts.number, int(stop))
        return bool(anyone)

    def _crossed(self, every: int, before: int) -> bool:
        return self.step // every > before // every

    def _record(self, before: int, metrics: Metrics) -> None:
        """Looks at the metrics of every step of a dispatch, and writes the lines that are due."""
        values = {name: np.asarray(steps).tolist() for name, steps in metrics.items()}
        for index in range(len(next(iter(values.values())))):
            step = before + index + 1
            now = {name: steps[index] for name, steps in values.items()}
            for name, value in now.items():
                if not math.isfinite(value):
                    raise self._failure(f"{name} is {value} at step {step}")
            self.averages.add(now)
            self.bar.update()
            if step % self.budget.log_every == 0:
                self._write_line(step)

    def _write_line(self, step: int) -> None:
        means = self.averages.take()
        line = {
            "minutes": round(self.clock.minutes, 3),
            "core_minutes": round(self.clock.core_minutes, 3),
            "examples": step * self.rules.critic_steps * self.budget.batch_size,
            "steps_per_second": round(self.clock.steps_per_second(step), 3),
        }
        if self.first:
            self.log.line(step, line | means)
            names = [name for name in means if not name.endswith(("norm", "real", "fake"))]
            self.bar.set_postfix({n: f"{means[n]:.3g}" for n in names}, refresh=False)

    def _save(self) -> None:
        while self.pending:
            self._record(*self.pending.pop(0))
        state = jax.device_get(self.state)
        if not all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(state)):
            raise self._failure(f"the parameters are not finite after step {self.step}")
        if not self.first:
            return
        about = {
            "examples": self.step * self.rules.critic_steps * self.budget.batch_size,
            "minutes": self.clock.minutes,
            "core_minutes": self.clock.core_minutes,
            "averages": dict(self.averages.sums),  # written later, while they go on
            "audio_spec": runs.spec_digest(self.experiment),
            "recordings": self.prepared.fingerprint,
            "versions": {"ganspeech": __version__, "jax": jax.__version__},
            "experiment": json.loads(plain.dumps(self.experiment)),
        }
        self.checkpoints.save(self.step, state, about)

    def _sample(self) -> None:
        if not self.first:
            return
        state = jax.device_get(self.state)
        variables = join(*state.ema) if state.ema is not None else state.generator.variables
        heard = self.prepared.held_out[:SHOWN]
        samples = self.experiment.task.samples(self.experiment.generator, variables, heard)
        self.log.samples(self.step, samples)

    def _failure(self, what: str) -> TrainingError:
        self.checkpoints.wait()
        steps = self.checkpoints.steps()
        good = (
            f"the last good checkpoint is {self.checkpoints.path(steps[-1])}"
            if steps
            else ("there is no checkpoint yet")
        )
        return TrainingError(f"{what}; {good}")

    def _say(self, line: str) -> None:
        if self.first:
            print(line, file=sys.stderr)


class _Feed:
    """Batches of the data pipeline, several at a time."""

    def __init__(self, batches: Iterator[Batch]):
        self._source = batches
        with deaf_children():  # the first batch is what starts the processes that read
            self._batches = chain([next(batches)], batches)

    def take(self, count: int) -> list[Batch]:
        return list(islice(self._batches, count))

    def close(self) -> None:
        if close := getattr(self._source, "close", None):
            close()


class _Clock:
    """Training time over all resumed parts, and this process's share of the cores in it."""

    def __init__(self, minutes: float, core_minutes: float):
        self._since, self._core_since = time.monotonic(), time.process_time()
        self._minutes, self._core_minutes = minutes, core_minutes
        self._line: tuple[int, float] | None = None

    @property
    def minutes(self) -> float:
        return self._minutes + (time.monotonic() - self._since) / 60

    @property
    def core_minutes(self) -> float:
        # On a shared machine wall time says little.
        return self._core_minutes + (time.process_time() - self._core_since) / 60

    def steps_per_second(self, step: int) -> float:
        """Speed since the line before; 0 in the first, which would time the compilation."""
        now = time.monotonic()
        speed = (step - self._line[0]) / (now - self._line[1]) if self._line else 0.0
        self._line = (step, now)
        return speed
