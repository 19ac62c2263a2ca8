"""Ratings: generated examples and their scores, as measured on the host."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ganspeech.game.contract import Batch
from ganspeech.process.arrays import read_arrays
from ganspeech.process.damage import damage
from ganspeech.process.writing import write_whole
from ganspeech.runs.checkpoints import CheckpointError

REMEMBERED = 0.2
"""Examples of earlier ratings for each one of the newest (MetricGAN+, Fu et al. 2021)."""


class Ratings:
    """`DIR/ratings/STEP.npz`: arrays of the examples rated before the update of that step."""

    def __init__(self, folder: Path, step: int):
        """Reads the ratings of a run that resumes at `step`; later ones are dropped.

        Raises CheckpointError, naming the file, for damaged ones.
        """
        self._folder = folder / "ratings"
        self._sets: dict[int, dict[str, np.ndarray]] = {}
        found = {int(file.stem): file for file in self._folder.glob("*.npz") if _is_step(file.stem)}
        for made, file in sorted(found.items()):
            if made <= step:
                with damage(CheckpointError, f"ratings {file} are damaged"):
                    self._sets[made] = read_arrays(file)

    def due(self, step: int, every: int) -> bool:
        """Returns whether the update after `step` needs a new rating, at least one in `every`."""
        return step // every > max(self._sets, default=-every) // every

    def add(self, step: int, rated: Mapping[str, np.ndarray], *, write: bool) -> None:
        """Adds arrays of one length, and writes them, whole or not at all."""
        self._sets[step] = dict(rated)
        if write:
            buffer = io.BytesIO()
            np.savez(buffer, allow_pickle=False, **self._sets[step])
            write_whole(self._folder / f"{step}.npz", buffer.getvalue())

    def draw(self, rng: np.random.Generator, count: int) -> list[dict[str, np.ndarray]]:
        """Draws rated examples, most of them from the newest rating."""
        *earlier, newest = list(self._sets.values())
        return [
            _one(earlier[rng.integers(len(earlier))], rng)
            if earlier and rng.random() < REMEMBERED / (1 + REMEMBERED)
            else _one(newest, rng)
            for _ in range(count)
        ]

    def beside(
        self, batch: Batch, rng: np.random.Generator, *, process: int, of: int
    ) -> dict[str, Any]:
        """Adds as many rated examples to a batch: the share of process `process` of `of`."""
        size = len(next(iter(batch.values())))
        drawn = self.draw(rng, size * of)[size * process : size * (process + 1)]
        rated = {name: np.stack([one[name] for one in drawn]) for name in drawn[0]}
        return {**batch, **rated}


def _is_step(stem: str) -> bool:
    return stem.isascii() and stem.isdigit()


def _one(rated: Mapping[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    place = rng.integers(len(next(iter(rated.values()))))
    return {name: array[place] for name, array in rated.items()}
