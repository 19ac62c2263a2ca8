"""Memory and compilation of every experiment's update, from its compiled program alone.

    python benchmarks/memory.py [EXPERIMENT ...] [--batch N] [--json FILE]

Each update is compiled in a process of its own, without a cache and from shapes: nothing is
allocated, so a laptop can say what a large card needs. Peak memory is that of XLA's plan:
arguments, temporary arrays and outputs, less what outputs share with donated arguments. Processor
seconds are those of tracing and compiling, of all threads. Prints rows of Markdown.
"""

import argparse
import dataclasses
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

HEADER = "| experiment | batch | peak, GB | compiled, processor s |\n|---|---:|---:|---:|"


def measured(name: str, batch_size: int | None) -> dict[str, Any]:
    """Peak bytes and processor seconds of the update of an experiment."""
    from ganspeech import experiments
    from ganspeech.profiling.program import compile_update, trace_update

    experiment = experiments.load(name)
    size = batch_size or experiment.budget.batch_size
    budget = dataclasses.replace(experiment.budget, batch_size=size)
    before = processor_seconds()
    compiled = compile_update(trace_update(dataclasses.replace(experiment, budget=budget)))
    seconds = processor_seconds() - before
    return {"experiment": name, "batch": size, "bytes": compiled.peak, "seconds": seconds}


def processor_seconds() -> float:
    """Time of all threads of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def in_process(name: str, batch_size: int | None) -> dict[str, Any]:
    """`measured` in a process of its own."""
    command = [sys.executable, __file__, "--one", name]
    command += ["--batch", str(batch_size)] if batch_size else []
    environment = os.environ | {"JAX_ENABLE_COMPILATION_CACHE": "false"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def row(found: dict[str, Any]) -> str:
    """Row of Markdown."""
    cells = found["experiment"], found["batch"], f"{found['bytes'] / 1e9:.2f}"
    return f"| {' | '.join(map(str, cells))} | {found['seconds']:.0f} |"


def main() -> None:
    """Measures the experiments named, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("experiments", nargs="*", help="names; none: all")
    parser.add_argument("--batch", type=int, help="batch size; none: that of the experiment")
    parser.add_argument("--json", type=Path, help="file to write the figures to as well")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(given.one, given.batch)))
        return
    from ganspeech.experiments import names

    print(HEADER)
    found = []
    for name in given.experiments or names():
        found.append(in_process(name, given.batch))
        print(row(found[-1]), flush=True)
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
