"""Labeled examples of one shape, in memory, on which generators from noise train."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, Int32

from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.feed import Feed
from ganspeech.data.pipeline import Batches, batches, shuffled


@dataclasses.dataclass(frozen=True)
class Labeled:
    """Examples with their labels and ids."""

    values: Float32[np.ndarray, "examples ..."]
    """Values in [-1, 1]."""
    labels: Int32[np.ndarray, " examples"]
    """Indices of classes, from 0."""
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, places: Sequence[int] | np.ndarray) -> "Labeled":
        """Examples at these indices."""
        chosen = np.asarray(places, np.int64)
        return Labeled(self.values[chosen], self.labels[chosen], tuple(self.ids[i] for i in chosen))

    def of_class(self, label: int) -> "Labeled":
        """Examples of one class."""
        return self.take(np.flatnonzero(self.labels == label))


@dataclasses.dataclass(frozen=True)
class Scale:
    """Scaling of spectrograms to [-1, 1]: the mean and standard deviation of every bin."""

    mean: Float32[np.ndarray, " bins"]
    deviation: Float32[np.ndarray, " bins"]


@dataclasses.dataclass(frozen=True)
class Examples:
    """Examples to learn from, those held out, and problems with the rest."""

    train: Labeled
    held_out: Labeled
    classes: tuple[str, ...]
    """Names of the classes, which labels index."""
    fingerprint: str
    """Digest of the content, independent of its location."""
    problems: Problems
    scale: Scale | None = None
    """Scale of spectrograms."""

    def __post_init__(self):
        for what, part in (("train on", self.train), ("hold out", self.held_out)):
            counts = np.bincount(part.labels, minlength=len(self.classes))
            if len(part) and not counts.all():
                name = self.classes[int(np.argmin(counts))]
                raise CorpusError(f"the class {name!r} has no example to {what}")

    def share(self, share: float) -> "Examples":
        """Keeps the first of every class's training examples, at least one of each."""
        if share == 1:
            return self
        kept = []
        for label in range(len(self.classes)):
            places = np.flatnonzero(self.train.labels == label)
            kept.append(places[: max(1, round(share * len(places)))])
        train = self.train.take(np.sort(np.concatenate(kept)))
        return dataclasses.replace(self, train=train)


def labeled_batches(examples: Labeled, feed: Feed) -> Batches:
    """Endless `{"values": [batch, ...], "label": int32 [batch]}`, reshuffled every epoch."""
    order = shuffled(len(examples), feed.seed)
    return batches(order.map(_Take(examples)), feed)


class _Take:
    """Looks an example up; sent to the worker processes."""

    def __init__(self, examples: Labeled):
        self._values, self._labels = examples.values, examples.labels

    def __call__(self, place: int) -> dict[str, np.ndarray]:
        return {"values": self._values[place], "label": self._labels[place]}
