"""Trainable tasks: beside the game they find their data, and show what was learned."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from flax import linen

from ganspeech.audio import AudioSpec
from ganspeech.data.corpus import Corpus
from ganspeech.data.examples import Examples
from ganspeech.data.feed import Feed
from ganspeech.data.prepare import Prepared
from ganspeech.data.transcribed import Transcribed
from ganspeech.game.contract import Batch, Task, Tree


@dataclasses.dataclass(frozen=True)
class Sample:
    """Audio of the generator, beside the held-out recording it stands for."""

    id: str
    reference: np.ndarray | None
    """The recording, float32 `[samples]` in [-1, 1]; None where nothing was to be copied."""
    generated: np.ndarray
    """The generator's answer, float32 `[samples]`."""
    rate: int
    """Samples a second of both."""
    text: str = ""
    """Text that is said."""


@dataclasses.dataclass(frozen=True)
class Picture:
    """Picture of the generator's work."""

    id: str
    image: np.ndarray
    """Bytes `[height, width, 3]`."""


Dataset = Prepared | Transcribed | Examples
"""A corpus as a task needs it: recordings, lines with labels, or examples of one shape."""
Data = TypeVar("Data", bound=Dataset)


@runtime_checkable
class Trainable(Task, Protocol[Data]):
    """A task that the training loop can run, and whose samples it shows while it does."""

    # Methods alone: tyro reads the fields of no task behind a protocol that has others.

    def audio_spec(self) -> AudioSpec | None:
        """Audio spec it works with; None for one without."""

    def mixed(self) -> bool:
        """Whether batches have several shapes, as those of utterances in buckets do."""

    def recordings(self, corpus: Corpus) -> Data:
        """The corpus as the task needs it."""

    def batches(self, prepared: Data, feed: Feed) -> Iterator[Batch]:
        """Endless batches for `play`."""

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Data
    ) -> Iterable[Sample | Picture]:
        """Samples of the generator's work, of the first held-out recordings if any."""


@runtime_checkable
class AnyTrainable(Trainable[Any], Protocol):
    """A trainable task, whatever data it trains on: what an experiment holds."""


@runtime_checkable
class Rating(Protocol):
    """A task whose discriminators learn ratings that only the host can give, such as PESQ.

    What is rated comes back to `play` among the arrays of later batches (`Play.rated`).
    """

    @property
    def rate_every(self) -> int:
        """Updates between two ratings; 0: none."""

    def rate(
        self, generator: linen.Module, variables: Tree, prepared: Any, rng: np.random.Generator
    ) -> dict[str, np.ndarray]:
        """Output of the generator and its ratings: arrays of one length, one an example."""
