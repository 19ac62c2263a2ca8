"""Which of many a page shows."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def at_even_places(values: Sequence[T], count: int) -> list[T]:
    """So many of a list, or all, the ends among them: in a ranking the choice flatters no one."""
    places = np.linspace(0, len(values) - 1, min(count, len(values))).round().astype(int)
    return [values[place] for place in places]
