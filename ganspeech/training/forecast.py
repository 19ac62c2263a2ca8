"""How long a run will take, told once its first steps are timed."""

import statistics
import time

TIMED = 20
"""Dispatches whose median tells the speed; the few that compile a shape are among them."""
SHORTEST = 60.0
"""Seconds; what ends sooner needs no forecast."""


class Forecast:
    """Forecast of a run of `steps` steps, of which those after `adversary_from` are slower."""

    def __init__(self, steps: int, adversary_from: int, minutes: float):
        """Begins before the first dispatch; `minutes` are left to the run, 0: nothing limits it."""
        self._steps, self._adversary_from, self._minutes = steps, adversary_from, minutes
        self._begin = time.monotonic()
        self._game = False
        self._last: float | None = None
        self._seconds: list[float] = []

    def after(self, step: int, count: int) -> str:
        """Returns the forecast once it can be made, otherwise nothing.

        Called when the `count` steps of a dispatch up to `step` are done. Steps with discriminators
        are timed anew.
        """
        now = time.monotonic()
        if self._game != (step > self._adversary_from):
            self._game, self._last, self._seconds = not self._game, None, []
        if self._last is not None and len(self._seconds) < TIMED:
            self._seconds.append((now - self._last) / count)
            if len(self._seconds) == TIMED:
                return self._line(step, statistics.median(self._seconds), now - self._begin)
        self._last = now
        return ""

    def _line(self, step: int, seconds: float, spent: float) -> str:
        turn = self._steps if self._game else min(self._adversary_from, self._steps)
        left = turn - step
        if left * seconds < SHORTEST or 0 < 60 * self._minutes < spent + left * seconds:
            return ""
        line = f"{left:,} steps of {seconds:.2g} s take about {_duration(left * seconds)}"
        if turn < self._steps:
            line += f"; the {self._steps - turn:,} after them, with discriminators, are slower"
        return line


def _duration(seconds: float) -> str:
    """Duration in words, of two digits."""
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} minute{'s' * (minutes != 1)}"
    return f"{seconds / 3600:.1f} hours"
