"""One thread that computes for all clients in turn, a sentence of each at a time."""

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from typing import Any, Generic, TypeVar

AHEAD = 2
"""Results that are computed before a client takes them: memory stays flat for slow readers."""
USUAL_SECONDS = 2.0
"""Seconds that a request is assumed to take before any has ended."""
FORGETTING = 0.9
"""Weight of earlier requests in the mean of their seconds."""
JOIN_SECONDS = 10.0
"""Seconds for which `close` waits for the step that is being computed."""

T = TypeVar("T")


class Busy(Exception):
    """All places are taken; `seconds` says when one is likely to be free, at least 1."""

    def __init__(self, places: int, seconds: int):
        super().__init__(f"all {places} places are taken: try again in {seconds} s")
        self.seconds = seconds


class Worker:
    """A thread that takes one step of each client's work in turn, and the clients' places.

    A new request so waits for at most one sentence of every other, however long their texts are.
    Everything but the steps themselves belongs to the thread of the event loop.
    """

    def __init__(self, places: int):
        self.places = places
        """Most clients whose requests are accepted at a time."""
        self.taken = 0
        """Places that are taken now."""
        self._seconds = USUAL_SECONDS
        self._turns: deque[_Work[Any]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def place(self) -> "Place":
        """Takes a place, to be left by its `with`; raises `Busy` if there is none."""
        if self.taken >= self.places:
            # They all work by turns, so one of them ends every so often.
            seconds = math.ceil(self._seconds / self.places)
            raise Busy(self.places, max(seconds, 1))
        return Place(self)

    def close(self) -> None:
        """Ends the thread after the step that it computes."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(JOIN_SECONDS)

    def queue(self, work: "_Work[Any]") -> None:
        """Gives work its turn after that of all others."""
        with self._changed:
            self._turns.append(work)
            self._changed.notify()

    def ended(self, seconds: float) -> None:
        """Notes how long a place was taken."""
        self._seconds = FORGETTING * self._seconds + (1 - FORGETTING) * seconds

    def _run(self) -> None:
        while (work := self._next()) is not None:
            work.step()
            del work  # a client that has left leaves no audio behind

    def _next(self) -> "_Work[Any] | None":
        with self._changed:
            while not self._closed:
                if self._turns:
                    return self._turns.popleft()
                self._changed.wait()
        return None


class Place:
    """A client's place in the queue: `with worker.place() as place: ...`."""

    def __init__(self, worker: Worker):
        self._worker = worker
        self._since = time.monotonic()
        worker.taken += 1

    def __enter__(self) -> "Place":
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.taken -= 1
        self._worker.ended(time.monotonic() - self._since)

    async def run(self, steps: Iterator[T]) -> AsyncGenerator[T, None]:
        """Results of an iterator whose steps the worker computes, each in its turn.

        What a step raises is raised here. Once this is closed or canceled no step follows.
        """
        work = _Work(self._worker, steps)
        work.request()
        try:
            while True:
                outcome = await work.outcomes.get()
                work.request()
                if isinstance(outcome, _Failed):
                    raise outcome.error
                if isinstance(outcome, _Ended):
                    return
                yield outcome
        finally:
            work.left = True


class _Ended:
    """Outcome after the last step."""


class _Failed:
    """Outcome of a step that raised."""

    def __init__(self, error: Exception):
        self.error = error


class _Work(Generic[T]):
    """Steps of a client, and their outcomes in order."""

    def __init__(self, worker: Worker, steps: Iterator[T]):
        self.outcomes: asyncio.Queue[T | _Ended | _Failed] = asyncio.Queue()
        self.left = False
        self._worker = worker
        self._steps = steps
        self._loop = asyncio.get_running_loop()
        self._idle = True

    def request(self) -> None:
        """Asks for another step, unless one is under way or enough outcomes wait."""
        if self._idle and not self.left and self.outcomes.qsize() < AHEAD:
            self._idle = False
            self._worker.queue(self)

    def step(self) -> None:
        """Computes the next outcome, in the worker's thread."""
        if self.left:
            return
        outcome: T | _Ended | _Failed
        try:
            outcome = next(self._steps, _Ended())
        except Exception as error:
            outcome = _Failed(error)
        # The loop may be gone after a shutdown whose time was up.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._take, outcome)

    def _take(self, outcome: "T | _Ended | _Failed") -> None:
        self.outcomes.put_nowait(outcome)
        if not isinstance(outcome, _Ended | _Failed):
            self._idle = True
            self.request()
