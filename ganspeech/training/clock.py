"""How long a run has trained."""

import time


class Clock:
    """Training time over all resumed parts, and this run's share of core time."""

    def __init__(self, minutes: float, core_minutes: float, sharers: int):
        self._since, self._core_since = time.monotonic(), time.process_time()
        self._minutes, self._core_minutes, self._sharers = minutes, core_minutes, sharers
        self._line: tuple[int, float] | None = None

    @property
    def minutes(self) -> float:
        """Minutes of training."""
        return self._minutes + (time.monotonic() - self._since) / 60

    @property
    def core_minutes(self) -> float:
        """Minutes of one core."""
        # Wall time is not meaningful on a shared machine.
        spent = (time.process_time() - self._core_since) / self._sharers
        return self._core_minutes + spent / 60

    def steps_per_second(self, step: int) -> float:
        """Speed since the previous line; 0 in the first, which includes compilation."""
        now = time.monotonic()
        speed = (step - self._line[0]) / (now - self._line[1]) if self._line else 0.0
        self._line = (step, now)
        return speed
