"""The same game on one device, on eight, and in two processes."""

import os
import runpy
import socket
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from ganspeech.training.parallel import check_batch_size

ROOT = Path(__file__).resolve().parents[2]

PLAY = ROOT / "tests" / "training" / "play.py"
PLAY_SHARDED = PLAY.with_name("play_sharded.py")


def start(
    result: Path, *process: object, devices: int = 1, script: Path = PLAY
) -> subprocess.Popen:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
    }
    command = [sys.executable, str(script), str(result), *map(str, process)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_one_device_eight_and_two_processes_learn_the_same(tmp_path):
    two = (f"127.0.0.1:{free_port()}", 2)
    started = [
        start(tmp_path / "eight.npy", "", 1, 0, devices=8),
        start(tmp_path / "first.npy", *two, 0),
        start(tmp_path / "second.npy", *two, 1),
    ]
    one = runpy.run_path(str(PLAY))["play"]()
    for process in started:
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, output
    played = {name: np.load(tmp_path / f"{name}.npy") for name in ("eight", "first", "second")}
    assert {name: int(values[-1]) for name, values in played.items()} == {
        "eight": 8,
        "first": 2,
        "second": 2,
    }
    for name, values in played.items():
        np.testing.assert_allclose(values[:-1], one, rtol=1e-5, atol=1e-6, err_msg=name)
    np.testing.assert_array_equal(played["first"], played["second"])


@pytest.mark.slow
def test_pmap_and_shard_map_learn_the_same_bit_by_bit(tmp_path):
    two = (f"127.0.0.1:{free_port()}", 2)
    options = {"script": PLAY_SHARDED}
    started = {
        "eight": start(tmp_path / "eight.npy", "", 1, 0, devices=8, **options),
        "first": start(tmp_path / "first.npy", *two, 0, devices=4, **options),
        "second": start(tmp_path / "second.npy", *two, 1, devices=4, **options),
    }
    assert runpy.run_path(str(PLAY_SHARDED))["compare"]() == 33
    for name, process in started.items():
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, output
        assert np.load(tmp_path / f"{name}.npy").tolist() == [33, 8]


def test_impossible_numbers_are_named():
    check_batch_size(4 * jax.device_count(), 2)
    with pytest.raises(ValueError, match=r"batch_size 5 .* rules\.accumulate 2: use"):
        check_batch_size(5, 2)
