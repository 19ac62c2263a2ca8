"""How far the scores of generators from noise can be trusted, on real data.

    python benchmarks/generation.py --mnist MNIST --digits FSDD

Trains each judge anew, which takes two minutes on two cores, and prints its accuracy on held-out
data and the processor time. Then it scores examples whose scores should be known: held-out ones,
the same under noise, copies of training data, averages of two training examples of a class, and
many of a single class.
"""

import dataclasses
import tempfile
import time
from pathlib import Path

import numpy as np
import tyro

from ganspeech.data.corpus import Corpus
from ganspeech.data.readers.mnist import MNIST
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.evaluation.generation import scores as generation
from ganspeech.evaluation.generation.judge import judge_of
from ganspeech.evaluation.generation.scores import GenerationScores
from ganspeech.evaluation.generation.yardstick import Yardstick, yardstick_of
from ganspeech.evaluation.quality.table import columns, show
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.representations import Pictures, View, Waveform
from ganspeech.tasks.spectrogram_representations import LogSpectrum

NOISE = 0.01
"""Deviation of the noise that is added to held-out examples."""
COUNT = 1000
"""Copies and averages."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """Where the data are."""

    mnist: Path | None = None
    """mnist.npz or its folder."""
    digits: Path | None = None
    """Folder of spoken digits."""


def main(asked: Asked) -> None:
    """Trains the judges and prints a table for each view."""
    views: list[tuple[Corpus, View]] = []
    if asked.mnist:
        views.append((MNIST(str(asked.mnist)), Pictures()))
    if asked.digits:
        corpus = SpokenDigits(str(asked.digits))
        views += [(corpus, Waveform()), (corpus, LogSpectrum())]
    with tempfile.TemporaryDirectory() as cache:
        for corpus, view in views:
            since, cores_since = time.monotonic(), time.process_time()
            judge = judge_of(corpus, view, cache=cache)
            wall, cores = time.monotonic() - since, time.process_time() - cores_since
            known = judge.accuracy
            print(
                f"\n{type(corpus).__name__}, {type(view).__name__}: the judge names "
                f"{known.value:.2%} [{known.low:.2%}, {known.high:.2%}] of {known.count} rightly; "
                f"{wall:.0f} s, {cores:.0f} s of processor time\n"
            )
            yardstick = yardstick_of(corpus, Generation(view=view), judge=judge)
            scores = [
                generation.score_samples(values, yardstick, name=name)
                for name, values in known_examples(yardstick).items()
            ]
            print(table(scores))


def known_examples(yardstick: Yardstick) -> dict[str, np.ndarray]:
    """Examples as the view has them, by what they are."""
    rng = np.random.default_rng(0)
    train, held_out = yardstick.examples.train, yardstick.examples.held_out.values
    pairs = [
        rng.choice(np.flatnonzero(train.labels == n % len(yardstick.examples.classes)), 2)
        for n in range(COUNT)
    ]
    noise = NOISE * rng.normal(size=held_out.shape)
    return {
        "held-out": held_out,
        "under noise": np.clip(held_out + noise, -1, 1).astype(np.float32),
        "copies": train.values[rng.choice(len(train), COUNT)],
        "averages of two": np.stack([train.values[pair].mean(0) for pair in pairs]),
        "one class": train.of_class(3).values[:COUNT],
    }


def table(scores: list[GenerationScores]) -> str:
    """A line for each kind of example."""
    head = ["", *(score.label for score in scores[0].shown)]
    rows = [[one.name, *(show(one.metrics[s.name], s.digits) for s in one.shown)] for one in scores]
    return columns([head, *rows])


if __name__ == "__main__":
    main(tyro.cli(Asked, description=__doc__))
