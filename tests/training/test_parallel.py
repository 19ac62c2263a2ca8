"""The same game on one device, on eight, and in two processes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from ganspeech.training.parallel import Distributed, check_batch_size

ROOT = Path(__file__).resolve().parents[2]

QUICK = "--xla_backend_optimization_level=0"
"""Compiles in half the time."""

PLAY = """
import functools
import sys
from pathlib import Path

import jax
import numpy as np

from ganspeech.audio import AudioSpec
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.game import Game, Rules
from ganspeech.gan import create_state
from ganspeech.generators.vocos import Vocos
from ganspeech.losses.adversarial import Wasserstein
from ganspeech.optimizer import Optimizer
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.training.parallel import Distributed, ParallelUpdate, any_process


def play():
    spec = AudioSpec(
        sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000
    )
    game = Game(
        # The gradient penalty draws for every example: devices must draw alike.
        task=Vocoding(spec=spec, segment_frames=16),
        generator=Vocos(width=8, blocks=1),
        discriminators=(MultiPeriodDiscriminator(periods=(2,), channels=4, max_channels=4),),
        objective=Wasserstein(),
        rules=Rules(),
        generator_optimizer=Optimizer(),
        discriminator_optimizer=Optimizer(),
    )
    rng = np.random.default_rng(0)
    update = ParallelUpdate(game, 10)
    create = jax.jit(functools.partial(create_state, game), static_argnums=1)
    state = update.place(create(jax.random.PRNGKey(0), 10))
    mine = slice(*(8 // jax.process_count() * (jax.process_index() + i) for i in (0, 1)))
    for _ in range(3):
        audio = 0.1 * rng.normal(size=(8, 256)).astype(np.float32)
        state, metrics = update(state, [{"audio": audio[mine]}])
    leaves = jax.tree.leaves((state.generator.params, state.discriminator.params, metrics))
    return np.concatenate([np.asarray(leaf).ravel() for leaf in leaves])


if __name__ == "__main__":
    result, coordinator, processes, process = sys.argv[1:]
    Distributed(coordinator, int(processes), int(process)).join()
    played = play()
    assert any_process(jax.process_index() == 0)
    np.save(result, np.append(played, jax.device_count()))
"""


def start(script: Path, result: Path, *process: object, devices: int = 1) -> subprocess.Popen:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": f"{QUICK} --xla_force_host_platform_device_count={devices}",
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
    script = tmp_path / "play.py"
    script.write_text(PLAY)
    two = (f"127.0.0.1:{free_port()}", 2)
    started = [
        start(script, tmp_path / "eight.npy", "", 1, 0, devices=8),
        start(script, tmp_path / "first.npy", *two, 0),
        start(script, tmp_path / "second.npy", *two, 1),
    ]
    namespace: dict = {"__name__": "play"}
    exec(compile(PLAY, "play", "exec"), namespace)
    one = namespace["play"]()
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


def test_impossible_numbers_are_named():
    check_batch_size(4 * jax.device_count(), 2)
    with pytest.raises(ValueError, match=r"batch_size 5 .* rules\.accumulate 2: use"):
        check_batch_size(5, 2)
    with pytest.raises(ValueError, match=r"distributed\.process must be 0 to 1, not 2"):
        Distributed("127.0.0.1:1", 2, 2).join()
    with pytest.raises(ValueError, match=r"distributed\.processes needs distributed\.coordinator"):
        Distributed(processes=2).join()
    Distributed().join()
