"""The feed: how batches are read out of an endless sequence of examples, and by whom."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Feed:
    """Size, order and place of batches. Raises ValueError naming an impossible setting."""

    batch_size: int
    """Examples of one batch, over all processes."""
    seed: int = 0
    """Seed of the order of the examples and of all draws."""
    start: int = 0
    """Global examples that were consumed before."""
    workers: int = 0
    """Processes that read; 0 reads in a thread of this one. The order does not depend on it."""
    process_index: int = 0
    """Number of this process, from 0."""
    process_count: int = 1
    """Processes that share each batch: theirs, concatenated in order, are that of one alone."""
    together: int = 1
    """Batches in a row, counted from the first of all, that are taken at once and must share a
    shape."""

    def __post_init__(self):
        for name, least in (
            ("batch_size", 1),
            ("start", 0),
            ("workers", 0),
            ("process_count", 1),
            ("together", 1),
        ):
            if (value := getattr(self, name)) < least:
                raise ValueError(f"{name} must be {least} or more, it is {value}")
        if not 0 <= self.process_index < self.process_count:
            raise ValueError(
                f"process_index must be in 0..{self.process_count - 1}, it is {self.process_index}"
            )
        if self.batch_size % self.process_count:
            raise ValueError(
                f"batch_size={self.batch_size} cannot be shared by {self.process_count} processes"
            )
