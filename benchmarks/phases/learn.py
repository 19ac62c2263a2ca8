"""Training on recordings for the time that is left; the weights are the result."""

import subprocess
import sys

from phases.common import ROOT, Work
from phases.runs import experiment_flags, train

PART = 15 * 2**20
"""Bytes of a part of the weights' file, which may have to travel in small pieces."""
RESERVE = 0.25
"""Share of the time that is kept for preparation, compilation and writing."""


def main() -> None:
    """Finds how fast the experiment trains, trains it with a schedule of that length, exports."""
    work = Work.from_flags("learn", __doc__)
    flags = [*experiment_flags(work, work.learn), "--rules.precision", "bfloat16"]
    few = 40 if work.small else 200
    probe = train(
        work, work.out / "probe", *flags, "--budget.steps", few, "--budget.log-every", few // 4,
        "--budget.sample-every", 0,
    )  # fmt: skip
    speed = probe[-1]["steps_per_second"]
    steps = few if work.small else int(speed * (1 - RESERVE) * work.left())
    run = work.out / "run"
    lines = train(
        work, run, *flags, "--budget.steps", steps, "--budget.log-every", max(steps // 50, 1),
        "--budget.sample-every", 0, "--budget.save-every", max(steps // 5, 1),
    )  # fmt: skip
    note = f"{steps} steps, {lines[-1]['minutes']:.2f} min, {speed:.2f} steps/s"
    work.row(f"{work.learn}: mel loss at the end", lines[-1]["generator/mel"], note=note)
    weights = work.out / "weights.safetensors"
    command = ["ganspeech", "export", run, weights, "--float16", "--overwrite"]
    subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        check=True,
        stdout=sys.stderr,
    )
    parts = split(weights)
    note = f"cat {work.out.name}/weights.safetensors.* > weights.safetensors"
    work.row(f"{work.learn}: parts of its weights", float(len(parts)), note=note)


def split(path) -> list:
    """Replaces a file by parts of it, numbered from 00."""
    data = path.read_bytes()
    starts = range(0, len(data), PART)
    parts = [path.with_name(f"{path.name}.{index:02}") for index in range(len(starts))]
    for part, start in zip(parts, starts):
        part.write_bytes(data[start : start + PART])
    path.unlink()
    return parts


if __name__ == "__main__":
    main()
