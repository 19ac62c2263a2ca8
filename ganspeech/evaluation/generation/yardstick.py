"""Yardstick of generators from noise: real examples and noise, as a judge classifies them."""

import dataclasses
import functools
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float, Int

from ganspeech.audio import resample
from ganspeech.data.corpus import Corpus
from ganspeech.data.examples import Examples
from ganspeech.evaluation.generation import metrics
from ganspeech.evaluation.generation.judge import CLIPS, Judge, judge_of, require_held_out
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.representations import SpokenView, View

HELD_OUT, TRAINING, AND_BACK, NOISE = "held-out", "training", "there and back", "noise"
"""The rows that every table has beside a generator's."""


@dataclasses.dataclass(frozen=True)
class Judged:
    """Examples as a judge classifies them."""

    features: Float[np.ndarray, "examples width"]
    probabilities: Float[np.ndarray, "examples classes"]
    labels: Int[np.ndarray, " examples"] | None = None
    """The classes they were asked to be, or are known to be."""

    def __len__(self) -> int:
        return len(self.features)

    @property
    def said(self) -> Int[np.ndarray, " examples"]:
        """The likeliest class of each."""
        return self.probabilities.argmax(1)

    def take(self, places: np.ndarray | slice) -> "Judged":
        """The examples at these places."""
        labels = None if self.labels is None else self.labels[places]
        return Judged(self.features[places], self.probabilities[places], labels)


@dataclasses.dataclass(frozen=True, eq=False)
class Yardstick:
    """Rows that generators of one corpus are compared with; made once for all of them."""

    judge: Judge
    view: View
    examples: Examples
    """Training examples as the generators see them, their own share."""
    real: Examples
    """The same as the judge knows them: audio as it was, for speech."""
    training: Judged
    held_out: Judged
    others: Mapping[str, Judged]
    """There and back, noise."""

    @functools.cached_property
    def held_out_distances(self) -> Float[np.ndarray, " held_out"]:
        """From each held-out example's features to those of the nearest training example."""
        return metrics.nearest(self.held_out.features, self.training.features)[0]

    def judged(self, values: np.ndarray, labels: np.ndarray | None = None) -> Judged:
        """Examples in the view's form, as the judge classifies them."""
        return judged(self.judge, self.heard(values), labels)

    def heard(self, values: np.ndarray) -> np.ndarray:
        """Examples as the judge takes them: audio of the judge's rate, or the values themselves."""
        return _heard(self.view, values, self.examples)


def yardstick_of(
    corpus: Corpus, task: Generation, *, judge: Judge | None = None, seed: int = 0
) -> Yardstick:
    """Trains the judge or finds it in the cache, unless one is given, and judges the references."""
    view, examples = task.view, task.recordings(corpus)
    require_held_out(examples, corpus)
    judge = judge or judge_of(corpus, view)
    real = CLIPS.examples(corpus) if judge.spoken else examples
    place = {id: n for n, id in enumerate(real.train.ids)}
    # Of the training data only what the generator was given, which may be a share.
    real = dataclasses.replace(real, train=real.train.take([place[i] for i in examples.train.ids]))
    held_out, count = real.held_out, len(real.held_out)
    noise = np.random.default_rng(seed).uniform(-1, 1, (count, *view.shape)).astype(np.float32)
    others = {NOISE: judged(judge, _heard(view, noise, examples))}
    if judge.spoken:
        back = _heard(view, examples.held_out.values, examples)
        others = {AND_BACK: judged(judge, back, examples.held_out.labels)} | others
    return Yardstick(
        judge,
        view,
        examples,
        real,
        training=judged(judge, real.train.values, real.train.labels),
        held_out=judged(judge, held_out.values, held_out.labels),
        others=others,
    )


def judged(judge: Judge, heard: np.ndarray, labels: np.ndarray | None = None) -> Judged:
    """Audio or pictures as a judge classifies them."""
    return Judged(*judge.look(heard), labels)


def _heard(view: View, values: np.ndarray, examples: Examples) -> np.ndarray:
    if not isinstance(view, SpokenView):
        return values
    audio = view.audio(values, examples.scale)
    if view.sample_rate == CLIPS.sample_rate:
        return audio
    at_rate: Sequence[np.ndarray] = [
        resample(one, view.sample_rate, CLIPS.sample_rate) for one in audio
    ]
    return np.stack(at_rate)
