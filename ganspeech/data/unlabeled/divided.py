"""Frames of speech beside the segments that they are divided into, as a start for others."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from ganspeech.data.cache import digest
from ganspeech.data.corpus import CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.pipeline import Batches, batches, counted
from ganspeech.data.unlabeled.boundary_files import Ends
from ganspeech.data.unlabeled.unpaired import Unpaired, UnpairedCorpus


@dataclasses.dataclass(frozen=True)
class Divided(Unpaired):
    """Speech whose every segment is a frame, beside longer ones."""

    given: Mapping[str, Ends] = dataclasses.field(default_factory=dict)
    """Ends of the longer segments, by id, of the utterances to train on."""


def divided(corpus: UnpairedCorpus, segments: Unpaired) -> Divided:
    """Frames of a corpus that has these segments, of the utterances that it divides.

    Raises `CorpusError` for a corpus without frames, or whose segments are frames.
    """
    frames = corpus.of_frames().unpaired()
    given = {one.id: one.ends for one in segments.train if one.ends is not None}
    train = [one for one in frames.train if one.id in given]
    if train and all(len(given[one.id]) == len(one.features) for one in train):
        raise CorpusError(
            "every frame of the corpus is a segment: choose segments to begin with, such as "
            "--corpus.segmentation.kind clusters"
        )
    fields = {field.name: getattr(frames, field.name) for field in dataclasses.fields(Unpaired)}
    content = [frames.fingerprint, {id: ends.tolist() for id, ends in given.items()}]
    return Divided(**{**fields, "train": train, "fingerprint": digest(content)}, given=given)


def divided_batches(data: Divided, feed: Feed, longest: int, cloning: int) -> Batches:
    """Endless batches of utterances, drawn at random.

    `{"features": float32 [batch, longest, width], "lengths": int32 [batch], "starts": int32
    [batch, longest], "cloning": float32 [batch]}`, padded with zeros. `starts` is 1 where a given
    segment begins, `cloning` 1 for the first `cloning` utterances of a run. Longer ones are cut at
    a random place.
    """
    return batches(counted(feed.seed).random_map(_Divided(data, longest, cloning)), feed)


class _Divided:
    """An utterance and where its segments begin; sent to the worker processes."""

    def __init__(self, data: Divided, longest: int, cloning: int):
        self._data, self._longest, self._cloning = data, longest, cloning

    def __call__(self, place: int, rng: np.random.Generator) -> dict[str, Any]:
        one = self._data.train[int(rng.integers(len(self._data.train)))]
        first = int(rng.integers(max(len(one.features) - self._longest, 0) + 1))
        features = one.features[first : first + self._longest]
        starts = np.zeros(len(one.features), np.int32)
        starts[self._data.given[one.id][:-1]] = 1
        starts = starts[first : first + self._longest]
        starts[0] = 1
        padding = self._longest - len(features)
        return {
            "features": np.pad(features, ((0, padding), (0, 0))),
            "lengths": np.int32(len(features)),
            "starts": np.pad(starts, (0, padding)),
            "cloning": np.float32(place < self._cloning),
        }
