"""Training runs as phases start them: `train.py`, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from phases.common import ROOT, Work

SMALL = """
--generator vocos --generator.width 8 --generator.blocks 1 --discriminators multi-period
--discriminators.0.periods 2 --discriminators.0.channels 4 --discriminators.0.max-channels 4
--task.spec.sample-rate 8000 --task.spec.n-fft 64 --task.spec.hop-length 16
--task.spec.win-length 64 --task.spec.n-mels 8 --task.spec.fmax 4000 --task.segment-frames 16
--task.stft-weight 0 --budget.batch-size 4 --rules.adversary-from 0
"""
"""Flags that make a toy of `vocoder_demo`."""


def recordings(work: Work) -> Path:
    """Folder of the recordings that were given, or of made-up ones for questions of speed."""
    if work.corpus:
        return work.corpus
    import numpy as np
    import soundfile

    folder = work.out.parent / "recordings"
    count, seconds, rate = (4, 1, 8000) if work.small else (64, 6, 24000)
    if not folder.is_dir():
        folder.mkdir()
        rng = np.random.default_rng(0)
        for index in range(count):
            cycles = rng.uniform(80, 250) * np.arange(seconds * rate) / rate
            voice = sum(np.sin(2 * np.pi * k * cycles) / k for k in range(1, 20))
            audio = 0.1 * voice + 0.01 * rng.normal(size=cycles.size)
            soundfile.write(folder / f"{index:03}.flac", audio, rate)
    return folder


def experiment_flags(work: Work, experiment: str) -> list[str]:
    """An experiment and the corpus to train it on; a toy experiment in a dry run."""
    chosen = ["vocoder_demo", *SMALL.split()] if work.small else [experiment]
    held_out = "1" if work.small else "20"
    root = str(recordings(work))
    return [*chosen, "--corpus", "folder", "--corpus.root", root, "--corpus.held-out", held_out]


def train(work: Work, run: Path, *flags: object, xla_flags: str = "") -> list[dict]:
    """Trains `flags` in a folder until its budget; returns the lines of its metrics.

    Raises RuntimeError with the last line of what the run printed if it fails.
    """
    known = os.environ.get("XLA_FLAGS", "")
    done = subprocess.run(
        [sys.executable, "train.py", *map(str, flags), "--run", str(run)],
        cwd=ROOT,
        env={**os.environ, "XLA_FLAGS": f"{known} {xla_flags}".strip()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=max(work.left(), 1),
    )
    print(done.stdout, file=sys.stderr)
    if done.returncode:
        raise RuntimeError(f"train.py: {done.stdout.strip().splitlines()[-1]}")
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
