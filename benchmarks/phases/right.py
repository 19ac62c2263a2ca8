"""Whether the device computes what the CPU does, in float32 and in bfloat16."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np

from phases.common import ROOT, Work
from phases.runs import experiment_flags, train

PRECISIONS = ("float32", "bfloat16")
FEW = [
    "tests/nn/flows/test_monotonic_alignment.py",
    "tests/nn/convolution/test_location_variable.py",
]
"""Tests of a dry run."""


def main() -> None:
    """Runs the tests marked `accelerator`, then an experiment in both precisions."""
    work = Work.from_flags("right", __doc__)
    compare_precisions(work)
    run_tests(work)


def run_tests(work: Work) -> None:
    """Writes how many tests passed, and the names of those that did not."""
    report = work.out / "tests.xml"
    command = ["pytest", "-m", "accelerator", "-p", "no:cacheprovider", "--junitxml", str(report)]
    subprocess.run(
        [sys.executable, "-m", *command, *(FEW if work.small else [])],
        cwd=ROOT,
        env={
            **os.environ,
            # Both, so that tests can compare them; the first is the default.
            "JAX_PLATFORMS": os.environ.get("JAX_PLATFORMS") or backends(),
            "JAX_DEFAULT_MATMUL_PRECISION": "float32",
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
            "XLA_FLAGS": "--xla_gpu_deterministic_ops=true",
        },
        stdout=sys.stderr,
        timeout=max(work.left() - 2, 1),
    )
    cases = list(ElementTree.parse(report).iter("testcase"))
    bad = [case for case in cases if {part.tag for part in case} & {"failure", "error"}]
    skipped = sum(case.find("skipped") is not None for case in cases)
    passed = len(cases) - len(bad) - skipped
    work.row("tests marked accelerator", f"{passed} passed, {len(bad)} failed, {skipped} skipped")
    for case in bad:
        work.row(f"{case.get('classname')}.{case.get('name')}", "failed")


def backends() -> str:
    """Accelerator of this machine and its CPU, as `JAX_PLATFORMS` lists them."""
    asked = "import jax; print(jax.default_backend())"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    name = {"gpu": "cuda"}.get(done.stdout.strip(), done.stdout.strip())
    return name if name == "cpu" else f"{name},cpu"


def compare_precisions(work: Work) -> None:
    """Writes how far bfloat16's losses are from float32's, as both learn from the same batches."""
    steps, part = (40, 10) if work.small else (200, 20)
    flags = experiment_flags(work, "vocoder_hifigan_v1")
    flags += ["--budget.steps", steps, "--budget.log-every", part, "--budget.sample-every", 0]
    runs = [train(work, work.out / name, *flags, "--rules.precision", name) for name in PRECISIONS]
    for loss in ("generator/mel", "generator/feature_matching", "discriminator/adversarial"):
        exact, half = (np.asarray([line[loss] for line in lines]) for lines in runs)
        note = f"float32 ends at {exact[-1]:.4g}, bfloat16 at {half[-1]:.4g}, after {steps} steps"
        apart = 100 * np.abs(half / exact - 1).max()
        what = f"largest difference of bfloat16's {loss}, means of {part} steps"
        work.row(what, float(apart), "%", note=note)


if __name__ == "__main__":
    main()
