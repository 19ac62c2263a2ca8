"""Phase b of the accelerator's benchmark: its rows, and what it does when something fails."""

import json
import subprocess
import sys
import time

import pytest

torch = pytest.importorskip(
    "torch", reason="what is compared with needs the extra: pip install -e .[parity]"
)
pytest.importorskip("transformers", reason="VITS's peer needs the extra: pip install -e .[parity]")

import step_times  # noqa: E402
import steps  # noqa: E402
from phases import fast  # noqa: E402
from phases.common import Work  # noqa: E402
from step_times import Plan  # noqa: E402


def work_in(folder, seconds=60.0):
    return Work("fast", folder, time.time() + seconds, True, None, "")


def rows_in(folder):
    lines = (folder / "rows.jsonl").read_text().splitlines()
    return {row["what"]: row for row in map(json.loads, lines)}


def fail():
    raise RuntimeError("out of memory\nwith a long report")


def step_with(**changes):
    ways = {"theirs": lambda: time.sleep(0.02), "compiled": fail, "ours": lambda: time.sleep(0.01)}
    return steps.Step(**ways | {"parameters": (9, 9), "audio_seconds": 1.0, "work": 1e6} | changes)


@pytest.fixture
def made(monkeypatch):
    """Gives these steps, or their errors, for the precisions."""

    def give(**by_precision):
        def step_of(name, precision, small, device):
            step = by_precision[precision]
            return step if isinstance(step, steps.Step) else step()

        monkeypatch.setattr(steps, "step_of", step_of)

    return give


def test_a_way_that_fails_is_a_row_and_the_others_are_timed(tmp_path, made):
    made(float32=step_with())
    step_times.measure(work_in(tmp_path), Plan("vocos", ("float32",), rate=1e9))
    rows = rows_in(tmp_path)
    assert rows["vocos float32: torch.compile"] == {
        "phase": "fast",
        "what": "vocos float32: torch.compile",
        "figure": "failed",
        "note": "RuntimeError: out of memory",
    }
    assert rows["vocos float32: step, PyTorch"]["figure"] >= 20
    step = rows["vocos float32: step, ganspeech"]
    assert 10 <= step["low"] <= step["figure"] <= step["high"]
    assert rows["vocos float32: speed against PyTorch"]["unit"] == "times"
    # A million operations in ten milliseconds, of a thousand million a second.
    assert 0 < rows["vocos float32: share of the matrix rate, ganspeech"]["figure"] <= 10
    assert rows["vocos float32: peak memory, ganspeech"]["figure"] > 0
    assert "vocos float32: speed against torch.compile" not in rows


def test_a_precision_that_fails_is_a_row_and_the_next_goes_on(tmp_path, made):
    made(bfloat16=fail, float32=step_with(compiled=None))
    step_times.measure(work_in(tmp_path), Plan("vits"))
    rows = rows_in(tmp_path)
    assert rows["vits bfloat16"]["figure"] == "failed"
    assert "vits float32: step, ganspeech" in rows


def test_unequal_networks_are_not_compared(tmp_path, made):
    made(float32=step_with(parameters=(9, 10)))
    step_times.measure(work_in(tmp_path), Plan("vits", ("float32",)))
    (row,) = rows_in(tmp_path).values()
    assert row["note"] == "ValueError: 9 parameters there, 10 here"


def test_a_cold_start_only_compiles(tmp_path, made):
    made(float32=step_with())
    step_times.measure(work_in(tmp_path), Plan("vocos", ("float32",), cold=True))
    rows = rows_in(tmp_path)
    assert rows["vocos float32: first call, ganspeech, no cache"]["figure"] >= 0.01
    assert not any("step" in what for what in rows)


def test_the_cost_of_deterministic_operations(tmp_path, made):
    work = work_in(tmp_path)
    made(bfloat16=step_with(compiled=None))
    step_times.measure(work, Plan("hifigan-v1", ("bfloat16",)))
    fast.write_cost(work)
    made(bfloat16=step_with(ours=lambda: time.sleep(0.2)))
    step_times.measure(work, Plan("hifigan-v1", ("bfloat16",), deterministic=True))
    fast.write_cost(work)
    rows = rows_in(tmp_path)
    cost = rows["hifigan-v1 bfloat16: time with deterministic operations"]["figure"]
    assert cost > 2


def test_a_process_that_takes_too_long_or_dies_is_a_row(tmp_path):
    work = work_in(tmp_path)
    for given, code in ((["vits", "--stage", "cold"], "import time; time.sleep(60)"),
                        (["vocos", "--rate", "1"], "raise SystemExit(3)")):  # fmt: skip
        process = subprocess.Popen([sys.executable, "-c", code])
        fast.finish(work, given, process, 0.2 if "cold" in given else 30)
        assert process.returncode is not None
    rows = rows_in(tmp_path)
    assert rows["vits cold"]["figure"] == "not finished"
    assert rows["vocos"] == {
        "phase": "fast", "what": "vocos", "figure": "failed", "note": "exit 3"
    }  # fmt: skip


def test_models_left_when_the_time_is_up_are_named(tmp_path):
    fast.run_alone(work_in(tmp_path, seconds=0.0), tmp_path, ["vits"], 0.0)
    assert rows_in(tmp_path)["vits"]["figure"] == "not measured"


def test_every_model_has_its_turn():
    assert sorted(fast.MODELS) == sorted(steps.MODELS)
