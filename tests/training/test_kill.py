"""Processes that are killed: what they had saved is whole, and they go on as if never stopped."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import jax
import numpy as np
import pytest
from ended_runs import final_state, finish, metrics

from ganspeech.runs.checkpoints import Checkpoints


def wait_for_checkpoint(run: Path, process: subprocess.Popen, above: int) -> int:
    """Waits until there is a checkpoint of a later step than `above`, and returns that step."""
    checkpoints = Checkpoints(run / "checkpoints")
    while process.poll() is None:
        if (newest := max(checkpoints.steps(), default=0)) > above:
            return newest
        time.sleep(0.005)
    pytest.fail(process.communicate()[0])


@pytest.mark.accelerator
def test_a_run_killed_at_any_moment_ends_bit_for_bit_as_one_never_killed(train_process, tmp_path):
    # It saves nearly all the time, so a kill mostly falls into a save.
    flags = ("--budget.steps", 40, "--budget.save-every", 2, "--budget.log-every", 3)
    finish(train_process(*flags, "--run", tmp_path / "whole"))
    delay, step = random.Random(os.getpid()), 0
    for _ in range(2):
        process = train_process(*flags, "--run", tmp_path / "killed")
        step = wait_for_checkpoint(tmp_path / "killed", process, step)
        time.sleep(delay.uniform(0, 1.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    output = finish(train_process(*flags, "--run", tmp_path / "killed"))
    assert "resuming at step" in output or "already at step 40 of 40" in output
    (whole, ours), (killed, theirs) = (final_state(tmp_path / n) for n in ("whole", "killed"))
    assert ours["step"] == theirs["step"] == 40 and ours["examples"] == theirs["examples"] == 160
    jax.tree.map(np.testing.assert_array_equal, whole, killed)
    assert metrics(tmp_path / "whole") == metrics(tmp_path / "killed")


def test_ctrl_c_saves_and_another_number_of_workers_goes_on_in_the_same_order(
    train_process, tmp_path
):
    flags = ("--budget.save-every", 1000, "--budget.log-every", 1, "--run", tmp_path / "run")
    process = train_process("--budget.steps", 100000, "--workers", 1, *flags)
    lines = tmp_path / "run" / "metrics.jsonl"
    while process.poll() is None and not (lines.exists() and lines.stat().st_size):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the process that reads too
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 130, output
    (step,) = Checkpoints(tmp_path / "run" / "checkpoints").steps()
    assert f"stopped and saved at step {step}; the same command resumes it" in output
    assert "Traceback" not in output and "leaked" not in output
    finish(train_process("--budget.steps", 100000, "--budget.minutes", 0.001, *flags))
    finish(train_process("--budget.steps", step + 1, *flags[:-1], tmp_path / "whole"))
    resumed = {line["step"]: line for line in metrics(tmp_path / "run")}
    assert metrics(tmp_path / "whole") == [resumed[n + 1] for n in range(step + 1)]
