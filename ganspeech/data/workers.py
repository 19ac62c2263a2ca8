"""Worker processes that make batches, in the order in which one process would.

Batches come through pipes: shared memory stays behind when processes are killed, and a killed
training leaves its workers alone. A worker whose pipe has no other end is through.
"""

import contextlib
import multiprocessing
import pickle
import sys
import traceback
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

import numpy as np

if sys.platform == "linux":
    import fcntl

if TYPE_CHECKING:
    import grain

AHEAD = 2
"""Batches that this process fetches in advance."""
PIPE_BYTES = 2**20
"""Size of a pipe on Linux. With the usual 64 KiB large batches come at a quarter of the speed."""
KILLED = -9
"""Status of a process that was killed, as a system does that has no memory left."""


class WorkerError(ValueError):
    """A worker that ended; the message tells how, and what to do."""


class Workers(Iterator[Any]):
    """Elements of an endless dataset, made by spawned processes, which the first element starts.

    A worker's errors are raised here, with its traceback as a note.
    """

    def __init__(self, dataset: "grain.MapDataset", count: int, ready: int):
        """`ready` elements are kept ready by each of the `count` workers."""
        self._dataset, self._count, self._ready = dataset, count, ready
        self._workers: deque[tuple[Any, Connection]] = deque()
        self._fetched: deque[Future] = deque()
        self._fetcher = ThreadPoolExecutor(1)

    def __next__(self) -> Any:
        if not self._workers:
            self._start()
        self._fetched.append(self._fetcher.submit(self._fetch))
        return self._fetched.popleft().result()

    def close(self) -> None:
        """Ends the workers."""
        for process, _ in list(self._workers):
            process.kill()  # it holds nothing that others wait for
        self._fetcher.shutdown(cancel_futures=True)
        for process, pipe in self._workers:
            process.join()
            pipe.close()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        for index in range(self._count):
            ours, theirs = context.Pipe(duplex=False)
            part = self._dataset[index :: self._count]
            process = context.Process(target=_make, args=(part, self._ready, theirs), daemon=True)
            process.start()
            if sys.platform == "linux":
                with contextlib.suppress(OSError):  # beyond what the system gives a user
                    fcntl.fcntl(ours.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            theirs.close()  # so that the pipe ends when the worker does
            self._workers.append((process, ours))
        self._fetched.extend(self._fetcher.submit(self._fetch) for _ in range(AHEAD))

    def _fetch(self) -> Any:
        process, pipe = self._workers[0]
        self._workers.rotate(-1)
        try:
            element = _receive(pipe)
        except (EOFError, OSError):
            process.join()
            reason = "its messages are above"
            if process.exitcode == KILLED:
                reason = "perhaps for want of memory: try fewer by --workers"
            raise WorkerError(
                f"a process that reads data ended with status {process.exitcode}; {reason}"
            ) from None
        if isinstance(element, Exception):
            raise element
        return element


def _make(dataset: "grain.MapDataset", ready: int, pipe: Connection) -> None:
    """Sends elements until nobody reads them."""
    import grain

    reading = grain.ReadOptions(num_threads=1, prefetch_buffer_size=ready)
    # Explicitly closed: otherwise its thread would print errors when Python exits.
    with contextlib.closing(iter(dataset.to_iter_dataset(reading))) as elements:
        try:
            for element in elements:
                _send(pipe, element)
        except (BrokenPipeError, ConnectionResetError):
            return
        except Exception as error:
            error.add_note(traceback.format_exc())
            _send(pipe, error)


def _send(pipe: Connection, element: Any) -> None:
    """Sends an element, and its arrays without copying them first."""
    arrays: list[pickle.PickleBuffer] = []
    content = pickle.dumps(element, protocol=5, buffer_callback=arrays.append)
    pipe.send((content, [array.raw().nbytes for array in arrays]))
    for array in arrays:
        pipe.send_bytes(array.raw())


def _receive(pipe: Connection) -> Any:
    content, sizes = pipe.recv()
    arrays = [np.empty(size, np.uint8) for size in sizes]
    for array in arrays:
        pipe.recv_bytes_into(array)
    return pickle.loads(content, buffers=arrays)
