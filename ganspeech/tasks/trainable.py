"""What a task does beside the game: it finds its data, and shows what it has learnt."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, runtime_checkable

import numpy as np
from flax import linen

from ganspeech.data.corpus import Corpus
from ganspeech.data.examples import Examples
from ganspeech.data.prepare import Prepared
from ganspeech.game.contract import Batch, Task, Tree


@dataclasses.dataclass(frozen=True)
class Sample:
    """What the generator made to be listened to, beside the held-out recording it stands for."""

    id: str
    reference: np.ndarray | None
    """The recording, float32 `[samples]` in [-1, 1]; None where nothing was to be copied."""
    generated: np.ndarray
    """The generator's answer, float32 `[samples]`."""
    rate: int
    """Samples a second of both."""
    text: str = ""
    """What is said."""


@dataclasses.dataclass(frozen=True)
class Picture:
    """What the generator made to be looked at."""

    id: str
    image: np.ndarray
    """Bytes `[height, width, 3]`."""


Material = Prepared | Examples
"""What tasks train on: recordings, or examples of one shape. Both have a fingerprint."""


@runtime_checkable
class Trainable(Task, Protocol):
    """A task that the training loop can run, and whose samples it shows while it does."""

    def recordings(self, corpus: Corpus) -> Any:
        """The corpus as the task needs it: `Material`."""

    def batches(
        self,
        prepared: Any,
        *,
        batch_size: int,
        seed: int,
        start: int = 0,
        workers: int = 1,
        process_index: int = 0,
        process_count: int = 1,
    ) -> Iterator[Batch]:
        """Endless batches for `play`; see `ganspeech.data.segments` for the arguments."""

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Any
    ) -> Iterable[Sample | Picture]:
        """What to show of the generator's work, of the first held-out recordings if any."""


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
        """What the generator makes by now and its rating: arrays of one length, one an example."""
