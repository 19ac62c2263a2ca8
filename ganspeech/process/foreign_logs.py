"""Logging of other packages."""

import contextlib
import logging
from collections.abc import Iterator


@contextlib.contextmanager
def quieted(name: str, level: int) -> Iterator[None]:
    """Passes only messages of a level and above of the logger of that name."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)
