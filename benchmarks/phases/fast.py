"""Fast: training steps beside PyTorch's on the same device, eager and compiled.

Models compile all at once, and fill empty caches. Then each has the device for itself, in a process
of its own, and its ways take turns (`step_times.py`).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# Before JAX is loaded: this process needs little of the memory.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

from step_times import OURS, PRECISIONS, Plan, measure, step_title

from phases.common import ROOT, ROWS, Work, matrix_rate

MODELS = ("hifigan-v1", "vits", "bigvgan-base", "vocos", "wavegan")
"""The most wanted first, since time may run out."""
DRY = ("vocos", "hifigan-v1")
"""Models of a dry run, which compile in the least time."""
DETERMINISTIC = "hifigan-v1"
"""The model that is also timed with deterministic operations, in bfloat16."""
SHOWN = ("cold", "--deterministic")
"""Flags that rows name."""
COMPILING = 0.45
"""Largest share of the budget for the first compilation."""


def run(work: Work) -> None:
    """Writes the rows of all models, or in a dry run those of two toys in this process."""
    if work.small:
        spare_the_host()
    rate = matrix_rate(work.small)
    work.row("matrix rate, bfloat16", rate / 1e12, "Tflop/s")
    if work.small:
        for model, precision in zip(DRY, PRECISIONS):
            measure(work, Plan(model, (precision,), rate=rate))
        return
    with tempfile.TemporaryDirectory() as caches:
        compile_all(work, Path(caches))
        for number, model in enumerate(MODELS):
            seconds = work.left() / (len(MODELS) - number)
            run_alone(work, Path(caches), [model, "--rate", str(rate)], seconds)
            if model == DETERMINISTIC:
                run_alone(work, Path(caches), [*deterministic(), "--rate", str(rate)], seconds)
                write_cost(work)


def spare_the_host() -> None:
    """Has XLA compile quickly rather than well, and PyTorch use one thread."""
    import torch

    os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
    torch.set_num_threads(1)


def compile_all(work: Work, caches: Path) -> None:
    """Fills the caches, all models at once; what takes too long is ended, with a row."""
    seconds = COMPILING * work.left()
    flags = [[model, "--stage", "cold"] for model in MODELS]
    flags.append([*deterministic(), "--stage", "cold"])
    running = [(given, start(work, caches, given, seconds)) for given in flags]
    until = work.left() - seconds
    for given, process in running:
        finish(work, given, process, work.left() - until)


def run_alone(work: Work, caches: Path, given: list[str], seconds: float) -> None:
    """Measures one model; its rows are written as they are found."""
    if seconds < 1:
        work.row(given[0], "not measured", note="the time was up")
        return
    finish(work, given, start(work, caches, given, seconds), seconds)


def start(work: Work, caches: Path, given: list[str], seconds: float) -> subprocess.Popen:
    """Starts a process that measures one model, with these caches."""
    benchmarks = ROOT / "benchmarks"
    paths = [str(benchmarks), str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "JAX_COMPILATION_CACHE_DIR": str(caches / "jax"),
        "TORCHINDUCTOR_CACHE_DIR": str(caches / "inductor"),
        "TRITON_CACHE_DIR": str(caches / "triton"),
    }
    program = [sys.executable, str(benchmarks / "step_times.py")]
    budget = ["--out", str(work.out), "--seconds", f"{seconds:.0f}"]
    return subprocess.Popen([*program, *given, *budget], env=environment)


def finish(work: Work, given: list[str], process: subprocess.Popen, seconds: float) -> None:
    """Waits for a process, and ends it when its time is up; a row says what went wrong."""
    what = " ".join(word.strip("-") for word in given if word in (given[0], *SHOWN))
    try:
        if process.wait(max(seconds, 0)):
            work.row(what, "failed", note=f"exit {process.returncode}")
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        work.row(what, "not finished", note="the time was up")


def deterministic() -> list[str]:
    """Flags of the process that has deterministic operations."""
    return [DETERMINISTIC, "--deterministic", "--precisions", PRECISIONS[0]]


def write_cost(work: Work) -> None:
    """Writes how much longer a step takes with deterministic operations, if both were timed."""
    rows = [json.loads(line) for line in (work.out / ROWS).read_text().splitlines()]
    found = {row["what"]: row["figure"] for row in rows}
    plain = found.get(step_title(DETERMINISTIC, PRECISIONS[0], OURS))
    strict = found.get(step_title(DETERMINISTIC, PRECISIONS[0], f"{OURS}, deterministic"))
    if plain and strict:
        what = f"{DETERMINISTIC} {PRECISIONS[0]}: time with deterministic operations"
        work.row(what, strict / plain, "times", note="in two processes, one after the other")


if __name__ == "__main__":
    run(Work.from_flags("fast", __doc__))
