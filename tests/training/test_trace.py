"""Traces of a run: which steps, where they lie, and what is said of them."""

import gzip
import json

import pytest

from ganspeech.commands import train as command
from ganspeech.training import loop
from ganspeech.training.trace import Trace, first_step


def traced_steps(folder) -> list[str]:
    """Steps that a trace for Perfetto holds, in order."""
    (session,) = folder.glob("plugins/profile/*")
    assert list(session.glob("*.xplane.pb"))  # what TensorBoard and XProf read
    trace = json.loads(gzip.decompress((session / "perfetto_trace.json.gz").read_bytes()))
    steps = [event for event in trace["traceEvents"] if event.get("name", "").startswith("update")]
    numbers = [event["args"]["step_num"] for event in sorted(steps, key=lambda event: event["ts"])]
    return list(dict.fromkeys(numbers))


def test_steps_of_one_program_are_traced(tiny, tmp_path, capsys):
    assert loop.train(tiny, tmp_path / "run", profile=3) == 0
    # The warm-up ends after step 4, and two steps of the whole game go before.
    assert traced_steps(tmp_path / "run" / "trace") == ["7", "8", "9"]
    said = [
        line for line in capsys.readouterr().err.splitlines() if "trace of steps 7 to 9" in line
    ]
    assert len(said) == 1
    assert "perfetto_trace.json.gz at https://ui.perfetto.dev" in said[0]
    assert f"tensorboard --logdir {tmp_path / 'run' / 'trace'}" in said[0]


def test_a_trace_must_fit_into_the_run(tiny, tmp_path):
    with pytest.raises(ValueError, match=r"profile 7: .* 6 of the run's 12 steps are left"):
        loop.train(tiny, tmp_path / "run", profile=7)
    assert loop.train(tiny, tmp_path / "run") == 0
    with pytest.raises(ValueError, match=r"profile 1: .* 0 of the run's 12 steps are left"):
        loop.train(tiny, tmp_path / "run", profile=1)


def test_a_trace_begins_once_its_program_is_compiled(tiny):
    assert first_step(tiny, 0, 2) == 2  # within the warm-up of four steps
    assert first_step(tiny, 0, 3) == 6
    assert first_step(tiny, 3, 3) == 6
    assert first_step(tiny, 8, 3) == 10


def test_a_run_that_stops_keeps_its_trace_or_says_that_there_is_none(tiny, tmp_path, capsys):
    trace = Trace(tmp_path, tiny, 0, 2)
    trace.begin(1, ())
    trace.close()
    assert "no trace: the run stopped before its first traced step" in capsys.readouterr().err
    trace.begin(2, ())
    trace.end(3, ())
    trace.close()
    assert "trace from step 3 until the run stopped: open" in capsys.readouterr().err
    assert list((tmp_path / "trace").glob("plugins/profile/*/perfetto_trace.json.gz"))


def test_the_command_line_traces(train_process, tmp_path):
    flags = ("--budget.steps", 4, "--budget.sample-every", 0, "--run", tmp_path / "run")
    process = train_process(*flags, "--profile", 2)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0 and "trace of steps 3 to 4: open" in output, output
    assert traced_steps(tmp_path / "run" / "trace") == ["3", "4"]


def test_a_number_of_steps_below_zero_is_one_line(capsys):
    assert command.main(["--profile", "-1"]) == 2
    assert capsys.readouterr().err == "error: --profile must be at least 0, not -1\n"
