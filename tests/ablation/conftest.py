"""A corpus of a few seconds, and an experiment small enough to train in a blink, as flags."""

import numpy as np
import pytest
import soundfile

RATE = 8000
FLAGS = (
    "--corpus folder --corpus.root ROOT --corpus.held-out 2 --generator vocos "
    "--generator.width 8 --generator.blocks 1 --discriminators none "
    "--task.spec.sample-rate 8000 --task.spec.n-fft 64 "
    "--task.spec.hop-length 16 --task.spec.win-length 64 --task.spec.n-mels 8 "
    "--task.spec.fmax 4000 --task.segment-frames 16 --task.stft-weight 0 "
    "--rules.adversary-from 0 --budget.batch-size 4 --budget.steps 6 --budget.log-every 2 "
    "--budget.sample-every 0 --sentences 1"
)


@pytest.fixture(scope="session")
def corpus_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("corpus")
    rng = np.random.default_rng(0)
    for number in range(4):
        phase = 2 * np.pi * (110 + 20 * number) * np.arange(RATE) / RATE
        audio = sum(np.sin(k * phase) / k for k in (1, 2, 3)) + 0.05 * rng.normal(size=phase.size)
        soundfile.write(root / f"tone{number}.wav", 0.3 * audio, RATE)
    return root


@pytest.fixture
def arguments(corpus_root, tmp_path, tmp_path_factory, monkeypatch):
    """The arguments of `ablate` up to what varies; a cache keeps what members compile."""
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    run = str(tmp_path / "ablation")
    return ["vocoder_demo", *FLAGS.replace("ROOT", str(corpus_root)).split(), "--run", run]
