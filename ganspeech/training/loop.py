"""The training loop: batches in, updates out, for one run or for several in one program."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import jax
from tqdm import tqdm

from ganspeech.config.experiment import Experiment
from ganspeech.game.contract import Batch, Metrics, Tree
from ganspeech.game.state import GanState
from ganspeech.process.signals import Interrupts
from ganspeech.runs.folder import in_use
from ganspeech.training import exhausted, parallel, processes
from ganspeech.training.best import Best, Judging
from ganspeech.training.forecast import Forecast
from ganspeech.training.member import Member
from ganspeech.training.start.starts import require_start
from ganspeech.training.trace import Trace

STOPPING = "stopping once what was begun is saved; a second time stops at once, without saving"


class Update(Protocol):
    """An update of several members, such as `parallel.PopulationUpdate`."""

    def place(self, states: Sequence[GanState]) -> Any:
        """Combines the members' states on the devices."""

    def separate(self, tree: Tree) -> list[Tree]:
        """Splits a state or metrics by member, on the host."""

    def __call__(
        self, state: Any, batches: Sequence[Sequence[Batch]], *, adversary: bool
    ) -> tuple[Any, Metrics]:
        """Updates from the batches of each member; donates the state."""


def train(
    experiment: Experiment,
    folder: str | Path,
    *,
    profile: int = 0,
    judging: Judging | None = None,
) -> int:
    """Trains until the budget is spent, from the newest checkpoint if the folder has one.

    `profile` steps are traced to the folder, and `judging` starts what scores checkpoints, for
    `budget.keep_best`. Returns the exit status of a process: 0, or 128 + the
    number of the signal that stopped it, after saving. Raises ValueError for invalid settings and
    for a folder that another process trains in, and TrainingError, without writing a bad
    checkpoint, when a metric stops being finite.
    """
    parallel.check_batch_size(experiment.budget.batch_size, experiment.rules.accumulate)
    if experiment.budget.keep_best and not judging:
        raise ValueError("budget.keep_best needs a judge, which ganspeech.train brings along")
    require_start(experiment, Path(folder))
    prepared = experiment.task.recordings(experiment.corpus)
    if experiment.budget.keep_best and not len(prepared.held_out):
        raise ValueError("budget.keep_best: the corpus holds nothing out to score; see held_out")
    # Of several processes the first writes to the folder, for all.
    with in_use([Path(folder)] if jax.process_index() == 0 else []):
        member = Member(experiment, Path(folder), prepared, judging)
        status = Training([member], Alone(experiment), profile=profile).run()
    if member.error:
        raise member.error
    return status


class Alone:
    """Update of a single member."""

    def __init__(self, experiment: Experiment):
        self._update = parallel.ParallelUpdate(experiment, experiment.budget.steps)

    def place(self, states: Sequence[GanState]) -> GanState:
        """Puts the state on the devices."""
        (state,) = states
        return self._update.place(state)

    def separate(self, tree: Tree) -> list[Tree]:
        """Fetches the only member's part to the host."""
        return [jax.device_get(tree)]

    def __call__(
        self, state: GanState, batches: Sequence[Sequence[Batch]], *, adversary: bool
    ) -> tuple[GanState, Metrics]:
        """Updates from the only member's batches."""
        (own,) = batches
        return self._update(state, own, adversary=adversary)


class Training:
    """Trains members from their initial or restored states to the end of their budget.

    Members differ only in their seeds, and all are at the same step: that of their newest
    checkpoints, or `step`. If a member's metrics stop being finite, its `error` is set, and the
    others continue.
    """

    def __init__(
        self,
        members: Sequence[Member],
        update: Update,
        step: int | None = None,
        *,
        profile: int = 0,
    ):
        self.members, self.update = list(members), update
        experiment = self.members[0].experiment
        self.budget, self.rules = experiment.budget, experiment.rules
        self.first = jax.process_index() == 0
        self.pending: list[tuple[int, Metrics]] = []
        states, steps = zip(*(member.begin(step) for member in self.members))
        self.step: int = steps[0]
        self.saved = self.step
        spent = max(member.minutes for member in self.members)
        limit = self.budget.minutes and max(0.1, self.budget.minutes - spent)
        self.forecast = Forecast(self.budget.steps, self.rules.adversary_from, limit)
        processes.require_same_start(self.step, self.members[0].prepared.fingerprint)
        self.trace = Trace(self.members[0].folder, experiment, self.step, profile)
        self.state = self.update.place(states)

    def run(self) -> int:
        """Trains; returns the exit status of a process."""
        with ExitStack() as stack:
            for member in self.members:
                stack.enter_context(member.judged())
            if reason := self.members[0].experiment.without_game(self.budget.steps):
                self.members[0].report(f"there is no game in {self.budget.steps:,} steps: {reason}")
            with Interrupts() as interrupts:
                over = self._over(self.step >= self.budget.steps, interrupts)
            if over or self.step >= self.budget.steps:
                for member in self.members:
                    where = f"step {self.step} of {self.budget.steps}"
                    member.report(f"{member.folder}: already at {where}; nothing to do")
                self._report_best()
                return 128 + interrupts.number if interrupts.number else 0
            for member in self.members:
                member.open(self.step, len(self.members) - 1)
                stack.callback(member.close)
            self.bar = stack.enter_context(
                tqdm(
                    initial=self.step,
                    total=self.budget.steps,
                    unit="step",
                    dynamic_ncols=True,
                    disable=not self.first,
                    mininterval=0.5 if sys.stderr.isatty() else 30.0,
                    postfix="compiling",
                )
            )
            stack.callback(self.trace.close)
            interrupts = stack.enter_context(Interrupts(STOPPING if self.first else ""))
            with exhausted.told(self.members[0].experiment):
                self._play(interrupts)
        for member in self._alive():
            minutes = f"{member.clock.minutes:.1f} minutes of training"
            left = self.step < self.budget.steps
            if interrupts.number and left:
                message = f"stopped and saved at step {self.step}; the same command resumes it"
            else:
                message = f"step {self.step}, {minutes}"
                if left and 0 < self.budget.minutes <= member.clock.minutes:
                    message += f" of {self.budget.minutes:g}; a higher --budget.minutes goes on"
            member.report(f"{member.folder}: {message}")
        self._report_best()
        return 128 + interrupts.number if interrupts.number else 0

    def _alive(self) -> list[Member]:
        return [member for member in self.members if not member.error]

    def _play(self, interrupts: Interrupts) -> None:
        while self.step < self.budget.steps and self._alive():
            before = self.step
            adversary = before >= self.rules.adversary_from
            # A dispatch ends with the warm-up, so its size does not affect results.
            end = self.budget.steps if adversary else self.rules.adversary_from
            # Dispatches begin at multiples of their size, like groups of batches of one shape.
            whole = self.budget.updates_per_dispatch - before % self.budget.updates_per_dispatch
            count = min(whole, end - before, self.budget.steps - before)
            with self._saved_before_errors():
                self._rate()
                batches = [m.take(before, count * self.rules.critic_steps) for m in self.members]
            self.trace.begin(before, self.state)
            with jax.profiler.StepTraceAnnotation("update", step_num=before + 1):
                self.state, metrics = self.update(self.state, batches, adversary=adversary)
            self.step += count
            self.trace.end(self.step, self.state)
            self.pending.append((before, metrics))
            if len(self.pending) > 1:
                # One dispatch late, so that the host never waits for the device.
                self._record(*self.pending.pop(0))
            minutes = max(member.clock.minutes for member in self.members)
            stop = bool(interrupts.number) or 0 < self.budget.minutes <= minutes
            if jax.process_count() > 1:
                # Processes must stop together, so they communicate, but not at every step.
                stop = self._crossed(self.budget.log_every, before) and agree(interrupts, stop)
            last = stop or self.step >= self.budget.steps
            due = self._crossed(self.budget.save_every, before)
            if last or due:
                for best in self._bests():
                    best.settle(lambda: bool(interrupts.number))
                due = due and self.step < self.budget.steps
                self._save(due=due, last=last and not interrupts.number)
                stop = self._over(last, interrupts) or stop
                last = last or stop
            if self.budget.sample_every and (
                (last and not interrupts.number) or self._crossed(self.budget.sample_every, before)
            ):
                with self._saved_before_errors():
                    self._sample()
            if stop:
                return

    def _bests(self) -> list[Best]:
        return [member.best for member in self._alive() if member.best]

    def _over(self, last: bool, interrupts: Interrupts) -> bool:
        """Whether no better checkpoint came for as long as the budget's patience."""
        if not self.budget.keep_best:
            return False
        over = any([best.ended(last, lambda: bool(interrupts.number)) for best in self._bests()])
        return bool(processes.highest(int(over))[0])  # scores are known to the first alone

    def _report_best(self) -> None:
        for best in self._bests():
            print(f"{best.folder}: {best.summary()}", file=sys.stderr)

    def _crossed(self, every: int, before: int) -> bool:
        return self.step // every > before // every

    def _record(self, before: int, metrics: Metrics) -> None:
        shown: dict[str, float] = {}
        parts = self.update.separate(metrics)
        for member, own in zip(self.members, parts):
            if not member.error:
                shown = member.record(before, own) or shown
                if member.error and len(self.members) > 1:
                    member.report(f"{member.folder} stopped: {member.error}")
        count = len(next(iter(parts[0].values())))
        self.bar.update(count)
        if self.first and (line := self.forecast.after(before + count, count)):
            self.bar.write(line, file=sys.stderr)
        names = [name for name in shown if not name.endswith(("norm", "real", "fake"))]
        if names:
            self.bar.set_postfix({n: f"{shown[n]:.3g}" for n in names}, refresh=False)

    def _settle(self) -> None:
        """Records the metrics of all steps so far."""
        while self.pending:
            self._record(*self.pending.pop(0))

    def _save(self, *, due: bool = False, last: bool = False) -> None:
        """Writes checkpoints: `due` in the course of training, the `last` at its end, or others."""
        self.saved = self.step
        self._settle()
        for member, state in zip(self.members, self.update.separate(self.state)):
            if not member.error:
                member.save(self.step, state, last=last)

    @contextmanager
    def _saved_before_errors(self) -> Iterator[None]:
        """Saves what was computed before errors of the data, such as a cache that is gone."""
        try:
            yield
        except (OSError, ValueError):
            if self.step > self.saved:
                self._save()
            for member in self._alive() if self.saved else []:
                where = f"stopped by an error and saved at step {self.saved}"
                member.report(f"{member.folder}: {where}; the same command resumes it")
            raise

    def _rate(self) -> None:
        if not any(member.needs_rating(self.step) for member in self._alive()):
            return
        for member, state in zip(self.members, self.update.separate(self.state)):
            if not member.error:
                member.rate(self.step, state)

    def _sample(self) -> None:
        for member, state in zip(self.members, self.update.separate(self.state)):
            if not member.error:
                member.sample(self.step, state)


def agree(interrupts: Interrupts, stop: bool) -> bool:
    """Returns whether any process should stop; a signal to one counts as a signal to all."""
    number, anyone = processes.highest(interrupts.number, int(stop))
    if number:  # 0 would erase a signal that came meanwhile, which the next agreement passes on.
        interrupts.number = number
    return bool(anyone)
