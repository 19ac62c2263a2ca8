"""Speech and text that do not belong together, from which recognition is learned without labels."""

import dataclasses
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32, Int32

from ganspeech.data.corpus import Corpus, CorpusError, Problems, Utterance
from ganspeech.data.feed import Feed
from ganspeech.data.pipeline import Batches, batches, counted

SILENCE = 0
"""Index of silence in every inventory of phones."""


@dataclasses.dataclass(frozen=True)
class Segments:
    """Utterance as a row of segments, with one vector of features each."""

    id: str
    features: Float32[np.ndarray, "segments width"]
    clusters: Int32[np.ndarray, " segments"] | None = None
    """Index of the cluster of each segment, for the auxiliary loss."""
    phones: Int32[np.ndarray, " phones"] | None = None
    """What was said, without silence, if it is known. Scores use it, training never does."""
    ends: Int32[np.ndarray, " segments"] | None = None
    """The frame after the last of each segment, if it is known."""
    true_ends: Int32[np.ndarray, " phones"] | None = None
    """The frame after the last of each phone, silence among them, if it is known, for scores."""


@dataclasses.dataclass(frozen=True)
class Unpaired:
    """Utterances, and the phones of other sentences."""

    train: Sequence[Segments]
    held_out: Sequence[Segments]
    texts: Sequence[Int32[np.ndarray, " phones"]]
    """Phones of each sentence, silence among them."""
    phones: tuple[str, ...]
    """Inventory: names of the phones, which indices refer to; `SILENCE` is the first."""
    fingerprint: str
    """Digest of the content, independent of its location."""
    problems: Problems = dataclasses.field(default_factory=Problems)
    clusters: int = 0
    """Number of clusters; 0: segments have none."""
    labeled: bool = False
    """Whether transcripts shaped the features, so that results are not without labels."""

    def __post_init__(self):
        if not self.train or not self.texts:
            raise CorpusError(f"no {'utterance' if self.texts else 'sentence'} to train on")
        width = self.width
        for one in (*self.train, *self.held_out):
            if not len(one.features):
                raise CorpusError(f"{one.id} is empty")
            if one.features.shape[1] != width:
                found = one.features.shape[1]
                raise CorpusError(f"{one.id} has {found} features a segment, others have {width}")

    @property
    def width(self) -> int:
        """Number of features of a segment."""
        return self.train[0].features.shape[1]

    @property
    def longest(self) -> int:
        """Largest number of segments of an utterance to train on."""
        return max(len(one.features) for one in self.train)


class UnpairedCorpus(Corpus):
    """Corpus of speech and text that do not belong together."""

    def utterances(self, problems: Problems | None = None) -> Sequence[Utterance]:
        """Raises `CorpusError`, since there are no recordings."""
        raise CorpusError(
            f"{type(self).__name__} has no recordings: use it with the task unpaired-recognition"
        )

    def of_frames(self) -> "UnpairedCorpus":
        """The same corpus with each frame as a segment; `CorpusError` if it has no frames."""
        raise CorpusError(f"{type(self).__name__} has segments alone, no frames to divide")

    @abstractmethod
    def unpaired(self) -> Unpaired:
        """Reads the corpus; raises `CorpusError`, naming the file, for what cannot be used."""


def unpaired_batches(data: Unpaired, feed: Feed, segments: int, phones: int) -> Batches:
    """Endless batches of utterances beside sentences that are drawn independently.

    `{"features": float32 [batch, segments, width], "lengths": int32 [batch], "clusters": int32
    [batch, segments], "labels": int32 [batch, phones], "label_lengths": int32 [batch]}`, padded
    with zeros. Longer ones of both are cut at a random place.
    """
    return batches(counted(feed.seed).random_map(_Pair(data, segments, phones)), feed)


class _Pair:
    """An utterance and a sentence at random; sent to the worker processes."""

    def __init__(self, data: Unpaired, segments: int, phones: int):
        self._data, self._segments, self._phones = data, segments, phones

    def __call__(self, place: int, rng: np.random.Generator) -> dict[str, Any]:
        data = self._data
        speech = data.train[int(rng.integers(len(data.train)))]
        text = data.texts[int(rng.integers(len(data.texts)))]
        read = _stretch(len(text), self._phones, rng)
        heard = _stretch(len(speech.features), self._segments, rng)
        features = speech.features[heard]
        clusters = np.zeros(len(features), np.int32)
        if speech.clusters is not None:
            clusters = speech.clusters[heard]
        return {
            **padded_example(features, text[read], self._segments, self._phones),
            "clusters": np.pad(clusters, (0, self._segments - len(features))),
        }


def padded_example(
    features: Float32[np.ndarray, "segments width"],
    labels: Int32[np.ndarray, " labels"],
    segments: int,
    most: int,
) -> dict[str, Any]:
    """One example of a batch: features and labels of these lengths, padded with zeros."""
    count = len(features)
    return {
        "features": np.pad(features, ((0, segments - count), (0, 0))),
        "lengths": np.int32(count),
        "labels": np.pad(labels, (0, most - len(labels))),
        "label_lengths": np.int32(len(labels)),
    }


def _stretch(count: int, length: int, rng: np.random.Generator) -> slice:
    """A random place of at most `length` of `count`."""
    start = int(rng.integers(max(count - length, 0) + 1))
    return slice(start, start + length)
