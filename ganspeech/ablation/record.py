"""`ablation.json`: what is compared, and where its figures come from."""

import dataclasses
import datetime
import json
import shlex
from pathlib import Path
from typing import Any

from ganspeech.ablation import results
from ganspeech.ablation.check import Facts
from ganspeech.ablation.settings import PROG, Asked, Row
from ganspeech.config import serialize
from ganspeech.config.experiment import Experiment
from ganspeech.process import provenance

RECORD = "ablation.json"
SEED = "{seed}"
"""Stands for the member's seed in `--start`, so that each one begins with a run of its own seed."""


@dataclasses.dataclass(frozen=True)
class Member:
    """One run of an ablation."""

    row: Row
    seed: int
    folder: Path

    @property
    def experiment(self) -> Experiment:
        """What is trained: the row's experiment with the member's seed, which `start` may name."""
        start = self.row.experiment.start.replace(SEED, str(self.seed))
        return dataclasses.replace(self.row.experiment, seed=self.seed, start=start)


def members_of(asked: Asked) -> list[Member]:
    """All members, row by row."""
    return [
        Member(row, seed, asked.folder / row.folder / f"seed-{seed}")
        for row in asked.rows
        for seed in seeds_of(asked)
    ]


def seeds_of(asked: Asked) -> range:
    """The seeds of each row: the experiment's own, and those after it."""
    first = asked.settings.experiment.seed
    return range(first, first + asked.settings.seeds)


def command_of(asked: Asked) -> str:
    """The command line, as a shell takes it."""
    return f"{PROG} {shlex.join(asked.command)}"


def write_record(asked: Asked, facts: dict[str, Facts], members: list[Member]) -> None:
    """Writes what is known by now; the date is that of the beginning, and no row is forgotten."""
    path = asked.folder / RECORD
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    rows = {row.name: _row(row, facts[row.name]) for row in asked.rows}
    settings = asked.settings
    content = {
        "experiment": asked.name,
        "command": command_of(asked),
        "date": before.get("date", now),
        "code": provenance.code(),
        "versions": provenance.versions(),
        "devices": _devices(members),
        "seeds": list(seeds_of(asked)),
        "base": asked.rows[0].name,
        "scoring": {
            "population": settings.population,
            "sentences": settings.sentences,
            "samples": settings.samples,
        },
        "rows": before.get("rows", {}) | rows,
        "members": [_member(member) for member in members],
    }
    results.write_json(path, content)


def _row(row: Row, facts: Facts) -> dict[str, Any]:
    return {
        "folder": row.folder,
        "flags": shlex.join(row.flags),
        **dataclasses.asdict(facts),
        "experiment": json.loads(serialize.dumps(row.experiment)),
    }


def _devices(members: list[Member]) -> list[dict[str, Any]]:
    """What the members were trained on, each kind once."""
    found: list[dict[str, Any]] = []
    for member in members:
        training = results.read_training(member.folder)
        if training and training.device not in found:
            found.append(dict(training.device))
    return found


def _member(member: Member) -> dict[str, Any]:
    result = results.read_result(member.folder)
    training = results.read_training(member.folder)
    status = "unfinished"
    if result:
        status = "failed" if result.outcome is None else "finished"
    return {
        "row": member.row.name,
        "seed": member.seed,
        "folder": f"{member.row.folder}/{member.folder.name}",
        "status": status,
        "reason": result.reason if result else "",
        "training": dataclasses.asdict(training) if training else None,
    }
