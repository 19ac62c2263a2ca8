"""A corpus of a second and an experiment small enough to train in a blink."""

import os
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
import soundfile
from jax.experimental.compilation_cache import compilation_cache

from ganspeech.audio import AudioSpec
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.vocos import Vocos
from ganspeech.losses.adversarial import Hinge
from ganspeech.tasks.vocoding import Vocoding

ROOT = Path(__file__).resolve().parents[2]
RATE = 8000


@pytest.fixture(scope="module", autouse=True)
def programs_compile_once(tmp_path_factory):
    """Every run compiles the same few programs: as for users, a cache on disk keeps them."""
    cache = tmp_path_factory.getbasetemp() / "xla"
    settings = {
        "jax_compilation_cache_dir": str(cache),
        "jax_persistent_cache_min_compile_time_secs": 0.0,
    }
    before = {name: getattr(jax.config, name) for name in settings}
    for values in (settings, before):
        for name, value in values.items():
            jax.config.update(name, value)
        compilation_cache.reset_cache()
        if values is settings:
            yield


@pytest.fixture(scope="session")
def corpus_root(tmp_path_factory) -> Path:
    """Six recordings of a fifth of a second: a few harmonics and some noise."""
    root = tmp_path_factory.mktemp("corpus")
    rng = np.random.default_rng(0)
    for number in range(6):
        phase = 2 * np.pi * (110 + 20 * number) * np.arange(RATE // 5) / RATE
        audio = sum(np.sin(k * phase) / k for k in (1, 2, 3)) + 0.05 * rng.normal(size=phase.size)
        soundfile.write(root / f"tone{number}.wav", 0.3 * audio, RATE)
    return root


@pytest.fixture
def tiny(corpus_root, tmp_path, monkeypatch) -> Experiment:
    """An experiment of a few thousand parameters on that corpus, twelve steps long."""
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    spec = AudioSpec(
        sample_rate=RATE, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=RATE / 2
    )
    return Experiment(
        corpus=AudioFolder(str(corpus_root), held_out=1),
        task=Vocoding(spec=spec, segment_frames=16),
        generator=Vocos(width=8, blocks=1),
        discriminators=(MultiPeriodDiscriminator(periods=(2,), channels=4, max_channels=4),),
        objective=Hinge(),
        rules=Rules(adversary_from=4),
        generator_optimizer=Optimizer(),
        discriminator_optimizer=Optimizer(),
        budget=Budget(steps=12, batch_size=4, log_every=2, save_every=5, sample_every=1000, keep=2),
        workers=0,
    )


@pytest.fixture(scope="session")
def prepared_once(tmp_path_factory) -> Path:
    """A cache that all processes share."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def train_process(corpus_root, prepared_once):
    """Starts `train.py` with the same experiment said in flags, in a process of its own."""
    environment = {
        **os.environ,
        "GANSPEECH_CACHE": str(prepared_once),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }
    flags = (
        "--corpus folder --corpus.root ROOT --corpus.held-out 1 --generator vocos "
        "--generator.width 8 --generator.blocks 1 --discriminators multi-period "
        "--discriminators.0.periods 2 --discriminators.0.channels 4 "
        "--discriminators.0.max-channels 4 --task.spec.sample-rate 8000 --task.spec.n-fft 64 "
        "--task.spec.hop-length 16 --task.spec.win-length 64 --task.spec.n-mels 8 "
        "--task.spec.fmax 4000 --task.segment-frames 16 --task.stft-weight 0 "
        "--rules.adversary-from 4 --budget.batch-size 4 --generator-optimizer.schedule constant "
        "--discriminator-optimizer.schedule constant"
    ).replace("ROOT", str(corpus_root))

    started: list[subprocess.Popen] = []

    def start(*more: object, **environment_too: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "train.py", "vocoder_demo", *flags.split(), *map(str, more)],
            cwd=ROOT,
            env=environment | environment_too,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with process:  # Waits, and closes its pipe: a failed test must not fail the next one.
            process.kill()
