"""Flags of XLA: added where users leave the choice, and known to XLA."""

import os
import subprocess
import sys

import pytest

from ganspeech.process.environment import GPU_FLAGS, with_gpu_flags

DETERMINISTIC, SCHEDULER = GPU_FLAGS


def test_flags_are_added_once():
    assert with_gpu_flags("").split() == list(GPU_FLAGS)
    assert with_gpu_flags(with_gpu_flags("")) == with_gpu_flags("")
    assert with_gpu_flags("--xla_dump_to=/tmp/dump").split()[0] == "--xla_dump_to=/tmp/dump"


@pytest.mark.parametrize(
    ("users", "left"),
    [
        ("--xla_gpu_deterministic_ops=false", [SCHEDULER]),
        ("--xla_gpu_exclude_nondeterministic_ops=true", [SCHEDULER]),
        ("--xla_gpu_enable_latency_hiding_scheduler=false", [DETERMINISTIC]),
        ("--xla_gpu_deterministic_ops --xla_gpu_enable_latency_hiding_scheduler=false", []),
    ],
)
def test_what_users_set_is_left_as_it_is(users, left):
    assert with_gpu_flags(users).split() == [*users.split(), *left]


def test_xla_knows_all_flags():
    # XLA ends the process at the first flag that it does not know.
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", "XLA_FLAGS": " ".join(GPU_FLAGS)}
    program = "import jax; print(jax.device_count())"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0 and done.stdout.strip() == "1", done.stderr
