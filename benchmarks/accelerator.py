"""What this codebase does on an accelerator: is it right, is it fast, and does it learn.

    python benchmarks/accelerator.py --out DIR
    python benchmarks/accelerator.py --out DIR --corpus RECORDINGS --minutes 8
    python benchmarks/accelerator.py --out DIR --small

Runs phases, each in a process of its own and with a budget of seconds; what one leaves unspent goes
to the last, which trains. After every phase, DIR/results.json and DIR/results.md hold all figures
so far. A phase that fails or outlasts its budget is reported, with the figures that it had, and the
next one begins. DIR/PHASE/log.txt has what a phase printed. `--small` is a dry run of all phases on
a CPU, with toy sizes: its figures mean nothing. The exit status is 1 if a phase failed.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from phases.common import ROOT, ROWS, shown

BUDGETS = {
    "machine": 30,
    "right": 110,
    "fast": 170,
    "inference": 50,
    "fed": 40,
    "populations": 30,
    "learn": 50,
}
"""Shares of the phases that run, in seconds where all have eight minutes; `learn` has the rest."""
GRACE = 5
"""Seconds in which a phase that is told to stop may write what it has."""


def main(arguments: list[str] | None = None) -> int:
    """Reads the flags and runs the phases; returns the exit status."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--out", type=Path, required=True, help="folder of results")
    parser.add_argument("--minutes", type=float, default=8.0, help="for everything (8)")
    names = ", ".join(BUDGETS)
    parser.add_argument("--phases", nargs="+", choices=BUDGETS, metavar="PHASE", help=names)
    parser.add_argument("--corpus", type=Path, help="folder of recordings to train on")
    parser.add_argument("--learn", default="vocoder_vocos", help="experiment to train")
    parser.add_argument("--small", action="store_true", help="dry run on a CPU, with toy sizes")
    options = parser.parse_args(arguments)
    if options.corpus and not options.corpus.is_dir():
        parser.error(f"--corpus {options.corpus}: no such folder")
    options.out.mkdir(parents=True, exist_ok=True)
    end = time.time() + 60 * options.minutes
    phases = [name for name in BUDGETS if not options.phases or name in options.phases]
    scale = 60 * options.minutes / sum(BUDGETS[name] for name in phases)
    rows, failed = [], False
    for name in phases:
        budget = end - time.time() if name == "learn" else BUDGETS[name] * scale
        print(f"{name}: at most {budget:.0f} s", flush=True)
        problem = run(name, budget, options)
        rows += read_rows(options.out / name / ROWS)
        if problem:
            failed = True
            rows.append({"phase": name, "what": "the phase", "figure": problem})
            print(f"{name}: {problem}", flush=True)
        write(options.out, rows)
    print(options.out / "results.md")
    return int(failed)


def run(name: str, budget: float, options: argparse.Namespace) -> str:
    """Runs a phase in a process group of its own; returns what went wrong, if anything did."""
    folder = options.out / name
    folder.mkdir(exist_ok=True)
    (folder / ROWS).unlink(missing_ok=True)
    more = ["--small"] if options.small else []
    more += ["--corpus", str(options.corpus.resolve())] if options.corpus else []
    command = [sys.executable, "-m", f"phases.{name}", "--out", str(folder.resolve())]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [*command, "--seconds", f"{budget:.0f}", "--learn", options.learn, *more],
            cwd=ROOT,
            env=environment(options),
            stderr=log,
            start_new_session=True,
        )
        try:
            status = process.wait(timeout=budget)
        except subprocess.TimeoutExpired:
            end_group(process)
            return f"ended at its budget of {budget:.0f} s"
        except KeyboardInterrupt:
            end_group(process)
            raise
    if not status:
        return ""
    lines = (folder / "log.txt").read_text().split("\n")
    said = [line for line in lines if line.strip()] or [f"exit status {status}"]
    return f"failed: {said[-1].strip()}"


def environment(options: argparse.Namespace) -> dict[str, str]:
    """Variables of all phases, in which those that are set already take precedence."""
    chosen = {
        # A phase's processes share the device with each other, and with PyTorch.
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "GANSPEECH_CACHE": str((options.out / "cache").resolve()),
    }
    if options.small:  # nearly all of a dry run's time is compilation
        chosen["XLA_FLAGS"] = "--xla_backend_optimization_level=0"
        chosen["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    path = [str(ROOT), str(ROOT / "benchmarks"), os.environ.get("PYTHONPATH", "")]
    return chosen | os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))}


def end_group(process: subprocess.Popen) -> None:
    """Ends a phase and all processes that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=GRACE)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    process.wait()


def read_rows(path: Path) -> list[dict]:
    """Rows of a phase; a line cut short by the phase's end is left out."""
    rows = []
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows


def write(out: Path, rows: list[dict]) -> None:
    """Writes all figures as JSON and as a Markdown table."""
    (out / "results.json").write_text(json.dumps(rows, indent=1) + "\n")
    lines = ["| phase | what | figure | note |", "|---|---|---|---|"]
    for row in rows:
        cells = (row["phase"], row["what"], shown(row), row.get("note", ""))
        lines.append("| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |")
    (out / "results.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
