"""What a task does beside the game: it finds its data, and shows what it has learnt."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from flax import linen

from ganspeech.data import Corpus, Prepared, Recording
from ganspeech.game import Batch, Task, Tree


@dataclasses.dataclass(frozen=True)
class Sample:
    """A held-out recording and what the generator made in its place."""

    id: str
    reference: np.ndarray
    """The recording, float32 `[samples]` in [-1, 1]."""
    generated: np.ndarray
    """The generator's answer, float32 `[samples]`."""
    rate: int
    """Samples a second of both."""
    text: str = ""
    """What is said."""


@runtime_checkable
class Trainable(Task, Protocol):
    """A task that the training loop can run, and whose samples it shows while it does."""

    def recordings(self, corpus: Corpus) -> Prepared:
        """The corpus as the task needs it: its rate, its shortest recording."""

    def batches(
        self,
        prepared: Prepared,
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
        self, generator: linen.Module, variables: Tree, recordings: Sequence[Recording]
    ) -> Iterable[Sample]:
        """What the generator makes of held-out recordings, one by one."""
