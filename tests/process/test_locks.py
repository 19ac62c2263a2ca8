"""Locks between processes."""

import errno
import os
import socket
import subprocess
import sys
import time

import pytest

from ganspeech.process import locks
from ganspeech.process.locks import LockedError, locked

HOLD = """
import sys
from pathlib import Path
from ganspeech.process.locks import locked
with locked(Path({path!r}), "it"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Path of a lock that another process holds, and the process."""
    path = tmp_path / "lock"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(path=str(path))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline().strip() == b"held"
    yield path, process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_a_lock_of_another_process_names_it(holder):
    path, process = holder
    with pytest.raises(LockedError) as caught, locked(path, "runs/a"):
        pass
    assert str(caught.value) == (
        f"runs/a is in use by process {process.pid} on {socket.gethostname()}"
    )


def test_the_lock_of_a_killed_process_is_free(holder):
    path, process = holder
    process.kill()
    process.wait()
    with locked(path, "it"):
        assert f'"process": {os.getpid()}' in path.read_text()


def test_a_waiting_process_gets_it_in_its_turn(holder, capsys):
    path, process = holder
    process.stdin.close()  # it ends, in a moment
    with locked(path, "it", waiting="waiting for the other"):
        pass
    assert process.wait(10) == 0


def test_a_child_that_inherits_the_descriptor_holds_it(tmp_path):
    path = tmp_path / "lock"
    with locked(path, "it") as descriptor:
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(descriptor,)
        )
    with pytest.raises(LockedError), locked(path, "it"):
        pass
    child.communicate(b"\n")
    with locked(path, "it"):
        pass


@pytest.mark.parametrize("lives", [True, False])
def test_a_holder_on_another_machine_is_watched(tmp_path, monkeypatch, capsys, lives):
    path = tmp_path / "lock"
    path.write_text('{"host": "elsewhere", "process": 7}')
    turns = []

    def sleep(_):
        turns.append(lives and os.utime(path, ns=(0, len(turns))))

    monkeypatch.setattr(locks.time, "sleep", sleep)
    if lives:
        with pytest.raises(LockedError, match="in use by process 7 on elsewhere"):
            locked(path, "it").__enter__()
    else:
        with locked(path, "it"):
            pass
    assert "whether process 7 on elsewhere still lives" in capsys.readouterr().err


def test_a_holder_shows_signs_of_life_and_leaves_no_name(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "_BEAT_SECONDS", 0.01)
    path = tmp_path / "lock"
    with locked(path, "it"):
        seen = path.stat().st_mtime_ns
        deadline = time.monotonic() + 5
        while path.stat().st_mtime_ns == seen and time.monotonic() < deadline:
            time.sleep(0.01)
        assert path.stat().st_mtime_ns != seen
    assert path.read_text() == "{}"


def test_file_systems_without_locks(tmp_path, monkeypatch):
    def none(*_):
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(locks.fcntl, "flock", none)
    with locked(tmp_path / "lock", "it"):
        pass
