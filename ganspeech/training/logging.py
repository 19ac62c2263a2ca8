"""Log of a run: JSON lines, and scalars, audio and pictures for TensorBoard."""

import errno
import itertools
import json
import math
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from tensorboardX import SummaryWriter

from ganspeech.process.writing import write_whole
from ganspeech.runs.metrics import METRICS, metric_lines
from ganspeech.tasks.trainable import Picture, Sample


class Averages:
    """Means of metrics over the steps since the last line."""

    def __init__(self, sums: dict[str, list[float]] | None = None):
        self.sums = dict(sums or {})
        """Sum and count of each metric; a checkpoint keeps them, so a resumed run's lines agree."""

    def add(self, values: dict[str, float]) -> None:
        """Adds the values of one step."""
        for name, value in values.items():
            total, count = self.sums.get(name, (0.0, 0))
            self.sums[name] = [total + value, count + 1]

    def take(self) -> dict[str, float]:
        """Returns the means, and resets them."""
        means = {name: total / count for name, (total, count) in self.sums.items()}
        self.sums = {}
        return means


LEAST_FREE = 2**20
"""Bytes of free disk space below which nothing is logged."""


class RunLog:
    """`metrics.jsonl` and `tensorboard/` of a run folder, truncated to `step` when opened."""

    def __init__(self, folder: Path, step: int):
        self._folder = folder
        lines = folder / METRICS
        _cut_back(lines, step)
        # Without a buffer, that would be written once more at the end where the disk is full.
        self._lines = open(lines, "ab", buffering=0)  # noqa: SIM115
        self._board = SummaryWriter(str(folder / "tensorboard"), purge_step=step + 1)

    def line(self, step: int, values: dict[str, Any]) -> None:
        """Writes a line of metrics; OSErrors name the file."""
        try:
            # TensorBoard's writer dies without a word where the disk is full, and whoever hands
            # it the next value waits forever.
            if _free(self._folder) < LEAST_FREE:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._lines.write(json.dumps({"step": step, **values}).encode() + b"\n")
        except OSError as error:
            raise OSError(error.errno, error.strerror, self._lines.name) from error
        for name, value in values.items():
            self._board.add_scalar(name, value, step)

    def score(self, step: int, name: str, value: float) -> None:
        """Draws a score of the checkpoint of a step, which comes late, in TensorBoard alone."""
        self._board.add_scalar(name, value, step)

    def samples(self, step: int, samples: Iterable[Sample | Picture]) -> None:
        """Logs pictures, and audio with its spectrograms."""
        for sample in samples:
            if isinstance(sample, Picture):
                self._board.add_image(sample.id, sample.image, step, dataformats="HWC")
                continue
            clips = {"generated": sample.generated}
            if sample.reference is not None:
                clips["reference"] = sample.reference
            for name, audio in clips.items():
                clipped = np.clip(audio, -1.0, 1.0)
                self._board.add_audio(f"{sample.id}/{name}", clipped, step, sample.rate)
            picture = spectrograms(clips, sample.rate)
            self._board.add_image(f"{sample.id}/spectrograms", picture, step, dataformats="HWC")
        self._board.flush()

    def close(self) -> None:
        """Closes the files."""
        self._lines.close()
        self._board.close()


def spectrograms(audio: dict[str, np.ndarray], rate: int) -> np.ndarray:
    """Stacked spectrograms of recordings, as an image `[height, width, 3]` of bytes."""
    import scipy.signal  # slow to import, and needed for samples only

    figure = Figure(figsize=(8, 2.5 * len(audio)), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots(len(audio), sharex=True, squeeze=False)[:, 0]
    for axis, (name, samples) in zip(axes, audio.items()):
        window = min(1024, len(samples))
        frequencies, times, spectrum = scipy.signal.stft(samples, rate, nperseg=window)
        decibels = 20 * np.log10(np.maximum(np.abs(spectrum), 1e-5))
        axis.pcolormesh(times, frequencies / 1000, decibels, vmin=-100, vmax=-20, rasterized=True)
        axis.set(title=name, ylabel="kHz")
    axes[-1].set_xlabel("seconds")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _free(folder: Path) -> float:
    """Bytes of free disk space; infinite for a folder that was removed: the next save tells it."""
    try:
        return shutil.disk_usage(folder).free
    except FileNotFoundError:
        return math.inf


def _cut_back(path: Path, step: int) -> None:
    """Keeps the lines up to a step; drops a line that a kill truncated, and what follows."""
    if not path.exists():
        return
    kept = itertools.takewhile(lambda line: line["step"] <= step, metric_lines(path))
    write_whole(path, "".join(f"{json.dumps(line)}\n" for line in kept).encode())
