"""Two hundred kills at random instants, a fifth of them in a save: nothing differs or is lost.

A round trains one run, kills it `KILLS` times and lets it end. Beside it the same run is trained
without a stop.
"""

import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path

import jax
import pytest
from ended_runs import final_state, finish, metrics

from ganspeech.runs.checkpoints import PARTIAL, Checkpoints

KILLS = 20
"""Kills of a round. There are ten rounds."""
SAVE_EVERY, LOG_EVERY = 20, 3
COMMON = ("--budget.save-every", SAVE_EVERY, "--budget.log-every", LOG_EVERY)
ADAPTIVE = ("--augmentation", "adaptive", "--augmentation.adapt-over", 3000, "--rules.ema", 0.9)
ROUNDS = [
    *(("plain", seed, ()) for seed in range(4)),
    *(("adaptive", seed, ADAPTIVE) for seed in range(3)),
    *(("workers", seed, ("--workers", 2)) for seed in range(2)),
    ("dispatches", 0, ("--budget.updates-per-dispatch", 4, "--rules.critic-steps", 2)),
]
TROUBLE = re.compile(r"Traceback|[Ww]arning|[Ee]rror|damaged")


class Killer:
    """Kills of one run: as it starts, as it saves, and at any time."""

    def __init__(self, start, run: Path, rng: random.Random):
        self.start, self.run, self.rng = start, run, rng
        self.checkpoints = Checkpoints(run / "checkpoints")
        self.kills = self.in_saves = 0
        self.seconds_to_start = 8.0

    def newest(self) -> int:
        return max(self.checkpoints.steps(), default=0)

    def partials(self) -> set[tuple[str, int]]:
        """Name and inode of what a save has not finished."""
        return {(p.name, p.stat().st_ino) for p in self.checkpoints.folder.glob(f"{PARTIAL}*")}

    def saving(self) -> bool:
        return any(self.checkpoints.folder.glob(f"{PARTIAL}[0-9]*"))

    def kill(self, kind: str) -> None:
        left, began, before = self.partials(), time.monotonic(), self.newest()
        process = self.start()
        if kind == "starting":
            time.sleep(self.rng.uniform(0, self.seconds_to_start))
        else:
            self._wait(process, lambda: self.newest() > before)
            self.seconds_to_start = time.monotonic() - began
            if kind == "saving":
                self._wait(process, self.saving)
            time.sleep(self.rng.uniform(0, 0.1 if kind == "saving" else 1.0))
        # A terminal's kill reaches all processes, the system's, for want of memory, but one.
        if self.rng.random() < 0.5:
            os.kill(process.pid, signal.SIGKILL)
        else:
            os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, output
        assert not TROUBLE.search(output), output
        self.kills += 1
        self.in_saves += bool(self.partials() - left)
        for step in self.checkpoints.steps():
            assert self.checkpoints.about(step)["step"] == step  # intact, each of them

    def _wait(self, process: subprocess.Popen, arrived) -> None:
        end = time.monotonic() + 120
        while not arrived():
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                pytest.fail(process.communicate()[0])
            time.sleep(0.002)


def instants(rng: random.Random) -> list[str]:
    """When each kill comes: a fifth in a save, a fifth in the start, the others at any time."""
    kinds = ["saving"] * -(-KILLS // 5) + ["starting"] * (KILLS // 5)
    kinds += ["any"] * (KILLS - len(kinds))
    rng.shuffle(kinds)
    return kinds


@pytest.mark.slow
@pytest.mark.parametrize("name, seed, flags", ROUNDS, ids=[f"{n}-{s}" for n, s, _ in ROUNDS])
def test_a_run_killed_again_and_again_ends_as_one_never_killed(
    name, seed, flags, train_process, tmp_path
):
    rng = random.Random(f"{name} {seed}")
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    common = (*COMMON, *flags, "--seed", seed)
    cache = {"GANSPEECH_CACHE": str(tmp_path / "cache")}
    killer = Killer(
        lambda: train_process(*common, "--budget.steps", 10**6, "--run", killed, **cache),
        killed,
        rng,
    )
    for kind in instants(rng):
        killer.kill(kind)
    while killer.in_saves < -(-KILLS // 5):  # some saves were over before the kill
        killer.kill("saving")

    steps = killer.newest() + 10
    for run in (killed, whole):
        finish(train_process(*common, "--budget.steps", steps, "--run", run, **cache))
    states, abouts = zip(*(final_state(run) for run in (whole, killed)))
    leaves = list(zip(*map(jax.tree.leaves, states)))
    differing = sum(a.tobytes() != b.tobytes() for a, b in leaves)
    lines = metrics(whole)
    print(
        f"{name} {seed}: {killer.kills} kills, {killer.in_saves} in saves, {steps} steps; "
        f"{differing} of {len(leaves)} arrays differ; {len(lines)} lines of metrics"
    )
    assert abouts[0]["step"] == abouts[1]["step"] == steps
    assert abouts[0]["averages"] == abouts[1]["averages"]
    assert differing == 0
    assert [line["step"] for line in lines] == list(range(LOG_EVERY, steps + 1, LOG_EVERY))
    assert metrics(killed) == lines
    assert not killer.partials()
