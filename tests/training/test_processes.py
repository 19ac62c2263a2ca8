"""Processes that train together, started as a user starts them."""

import json
import os
import signal
import socket
import struct
import time

import pytest

from ganspeech.process.signals import Interrupts
from ganspeech.training import links, processes
from ganspeech.training.loop import agree
from ganspeech.training.processes import Distributed

FLAGS = ("--budget.batch-size", 8, "--budget.log-every", 1, "--budget.sample-every", 0)
EIGHT_DEVICES = "--xla_force_host_platform_device_count=8"
FOUR_DEVICES = "--xla_force_host_platform_device_count=4"
TIMING = ("minutes", "core_minutes", "steps_per_second")


def free_port() -> int:
    """A port that is free, as is the next one."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start_two(train_process, run, *flags):
    here = ("--run", run, "--distributed.coordinator", f"127.0.0.1:{free_port()}")
    own = [("--distributed.processes", 2, "--distributed.process", number) for number in (0, 1)]
    return [train_process(*FLAGS, *flags, *here, *o, XLA_FLAGS=FOUR_DEVICES) for o in own]


def losses(run) -> list[dict[str, float]]:
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k not in TIMING} for line in lines]


@pytest.mark.slow
def test_eight_devices_of_one_or_two_processes_have_the_losses_of_one_device(
    train_process, tmp_path
):
    steps = ("--budget.steps", 10)
    one = train_process(*FLAGS, *steps, "--run", tmp_path / "one", XLA_FLAGS="")
    eight = train_process(*FLAGS, *steps, "--run", tmp_path / "eight", XLA_FLAGS=EIGHT_DEVICES)
    for process in [one, eight, *start_two(train_process, tmp_path / "two", *steps)]:
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, output
    alone = losses(tmp_path / "one")
    assert len(alone) == 10
    for name in ("eight", "two"):
        for ours, theirs in zip(losses(tmp_path / name), alone, strict=True):
            assert ours == pytest.approx(theirs, rel=1e-3)


def test_each_process_writes_its_own_trace(train_process, tmp_path):
    for process in start_two(train_process, tmp_path / "run", "--budget.steps", 4, "--profile", 2):
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, output
    for number in (0, 1):
        session = tmp_path / "run" / "trace" / f"process-{number}" / "plugins" / "profile"
        assert list(session.glob("*/*.xplane.pb")) and list(session.glob("*/perfetto_trace*"))


@pytest.mark.parametrize("killed", [0, 1])
def test_a_killed_process_ends_the_other_in_one_line(train_process, tmp_path, killed):
    started = start_two(train_process, tmp_path / "run", "--budget.steps", 100000)
    lines = tmp_path / "run" / "metrics.jsonl"
    while not (lines.exists() and lines.stat().st_size):
        assert all(process.poll() is None for process in started), started[0].communicate()[0]
        time.sleep(0.05)
    begin = time.monotonic()
    os.killpg(started[killed].pid, signal.SIGKILL)
    started[killed].communicate()
    output, _ = started[1 - killed].communicate(timeout=60)
    assert time.monotonic() - begin < 30
    assert started[1 - killed].returncode == 1, output
    assert f"error: lost process {killed}; restart all processes" in output
    assert "Traceback" not in output and "stack trace" not in output


def test_connections_through_a_relay_fall_silent_when_the_other_end_is_gone():
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = links.relay(*server.getsockname()).split(":")
        near = [socket.create_connection((host, int(port))) for _ in range(2)]
        far = [server.accept()[0] for _ in near]
    reset = struct.pack("ii", 1, 0)  # as a killed process leaves them
    for link in far:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        link.close()
    for link in near:
        for _ in range(5):
            link.sendall(b"heartbeat")
            time.sleep(0.02)
        link.settimeout(0.2)
        with pytest.raises(TimeoutError):
            link.recv(1)
        link.close()


def test_a_signal_to_one_stops_and_saves_both(train_process, tmp_path):
    started = start_two(train_process, tmp_path / "run", "--budget.steps", 100000)
    lines = tmp_path / "run" / "metrics.jsonl"
    while not (lines.exists() and lines.stat().st_size):
        assert all(process.poll() is None for process in started), started[0].communicate()[0]
        time.sleep(0.05)
    started[1].send_signal(signal.SIGTERM)
    outputs = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [143, 143], outputs
    assert "stopped and saved at step" in outputs[0]


def test_a_signal_during_an_agreement_counts_at_the_next(monkeypatch):
    interrupts = Interrupts()

    def receives_a_signal(number, stop):
        interrupts.number = signal.SIGTERM
        return number, stop

    monkeypatch.setattr(processes, "highest", receives_a_signal)
    assert not agree(interrupts, stop=False)
    monkeypatch.undo()
    assert interrupts.number == signal.SIGTERM
    assert agree(interrupts, stop=True)
    assert interrupts.number == signal.SIGTERM


def test_processes_that_cannot_meet_are_told_why(monkeypatch):
    monkeypatch.setattr(links, "JOIN_SECONDS", 0.5)
    port = free_port()

    def join(*settings):
        with Distributed(*settings).joined():
            raise AssertionError("joined")

    with pytest.raises(ValueError, match=r"distributed\.process must be 0 to 1, not 2"):
        join("127.0.0.1:1", 2, 2)
    with pytest.raises(ValueError, match=r"distributed\.processes needs distributed\.coordinator"):
        join("", 2)
    for wrong in ("127.0.0.1", "127.0.0.1:many", ":80", "127.0.0.1:65535"):
        with pytest.raises(ValueError, match=r"coordinator must be HOST:PORT or auto, not '"):
            join(wrong, 2)
    with pytest.raises(ValueError, match=r"processes \[1, 2\] of 3 did not connect within 0\.5 s"):
        join(f"127.0.0.1:{port}", 3)
    with pytest.raises(ValueError, match=rf"cannot join process 0 at 127\.0\.0\.1:{port + 1}: "):
        join(f"127.0.0.1:{port}", 2, 1)
    in_use = pytest.raises(ValueError, match=rf"cannot listen at port {port}: ")
    with socket.create_server(("", port)), in_use:
        join(f"127.0.0.1:{port}", 2)
