"""Trainable tasks: games with their data and samples of what was learned."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from flax import linen

from ganspeech.audio import AudioSpec
from ganspeech.data.corpus import Corpus
from ganspeech.data.examples import Examples
from ganspeech.data.feed import Feed
from ganspeech.data.labels.transcribed import Transcribed
from ganspeech.data.prepare import Prepared
from ganspeech.data.unlabeled.unpaired import Unpaired
from ganspeech.game.contract import Batch, Task, Tree
from ganspeech.tasks.batch_shapes import BatchShapes


@dataclasses.dataclass(frozen=True)
class Sample:
    """Audio of the generator, with the held-out recording it corresponds to."""

    id: str
    reference: np.ndarray | None
    """The recording, float32 `[samples]` in [-1, 1]; None if there is none."""
    generated: np.ndarray
    """Output of the generator, float32 `[samples]`."""
    rate: int
    """Samples per second of both."""
    text: str = ""
    """Text of the audio."""


@dataclasses.dataclass(frozen=True)
class Picture:
    """Picture of the generator's work."""

    id: str
    image: np.ndarray
    """Pixels, uint8 `[height, width, 3]`."""


Dataset = Prepared | Transcribed | Examples | Unpaired
"""Data of a task: recordings, recordings with labels, examples of one shape, or speech and text
that do not belong together."""
Data = TypeVar("Data", bound=Dataset)


@runtime_checkable
class Trainable(Task, Protocol[Data]):
    """Task that the training loop can run, showing its samples."""

    # Methods only: tyro does not read a task's fields behind a protocol with attributes.

    def audio_spec(self) -> AudioSpec | None:
        """Audio spec of the task; None for one without audio."""

    def mixed(self) -> bool:
        """Returns whether batches have several shapes, as with utterances in buckets."""

    def recordings(self, corpus: Corpus) -> Data:
        """Data of the task from a corpus."""

    def batches(self, prepared: Data, feed: Feed) -> Iterator[Batch]:
        """Endless batches for `play`."""

    def batch_shapes(self, size: int) -> BatchShapes:
        """Shapes of a batch of `size` examples; the largest, if batches have several shapes."""

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Data
    ) -> Iterable[Sample | Picture]:
        """Samples of the generator's work, of the first held-out recordings if any."""


@runtime_checkable
class AnyTrainable(Trainable[Any], Protocol):
    """Trainable task of any data, as in an experiment."""


@runtime_checkable
class Collapsing(Protocol):
    """Task that can tell, without labels, that its generator has collapsed."""

    def collapse(self, generator: linen.Module, variables: Tree, prepared: Any) -> str:
        """Sign of a collapse on held-out data, in a few words; empty without one."""


@runtime_checkable
class Rating(Protocol):
    """Task whose discriminators learn ratings that only the host can compute, such as PESQ.

    Rated examples are passed to `play` with the arrays of later batches (`Play.rated`).
    """

    @property
    def rate_every(self) -> int:
        """Updates between two ratings; 0: none."""

    def rate(
        self, generator: linen.Module, variables: Tree, prepared: Any, rng: np.random.Generator
    ) -> dict[str, np.ndarray]:
        """Output of the generator and its ratings: arrays of one length, an entry per example."""
