"""One thread for all: whose turn it is, how far it computes ahead, and who is refused."""

import asyncio
import time
from contextlib import aclosing

import pytest

from ganspeech.serving.worker import AHEAD, Busy, Worker


def steps(name, count, done):
    for n in range(count):
        done.append(f"{name}{n}")
        time.sleep(0.002)
        yield n


async def taken(worker, iterator):
    with worker.place() as place:
        return [one async for one in place.run(iterator)]


def test_a_long_work_does_not_starve_short_ones():
    async def main():
        done = []
        with Worker(8) as worker:
            long = asyncio.create_task(taken(worker, steps("long", 30, done)))
            while len(done) < 5:
                await asyncio.sleep(0.001)
            begun = len(done)
            short = await asyncio.gather(*(taken(worker, steps(n, 2, done)) for n in "abc"))
            assert short == [[0, 1]] * 3
            assert await long == list(range(30))
        last = max(done.index(f"{n}1") for n in "abc")
        # Three others, two turns each, and the long one's between.
        assert last <= begun + 10
        assert worker.taken == 0

    asyncio.run(main())


def test_nothing_is_computed_far_ahead_or_after_a_client_has_left():
    async def main():
        done = []
        with Worker(8) as worker, worker.place() as place:
            async with aclosing(place.run(steps("a", 100, done))) as results:
                assert await anext(results) == 0
                await asyncio.sleep(0.1)
                assert len(done) == 1 + AHEAD
            await asyncio.sleep(0.05)
            assert len(done) <= 2 + AHEAD

    asyncio.run(main())


def test_an_error_is_its_own_clients_alone():
    async def main():
        def fails():
            yield 1
            raise ValueError("no more")

        with Worker(8) as worker:
            good = asyncio.create_task(taken(worker, steps("a", 10, [])))
            with pytest.raises(ValueError, match="no more"):
                await taken(worker, fails())
            assert await good == list(range(10))

    asyncio.run(main())


def test_places_are_counted():
    with Worker(2) as worker, worker.place():
        with worker.place(), pytest.raises(Busy, match=r"all 2 places are taken: .* 1 s") as busy:
            worker.place()
        assert busy.value.seconds == 1
        with worker.place():
            assert worker.taken == 2
        worker.ended(1000.0)
        with worker.place(), pytest.raises(Busy) as busy:
            worker.place()
        assert busy.value.seconds > 40
