"""The accelerator's benchmark: all phases as a dry run, and phases that fail."""

import json
import time

import accelerator
import pytest

pytest.importorskip("torch", reason="it compares with PyTorch")


@pytest.fixture
def phase(tmp_path, monkeypatch):
    """Adds phases written as code; the last argument of the command is their folder."""
    package = tmp_path / "made" / "phases"
    package.mkdir(parents=True)
    monkeypatch.setattr(accelerator, "BUDGETS", {})
    monkeypatch.setattr(accelerator, "GRACE", 1)
    monkeypatch.setattr(accelerator, "environment", lambda _: {"PYTHONPATH": str(package.parent)})

    def add(name, budget, code):
        (package / f"{name}.py").write_text(f"import sys\nout = sys.argv[2]\n{code}\n")
        accelerator.BUDGETS[name] = budget

    return add


ROW = """open(out + "/rows.jsonl", "a").write('{"phase": "x", "what": "y", "figure": 1.5}\\n')"""


def test_a_phase_that_fails_or_does_not_end_is_reported_and_passed_over(phase, tmp_path, capsys):
    phase("breaks", 1, f"{ROW}\nraise ValueError('no such card')")
    phase("hangs", 1, f"{ROW}\nimport time\ntime.sleep(60)")
    phase("works", 8, ROW)
    began = time.monotonic()
    status = accelerator.main(["--out", str(tmp_path / "out"), "--minutes", str(10 / 60)])
    assert status == 1 and time.monotonic() - began < 20
    rows = json.loads((tmp_path / "out" / "results.json").read_text())
    assert sum(row["figure"] == 1.5 for row in rows) == 3
    problems = {row["figure"] for row in rows if row["what"] == "the phase"}
    assert problems == {"failed: ValueError: no such card", "ended at its budget of 1 s"}
    table = (tmp_path / "out" / "results.md").read_text()
    assert "| x | y | 1.5 |  |" in table and "no such card" in table


def test_a_folder_that_is_not_there_is_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit):
        accelerator.main(["--out", str(tmp_path), "--corpus", str(tmp_path / "none")])
    assert "--corpus" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.slow
def test_a_dry_run_has_every_phase(tmp_path):
    status = accelerator.main(["--out", str(tmp_path), "--small", "--minutes", "10"])
    rows = json.loads((tmp_path / "results.json").read_text())
    assert status == 0, [row for row in rows if row["what"] == "the phase"]
    assert {row["phase"] for row in rows} == set(accelerator.BUDGETS)
    figures = {row["what"]: row["figure"] for row in rows}
    assert "0 failed" in figures["tests marked accelerator"]
    assert (tmp_path / "learn" / "weights.safetensors.00").stat().st_size > 1000
