"""Feed: the reading of batches from an endless sequence of examples."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Feed:
    """Size, order and position of batches. Raises ValueError, naming an invalid setting."""

    batch_size: int
    """Examples per batch, over all processes."""
    seed: int = 0
    """Seed of the order of the examples and of all draws."""
    start: int = 0
    """Examples consumed before, over all processes."""
    workers: int = 0
    """Reader processes; 0: a thread of this process. The order does not depend on it."""
    process_index: int = 0
    """Index of this process, from 0."""
    process_count: int = 1
    """Processes that share each batch: their parts, in order, are the batch of a single process."""
    together: int = 1
    """Consecutive batches, counted from the first, that are taken at once and share a shape."""

    def __post_init__(self):
        for name, least in (
            ("batch_size", 1),
            ("start", 0),
            ("workers", 0),
            ("process_count", 1),
            ("together", 1),
        ):
            if (value := getattr(self, name)) < least:
                raise ValueError(f"{name} must be {least} or more, not {value}")
        if not 0 <= self.process_index < self.process_count:
            raise ValueError(
                f"process_index must be in 0..{self.process_count - 1}, not {self.process_index}"
            )
        if self.batch_size % self.process_count:
            raise ValueError(
                f"batch_size={self.batch_size} cannot be shared by {self.process_count} processes"
            )
