"""Batches of an endless Grain dataset: any start, any number of workers, any process."""

import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ganspeech.data.feed import Feed
from ganspeech.data.workers import Workers

if TYPE_CHECKING:
    import grain

# Batches that a worker, or the reading thread when there is none, keeps ready.
READY = 8
# As good as endless; Grain computes lengths in float64 and overflows near its own 2**63.
ENDLESS = 2**50


class Batches(Iterator[Any]):
    """An endless iterator over batches; `close` ends its worker processes and threads.

    They also end when it is garbage collected and when the program exits. (Grain's own iterators
    close too late at interpreter exit, and print errors.)
    """

    def __init__(self, source: "Workers | grain.DatasetIterator"):
        self._held = [source]
        self._finalizer = weakref.finalize(self, _close, self._held)

    def __next__(self) -> Any:
        if not self._held:
            raise ValueError("these batches are closed")
        return next(self._held[0])

    def close(self) -> None:
        """Ends the workers; there are no batches afterwards. Closing again does nothing."""
        self._finalizer()


def shuffled(count: int, seed: int) -> "grain.MapDataset":
    """Endless indices below `count`, reshuffled every epoch."""
    import grain  # slow to import, and only needed to read

    return grain.MapDataset.range(count).seed(seed).shuffle().repeat()


def counted(seed: int) -> "grain.MapDataset":
    """Endless indices from 0, whose random maps are seeded by `seed`."""
    import grain

    return grain.MapDataset.range(ENDLESS).seed(seed)


def batches(examples: "grain.MapDataset", feed: Feed) -> Batches:
    """Endless batches of `feed.batch_size / feed.process_count` examples, stacked.

    `examples` repeats forever, and example i is the same in every process. Reader processes are
    spawned, so a script's entry point needs `if __name__ == "__main__":`.
    """
    import grain

    rest = examples[feed.start : feed.start + ENDLESS]
    local = rest.batch(feed.batch_size // feed.process_count)[
        feed.process_index :: feed.process_count
    ]
    if feed.workers:
        return Batches(Workers(local, feed.workers, READY))
    reading = grain.ReadOptions(num_threads=1, prefetch_buffer_size=READY)
    return Batches(iter(local.to_iter_dataset(reading)))


def _close(held: "list[Workers | grain.DatasetIterator]") -> None:
    held.pop().close()
