"""Batches out of an endless Grain data set: any start, any number of workers, any process."""

import weakref
from collections.abc import Iterator
from typing import Any

import grain
from absl import flags

# Batches that a worker, or the reading thread when there is none, keeps ready.
READY = 8
# As good as endless; Grain computes lengths in float64 and overflows near its own 2**63.
ENDLESS = 2**50


class Batches(Iterator[Any]):
    """An endless iterator over batches; ``close`` ends its worker processes and threads.

    They also end when it is garbage collected and when the program exits. (Grain's own iterators
    close themselves when the interpreter is half gone, and complain.)
    """

    def __init__(self, dataset: grain.IterDataset):
        self._held = [iter(dataset)]
        self._finalizer = weakref.finalize(self, _close, self._held)

    def __next__(self) -> Any:
        if not self._held:
            raise ValueError("these batches are closed")
        return next(self._held[0])

    def close(self) -> None:
        """End the workers; there are no batches afterwards. Closing again does nothing."""
        self._finalizer()


def batches(
    examples: grain.MapDataset,
    *,
    batch_size: int,
    start: int = 0,
    workers: int = 1,
    process_index: int = 0,
    process_count: int = 1,
) -> Batches:
    """Endless batches of ``batch_size / process_count`` examples, stacked.

    ``examples`` repeats for ever and gives example i the same value whoever asks. ``start`` counts
    the global examples already consumed; the processes' batches, concatenated in the order of
    ``process_index``, are the batch of a single process. The order does not depend on
    ``workers``: 0 reads in a thread of this process, n in n processes, which are spawned, so that
    a script's entry point needs ``if __name__ == "__main__":``. ``ValueError`` names an impossible
    argument.
    """
    for name, value, least in (
        ("batch_size", batch_size, 1),
        ("start", start, 0),
        ("workers", workers, 0),
        ("process_count", process_count, 1),
    ):
        if value < least:
            raise ValueError(f"{name} must be {least} or more, it is {value}")
    if not 0 <= process_index < process_count:
        raise ValueError(f"process_index must be in 0..{process_count - 1}, it is {process_index}")
    if batch_size % process_count:
        raise ValueError(f"batch_size={batch_size} cannot be shared by {process_count} processes")
    rest = examples[start : start + ENDLESS]
    local = rest.batch(batch_size // process_count)[process_index::process_count]
    reading = grain.ReadOptions(num_threads=1, prefetch_buffer_size=READY)
    dataset = local.to_iter_dataset(reading)
    if workers:
        # Grain hands absl's flags to its workers, and refuses to while nobody has parsed them.
        if not flags.FLAGS.is_parsed():
            flags.FLAGS.mark_as_parsed()
        dataset = dataset.mp_prefetch(
            grain.MultiprocessingOptions(num_workers=workers, per_worker_buffer_size=READY)
        )
    return Batches(dataset)


def _close(held: list[grain.DatasetIterator]) -> None:
    held.pop().close()
