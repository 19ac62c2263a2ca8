"""Traces: what host and devices do in a few steps, for TensorBoard, XProf and Perfetto."""

import sys
from pathlib import Path
from typing import Any

import jax
from tqdm import tqdm

from ganspeech.config.experiment import Experiment

SKIPPED = 2
"""Dispatches of a program before it is traced: the first compiles it."""


class Trace:
    """Trace of some steps of a run, written to `FOLDER/trace` once the program is compiled.

    Each of several processes writes `FOLDER/trace/process-INDEX`. Batches of several shapes have
    a program each, so a trace of mixed buckets may show a compilation.
    """

    def __init__(self, folder: Path, experiment: Experiment, step: int, steps: int):
        """Traces `steps` steps of a run that starts at `step`; 0 traces none.

        Raises ValueError if fewer are left.
        """
        self._folder, self._steps = folder / "trace", steps
        if jax.process_count() > 1:
            self._folder /= f"process-{jax.process_index()}"
        self._first = first_step(experiment, step, steps)
        self._begun: int | None = None
        self._done = steps == 0
        left = max(experiment.budget.steps - self._first, 0)
        if steps > left:
            raise ValueError(
                f"profile {steps}: after those that compile, {left} of the run's "
                f"{experiment.budget.steps} steps are left; lower --profile or raise --budget.steps"
            )

    def begin(self, step: int, state: Any) -> None:
        """Starts the trace if its first step comes next, once the state is computed."""
        if self._done or self._begun is not None or step < self._first:
            return
        jax.block_until_ready(state)
        self._begun = step
        jax.profiler.start_trace(self._folder, create_perfetto_trace=True)

    def end(self, step: int, state: Any) -> None:
        """Writes the trace if its last step is dispatched, once the state is computed."""
        if not self._done and self._begun is not None and step >= self._begun + self._steps:
            jax.block_until_ready(state)
            self._write(f"trace of steps {self._begun + 1} to {step}")

    def close(self) -> None:
        """Writes a trace that a stopped run left unfinished."""
        if self._done:
            return
        if self._begun is not None:
            self._write(f"trace from step {self._begun + 1} until the run stopped")
        elif jax.process_index() == 0:
            tqdm.write("no trace: the run stopped before its first traced step", sys.stderr)

    def _write(self, what: str) -> None:
        self._done = True
        jax.profiler.stop_trace()
        if jax.process_index() == 0:
            perfetto = sorted(self._folder.glob("plugins/profile/*/perfetto_trace.json.gz"))[-1]
            tqdm.write(
                f"{what}: open {perfetto} at https://ui.perfetto.dev, or run "
                f"tensorboard --logdir {self._folder} (pip install tensorboard xprof)",
                sys.stderr,
            )


def first_step(experiment: Experiment, step: int, steps: int) -> int:
    """Step after which a trace begins in a run that starts at `step`.

    A trace shows one program: that of the generator's warm-up only if it ends within it.
    """
    skipped = SKIPPED * experiment.budget.updates_per_dispatch
    first, adversary_from = step + skipped, experiment.rules.adversary_from
    return adversary_from + skipped if step < adversary_from < first + steps else first
