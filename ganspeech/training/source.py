"""Batches as the loop takes them: several at a time."""

from collections.abc import Iterator
from itertools import chain, islice

from ganspeech.game.contract import Batch
from ganspeech.process.signals import children_ignore_sigint


class Source:
    """Batches of the data pipeline."""

    def __init__(self, batches: Iterator[Batch]):
        self._source = batches
        with children_ignore_sigint():  # the first batch starts the workers
            self._batches = chain([next(batches)], batches)

    def take(self, count: int) -> list[Batch]:
        """The next so many batches."""
        return list(islice(self._batches, count))

    def close(self) -> None:
        """Ends the pipeline's workers."""
        if close := getattr(self._source, "close", None):
            close()
