"""Runs of readers in a process of their own, begun again behind an input that ends it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from fuzz.worker import CURRENT, FAULTS, INPUT, SAID

ROOT = Path(__file__).resolve().parents[2]
MOST_ENDED = 10
"""Inputs that may end a process before the rest is left out."""


@dataclass(frozen=True)
class Job:
    """Inputs of a reader, by number."""

    reader: str
    seed: int
    first: int
    last: int


def faults_of(jobs: list[Job], folder: Path) -> list[str]:
    """What readers did wrong, each in a line with the file, which is kept in the folder."""
    waiting, faults = list(jobs), []
    while waiting and len(faults) < MOST_ENDED:
        ended = _run(waiting, folder)
        if ended is None:
            break
        faults.append(ended)
        at = json.loads((folder / CURRENT).read_text())
        while waiting[0].reader != at["reader"]:
            waiting.pop(0)
        left = waiting.pop(0)
        waiting.insert(0, Job(left.reader, left.seed, at["number"] + 1, left.last))
    lines = (folder / FAULTS).read_text().splitlines() if (folder / FAULTS).exists() else []
    return faults + [_told(json.loads(line), folder) for line in lines]


def _run(jobs: list[Job], folder: Path) -> str | None:
    """Reads until all is read or an input ends the process; then, says which."""
    words = [str(word) for job in jobs for word in (job.reader, job.seed, job.first, job.last)]
    paths = [str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": os.pathsep.join(paths),
        "TQDM_DISABLE": "1",
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    (folder / CURRENT).unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.worker", str(folder), *words],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        return None
    if not (folder / CURRENT).exists():
        raise RuntimeError(done.stderr)
    said = (folder / SAID).read_text(errors="replace")
    current = json.loads((folder / CURRENT).read_text())
    file = folder / INPUT / current["reader"].replace(" ", "-") / current["file"]
    kept = folder / "faults" / "{reader}-{seed}-{number}".format(**current) / current["file"]
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(file.read_bytes())
    how = f"ends the process with {done.returncode}: {(done.stderr + said)[-1500:]!r}"
    return _told({**current, "fault": how}, folder)


def _told(found: dict, folder: Path) -> str:
    kept = folder / "faults" / "{reader}-{seed}-{number}".format(**found) / found["file"]
    return (
        "{reader}, seed {seed}, input {number} ({mutation}): {fault}".format(**found) + f" {kept}"
    )
