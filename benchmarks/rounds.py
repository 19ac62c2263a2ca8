"""Several ways of doing one thing, timed in turns, so that a busy machine slows all of them."""

import random
import time
from collections.abc import Callable, Mapping

import numpy as np

Way = Callable[[], object]
PAUSE = 0.05


def seconds_of(way: Way) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


def timed(way: Way) -> float:
    """Seconds that one call takes, after a pause in which other libraries' threads come to rest."""
    time.sleep(PAUSE)
    return seconds_of(way)


def in_turns(ways: Mapping[str, Way], rounds: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Seconds of each way in each of `rounds`, whose order is drawn anew every time."""
    order = random.Random(seed)
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name in order.sample(sorted(ways), len(ways)):
            seconds[name].append(timed(ways[name]))
    return {name: np.asarray(values) for name, values in seconds.items()}


def spread(values: np.ndarray, digits: int = 2) -> str:
    """The median, and in brackets the 5th and 95th percentiles."""
    low, middle, high = np.percentile(values, [5, 50, 95])
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
