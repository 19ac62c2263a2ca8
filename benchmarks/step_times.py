"""One model's training step in PyTorch (eager and compiled) and here, timed in turns.

    python benchmarks/step_times.py hifigan-v1 --out results

One program a model, so that memory is that of the model alone. Caches of compiled programs are
where `JAX_COMPILATION_CACHE_DIR` and `TORCHINDUCTOR_CACHE_DIR` say: `--stage cold` only compiles
and so fills them, `warm` times.
"""

import argparse
import dataclasses
import gc
import os
import time
from collections.abc import Callable
from pathlib import Path

# Before JAX is loaded: it would take most of the memory, and leave PyTorch none.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

from phases.common import Work
from rounds import in_turns, seconds_of

PRECISIONS = ("bfloat16", "float32")
"""The one with less memory first, since JAX's peak is that of the whole process."""
ROUNDS, WARM_UP = 20, 4
EAGER, COMPILED, OURS = "PyTorch", "torch.compile", "ganspeech"

Ways = dict[str, Callable[[], object]]


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is measured of a model."""

    model: str
    """One of `steps.MODELS`."""
    precisions: tuple[str, ...] = PRECISIONS
    cold: bool = False
    """Only first calls, with empty caches."""
    deterministic: bool = False
    """Ours alone, in a process whose XLA has deterministic operations."""
    rate: float | None = None
    """Floating-point operations a second of the device's matrix products, if known."""


def main(arguments: list[str] | None = None) -> None:
    """Reads the flags, and measures one model in both precisions."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("model", help="hifigan-v1, vocos, bigvgan-base, vits or wavegan")
    parser.add_argument("--out", type=Path, required=True, help="folder for rows.jsonl")
    parser.add_argument("--precisions", nargs="+", default=PRECISIONS, choices=PRECISIONS)
    parser.add_argument("--stage", choices=("cold", "warm"), default="warm", help="(warm)")
    parser.add_argument(
        "--deterministic", action="store_true", help="ours alone, with deterministic operations"
    )
    parser.add_argument("--seconds", type=float, default=600.0, help="budget (600)")
    parser.add_argument("--rate", type=float, help="the device's matrix rate, if it is known")
    parser.add_argument("--small", action="store_true", help="toy sizes, for a CPU")
    given = parser.parse_args(arguments)
    if given.deterministic:
        flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_gpu_deterministic_ops=true"
        os.environ["XLA_FLAGS"] = flags.strip()
    given.out.mkdir(parents=True, exist_ok=True)
    work = Work("fast", given.out, time.time() + given.seconds, given.small, None, "")
    cold, precisions = given.stage == "cold", tuple(given.precisions)
    measure(work, Plan(given.model, precisions, cold, given.deterministic, given.rate))


def measure(work: Work, plan: Plan) -> None:
    """Writes the rows of one model; a precision that fails is one row, and the others go on."""
    for precision in plan.precisions:
        try:
            _measure(work, plan, precision)
        except Exception as error:
            work.row(f"{plan.model} {precision}", "failed", note=in_one_line(error))
        gc.collect()


def in_one_line(error: Exception) -> str:
    """Kind and first line of an error, shortened."""
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {first[:200]}"


def step_title(model: str, precision: str, way: str) -> str:
    """The name of the row with a step's time."""
    return f"{model} {precision}: step, {way}"


def _measure(work: Work, plan: Plan, precision: str) -> None:
    from contenders import shared_device
    from steps import step_of

    title = f"{plan.model} {precision}"
    step = step_of(plan.model, precision, work.small, shared_device())
    theirs, own = step.parameters
    if theirs != own:
        raise ValueError(f"{theirs} parameters there, {own} here")
    ours = f"{OURS}, deterministic" if plan.deterministic else OURS
    ways: Ways = {ours: step.ours}
    if not plan.deterministic:
        # PyTorch's first: JAX keeps what it has once taken.
        compiled = {} if step.compiled is None else {COMPILED: step.compiled}
        ways = {EAGER: step.theirs} | compiled | ways
    working = first_calls(work, title, ways, "no cache" if plan.cold else "caches filled")
    if plan.cold:
        return
    if ours not in working:
        raise RuntimeError("no time beside which to set the others")
    for name, way in working.items():
        work.row(f"{title}: peak memory, {name}", peak_gigabytes(name, way), "GB")
        for _ in range(0 if work.small else WARM_UP):
            way()
    seconds = in_turns(working, rounds_of(work, working))
    note = f"{step.audio_seconds:.1f} s of audio, {theirs / 1e6:.2f} M parameters"
    for name, times in seconds.items():
        work.spread(step_title(plan.model, precision, name), 1e3 * times, "ms", note)
        if plan.rate:
            share = 100 * step.work / (times * plan.rate)
            work.spread(f"{title}: share of the matrix rate, {name}", share, "%")
    for name in (name for name in (EAGER, COMPILED) if name in seconds):
        work.spread(f"{title}: speed against {name}", seconds[name] / seconds[ours], "times")


def first_calls(work: Work, title: str, ways: Ways, caches: str) -> Ways:
    """Writes the seconds of first calls, which compile; gives the ways that did not fail."""
    working = {}
    for name, way in ways.items():
        try:
            seconds = seconds_of(way)
        except Exception as error:
            work.row(f"{title}: {name}", "failed", note=in_one_line(error))
            continue
        working[name] = way
        if name != EAGER:
            work.row(f"{title}: first call, {name}, {caches}", seconds, "s")
    return working


def rounds_of(work: Work, ways: Ways) -> int:
    """As many rounds as a quarter of the time that is left allows, from 3 to `ROUNDS`."""
    if work.small:
        return 2
    once = sum(seconds_of(way) for way in ways.values())
    return max(3, min(ROUNDS, int(work.left() / 4 / once)))


def peak_gigabytes(name: str, way: Callable[[], object]) -> float:
    """Most device memory while a step runs; on a CPU, that of the process so far."""
    import resource

    import jax
    import torch
    from contenders import shared_device

    if shared_device() == "cpu":
        way()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    if name.startswith(OURS):
        way()
        return jax.local_devices()[0].memory_stats()["peak_bytes_in_use"] / 1e9
    torch.cuda.reset_peak_memory_stats()
    way()
    return torch.cuda.max_memory_allocated() / 1e9


if __name__ == "__main__":
    main()
