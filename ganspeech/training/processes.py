"""Processes that train together: how they join and what they agree on."""

import contextlib
import dataclasses
import socket
from collections.abc import Iterator

import jax
import numpy as np
from jax.experimental import multihost_utils

from ganspeech.training.links import JOIN_SECONDS, Watch, accept, connect, relay, serve


@dataclasses.dataclass(frozen=True)
class Distributed:
    """Processes that train together; each runs the same command with its own number."""

    coordinator: str = ""
    """HOST:PORT of process 0, which also uses PORT + 1; `auto` on clusters that JAX detects (SLURM,
    Open MPI, Kubernetes, TPU pods); empty: one process."""
    processes: int = 1
    """Number of processes."""
    process: int = 0
    """Index of this process, from 0."""

    @contextlib.contextmanager
    def joined(self) -> Iterator[None]:
        """Connects to the other processes; must be entered before JAX initializes its devices.

        If one of them is lost inside, this process prints one line and exits with 1: collectives
        would wait for it, and JAX aborts with a stack dump only after its heartbeats time out.
        On a detected cluster the loss of process 0 aborts the others at once, with JAX's own lines.
        Raises ValueError for settings with which processes cannot meet.
        """
        if not self.coordinator:
            if self.processes != 1:
                raise ValueError("distributed.processes needs distributed.coordinator HOST:PORT")
            yield
        elif self.coordinator == "auto":
            _detect()
            with Watch(_detected_links()):
                yield
        else:
            host, port = self._address()
            with Watch(self._links(host, port)):
                # Behind a relay, the end of process 0 does not abort this one.
                where = relay(host, port) if self.process else self.coordinator
                jax.distributed.initialize(where, self.processes, self.process)
                yield

    def _address(self) -> tuple[str, int]:
        """Host and port of process 0."""
        host, _, digits = self.coordinator.rpartition(":")
        port = int(digits) if digits.isdecimal() else 0
        if not host or not 0 < port < 2**16 - 1:
            raise ValueError(
                f"distributed.coordinator must be HOST:PORT or auto, not {self.coordinator!r}"
            )
        return host.strip("[]"), port

    def _links(self, host: str, port: int) -> dict[int, socket.socket]:
        """Connections to the peers of this process."""
        if not 0 <= self.process < self.processes:
            raise ValueError(
                f"distributed.process must be 0 to {self.processes - 1}, not {self.process}"
            )
        if self.process > 0:
            return {0: connect(host, port + 1, self.process)}
        serve(port).close()  # JAX would abort if the port is taken.
        with serve(port + 1) as server:
            return accept(server, self.processes)


def _detect() -> None:
    """Initializes JAX's processes as the cluster says."""
    try:
        jax.distributed.initialize(initialization_timeout=round(JOIN_SECONDS))
    except ValueError as error:
        raise ValueError(
            f"distributed.coordinator auto: JAX detects no cluster ({error}); give HOST:PORT"
        ) from None


def _detected_links() -> dict[int, socket.socket]:
    """Connections to the peers of this process once JAX has connected them."""
    count, index = jax.process_count(), jax.process_index()
    with serve(0) as server:
        here = f"{socket.getfqdn()} {server.getsockname()[1]}" if index == 0 else ""
        letters = np.frombuffer(here.encode().ljust(512), np.uint8)
        there = bytes(np.asarray(multihost_utils.broadcast_one_to_all(letters))).decode().split()
        return {0: connect(there[0], int(there[1]), index)} if index else accept(server, count)


def highest(*values: int) -> tuple[int, ...]:
    """Maximum of each value over the processes, all of which must call this."""
    if jax.process_count() == 1:
        return values
    everyone = multihost_utils.process_allgather(np.asarray(values, np.int32))
    return tuple(int(value) for value in everyone.max(axis=0))


def require_same_start(step: int, fingerprint: str) -> None:
    """Raises ValueError in every process unless all start at the same step and recordings."""
    if jax.process_count() == 1:
        return
    mine = np.asarray([step, int(fingerprint[:7], 16)], np.int32)
    steps, recordings = multihost_utils.process_allgather(mine).T
    if len(set(steps.tolist())) > 1:
        raise ValueError(
            f"processes start at different steps {steps.tolist()}: --run must be a shared folder"
        )
    if len(set(recordings.tolist())) > 1:
        raise ValueError("the processes have different recordings: give all the same corpus")
