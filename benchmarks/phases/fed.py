"""What a run loses to data, logging, metrics and checkpoints, against its update alone."""

import time
from pathlib import Path

import jax
import numpy as np

from ganspeech.config import serialize
from ganspeech.config.experiment import Experiment
from ganspeech.data.feed import Feed
from ganspeech.game.state import create_state
from ganspeech.process.environment import prepare
from ganspeech.training.parallel import ParallelUpdate
from phases.common import Work
from phases.runs import experiment_flags, train

EXPERIMENT = "vocoder_hifigan_v1"


def main() -> None:
    """Times `train.py` and the bare update of the same experiment in turns, then the reader."""
    prepare()  # as train.py does
    work = Work.from_flags("fed", __doc__)
    flags = [*experiment_flags(work, EXPERIMENT), "--rules.precision", "bfloat16"]
    rounds, steps, saves = (1, 40, 20) if work.small else (2, 200, 100)
    first = work.out / "run0"
    fed = [fed_speed(work, first, flags, steps, saves)]
    experiment = serialize.loads((first / "experiment.json").read_text())
    bare = BareUpdate(experiment)
    alone = [bare.steps_per_second(steps)]
    for index in range(1, rounds):
        fed.append(fed_speed(work, work.out / f"run{index}", flags, steps, saves))
        alone.append(bare.steps_per_second(steps))
    note = f"{steps} steps, with a line every {steps // 10}, a checkpoint every {saves}"
    work.row(f"{EXPERIMENT}, bfloat16: train.py", float(np.median(fed)), "steps/s", note=note)
    work.row(f"{EXPERIMENT}, bfloat16: the update alone", float(np.median(alone)), "steps/s")
    lost = 100 * (1 - float(np.median(fed)) / float(np.median(alone)))
    work.row("lost to data, logging, metrics and checkpoints", lost, "%")
    time_reader(work, experiment)


def fed_speed(work: Work, run: Path, flags: list, steps: int, saves: int) -> float:
    """Steps a second of `train.py` between its first line and its last, saves included."""
    every = steps // 10
    flags = [*flags, "--budget.steps", steps, "--budget.log-every", every]
    lines = train(work, run, *flags, "--budget.save-every", saves, "--budget.sample-every", 0)
    return float(1 / np.mean([1 / line["steps_per_second"] for line in lines[1:]]))


class BareUpdate:
    """The compiled update of an experiment on one batch, as the training loop dispatches it."""

    def __init__(self, experiment: Experiment):
        prepared = experiment.task.recordings(experiment.corpus)
        batches = experiment.task.batches(prepared, Feed(batch_size=experiment.budget.batch_size))
        self.batches = [next(batches)]
        batches.close()
        self.update = ParallelUpdate(experiment, experiment.budget.steps)
        create = jax.jit(lambda key: create_state(experiment, key, experiment.budget.steps))
        self.state = self.update.place(create(jax.random.PRNGKey(0)))
        self.steps_per_second(1)

    def steps_per_second(self, steps: int) -> float:
        """Speed of so many updates, of which the host waits for the last."""
        began = time.perf_counter()
        for _ in range(steps):
            self.state, metrics = self.update(self.state, self.batches)
        jax.block_until_ready((self.state, metrics))
        return steps / (time.perf_counter() - began)


def time_reader(work: Work, experiment: Experiment) -> None:
    """Writes how many segments a second are cut by a thread, and by processes."""
    prepared = experiment.task.recordings(experiment.corpus)
    size, seconds = experiment.budget.batch_size, 0.5 if work.small else 2.0
    for workers in (0, 1) if work.small else (0, 2, 4, 8, 16):
        batches = experiment.task.batches(prepared, Feed(batch_size=size, workers=workers))
        for _ in range(20):
            next(batches)
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            next(batches)
            count += size
        speed = count / (time.perf_counter() - began)
        work.row(f"segments read with --workers {workers}", speed, "segments/s")
        batches.close()


if __name__ == "__main__":
    main()
