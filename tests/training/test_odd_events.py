"""What may happen to a run while it trains: it is told in a line, and nothing computed is lost."""

import gc
import itertools
import json
import os
import shutil
import signal
import time
from pathlib import Path

import jax
import numpy as np
import pytest
from ended_runs import final_state, metrics

from ganspeech.config import serialize
from ganspeech.runs import checkpoints
from ganspeech.runs.checkpoints import CheckpointError, Checkpoints
from ganspeech.training import loop, source
from ganspeech.training.logging import RunLog
from ganspeech.training.member import TrainingError

# A save that fails because its folder is gone leaves coroutines of Orbax that nobody awaits.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def nothing_is_left_for_later_tests():
    yield
    gc.collect()


@pytest.fixture
def at_step(monkeypatch):
    """Does something once, when the metrics of a step are logged."""
    line = RunLog.line

    def plan(step, act):
        def log(self, now, values):
            line(self, now, values)
            if now == step:
                monkeypatch.setattr(RunLog, "line", line)
                act()

        monkeypatch.setattr(RunLog, "line", log)

    return plan


def remove(folder: Path) -> None:
    while folder.exists():  # a save may write to it meanwhile
        shutil.rmtree(folder, ignore_errors=True)


def ends_as_one_without(experiment, run: Path, events) -> None:
    """Ends a run, and compares it with one in which nothing happened."""
    events.undo()
    assert loop.train(experiment, run) == 0
    loop.train(experiment, run.with_name("whole"))
    ours, theirs = (final_state(folder)[0] for folder in (run, run.with_name("whole")))
    jax.tree.map(np.testing.assert_array_equal, ours, theirs)
    assert metrics(run) == metrics(run.with_name("whole"))


def test_a_folder_that_is_removed_is_made_anew_with_what_was_computed(tiny, tmp_path, at_step):
    run = tmp_path / "run"
    at_step(6, lambda: remove(run))
    with pytest.raises(TrainingError) as caught:
        loop.train(tiny, run)
    assert str(caught.value) == (
        f"{run} was removed while it was trained; it is there again, with the checkpoint of step "
        "10 and without earlier metrics: the same command resumes it"
    )
    assert serialize.loads((run / "experiment.json").read_text()) == tiny
    assert loop.train(tiny, run) == 0
    loop.train(tiny, tmp_path / "whole")
    ours, theirs = (final_state(tmp_path / name)[0] for name in ("run", "whole"))
    jax.tree.map(np.testing.assert_array_equal, ours, theirs)
    assert metrics(run) == metrics(tmp_path / "whole")[-1:]


def test_a_folder_that_is_removed_in_the_middle_of_a_save_is_made_anew(tiny, tmp_path, monkeypatch):
    digests = checkpoints._digests

    def gone(folder):
        monkeypatch.setattr(checkpoints, "_digests", digests)
        remove(tmp_path / "run")
        return digests(folder)

    monkeypatch.setattr(checkpoints, "_digests", gone)
    with pytest.raises(TrainingError, match="it is there again, with the checkpoint of step 10"):
        loop.train(tiny, tmp_path / "run")
    assert final_state(tmp_path / "run")[1]["step"] == 10


def test_a_folder_that_another_process_made_anew_is_left_to_it(tiny, tmp_path, at_step):
    run = tmp_path / "run"

    def replace():
        while not (run / "checkpoints/000000005").exists():
            time.sleep(0.01)
        shutil.rmtree(run)
        run.mkdir()
        (run / ".lock").write_text(json.dumps({"host": "elsewhere", "process": 7}))

    at_step(6, replace)
    with pytest.raises(TrainingError, match="removed, and is in use by process 7 on elsewhere now"):
        loop.train(tiny, run)
    assert [path.name for path in run.iterdir()] == [".lock"]


def test_a_folder_that_is_removed_while_it_is_written_to_is_named(tmp_path, monkeypatch):
    saved = Checkpoints(tmp_path / "checkpoints")

    def gone(*_):
        shutil.rmtree(tmp_path / "checkpoints")
        raise ValueError("a parser's words [tensorstore_spec='…']")

    monkeypatch.setattr(checkpoints, "_digests", gone)
    saved.save(1, {"a": np.zeros(1)}, {})
    with pytest.raises(CheckpointError, match="000000001: its folder was removed"):
        saved.wait()


@pytest.mark.parametrize("error", [OSError(2, "No such file", "samples"), ValueError("it ended")])
def test_what_was_computed_before_data_fail_is_saved(
    tiny, tmp_path, monkeypatch, at_step, capsys, error
):
    def fail(self, count):
        raise error

    at_step(6, lambda: monkeypatch.setattr(source.Source, "take", fail))
    with pytest.raises(type(error), match=r"No such file|it ended"):
        loop.train(tiny, tmp_path / "run")
    # Metrics are logged one step late.
    assert "stopped by an error and saved at step 7; the same command" in capsys.readouterr().err
    assert Checkpoints(tmp_path / "run/checkpoints").steps() == [5, 7]
    ends_as_one_without(tiny, tmp_path / "run", monkeypatch)


def test_data_that_fail_at_once_leave_no_checkpoint(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(source.Source, "take", lambda *_: next(iter([])))
    with pytest.raises(StopIteration):
        loop.train(tiny, tmp_path / "run")
    assert not Checkpoints(tmp_path / "run/checkpoints").steps()


def test_sigterm_while_a_checkpoint_is_written(tiny, tmp_path, monkeypatch, capsys):
    write = Checkpoints._write

    def interrupted(self, step, arrays, about):
        if step == 5:
            os.kill(os.getpid(), signal.SIGTERM)
        write(self, step, arrays, about)

    monkeypatch.setattr(Checkpoints, "_write", interrupted)
    assert loop.train(tiny, tmp_path / "run") == 128 + signal.SIGTERM
    newest = Checkpoints(tmp_path / "run/checkpoints").steps()[-1]
    assert f"stopped and saved at step {newest}" in capsys.readouterr().err
    assert newest < 12
    ends_as_one_without(tiny, tmp_path / "run", monkeypatch)


def test_a_cache_that_is_deleted_is_missed_at_the_next_start_alone(
    tiny, tmp_path, monkeypatch, at_step
):
    at_step(6, lambda: shutil.rmtree(tmp_path / "cache"))
    assert loop.train(tiny, tmp_path / "run") == 0
    assert not list((tmp_path / "cache").glob("*"))
    ends_as_one_without(tiny, tmp_path / "run", monkeypatch)


def test_a_clock_that_is_set_back_changes_nothing(tiny, tmp_path, monkeypatch, at_step):
    earlier = itertools.count(time.time(), -3600)
    at_step(6, lambda: monkeypatch.setattr(time, "time", lambda: next(earlier)))
    assert loop.train(tiny, tmp_path / "run") == 0
    lines = (tmp_path / "run/metrics.jsonl").read_text().splitlines()
    minutes = [json.loads(line)["minutes"] for line in lines]
    assert minutes == sorted(minutes) and 0 < minutes[-1] < 60
    ends_as_one_without(tiny, tmp_path / "run", monkeypatch)


def test_what_killed_processes_left_half_written_goes(tiny, tmp_path):
    left = tmp_path / "run/.metrics.jsonl.7.partial"
    left.parent.mkdir()
    left.write_text("{")
    others = tmp_path / "run/.out.wav.7.partial"
    others.write_text("RIFF")
    loop.train(tiny, tmp_path / "run")
    assert not left.exists() and others.exists()
