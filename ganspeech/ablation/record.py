"""Record of an ablation, `ablation.json`: its rows, their sizes, data, and provenance."""

import dataclasses
import datetime
import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax

from ganspeech.ablation import members as results
from ganspeech.ablation.members import AblationMember, seeds_of
from ganspeech.ablation.request import PROG, Ablation, Row
from ganspeech.config import serialize
from ganspeech.process import provenance
from ganspeech.process.damage import damage
from ganspeech.runs import folder as runs
from ganspeech.training import parallel

RECORD = "ablation.json"
COURSE_NEUTRAL = (
    "seed",
    "workers",
    "budget.log_every",
    "budget.sample_every",
    "budget.save_every",
    "budget.keep",
    "budget.updates_per_dispatch",
)
"""Fields that may differ on resuming; members have their own seeds."""


class RecordError(ValueError):
    """A record that cannot be used; the message names it."""


@dataclasses.dataclass(frozen=True)
class RowFacts:
    """Facts about a row, known before training."""

    generator_parameters: int
    discriminator_parameters: int
    fingerprint: str
    """Digest of its data."""


def facts_of(rows: Sequence[Row]) -> dict[str, RowFacts]:
    """Facts of each row, by name.

    Raises ValueError, naming the row, for networks that cannot be built or do not fit each other,
    and, naming the file or folder, for data that cannot be read.
    """
    sizes = {row.name: _sizes(row) for row in rows}
    fingerprints: dict[Any, str] = {}
    for row in rows:
        data = row.experiment.task, row.experiment.corpus
        if data not in fingerprints:
            fingerprints[data] = row.experiment.task.recordings(row.experiment.corpus).fingerprint
    return {
        row.name: RowFacts(
            *sizes[row.name], fingerprints[row.experiment.task, row.experiment.corpus]
        )
        for row in rows
    }


def _sizes(row: Row) -> tuple[int, int]:
    """Parameters of the generator and of all discriminators."""
    try:
        budget, rules = row.experiment.budget, row.experiment.rules
        parallel.check_batch_size(budget.batch_size, rules.accumulate)
        state = runs.abstract_state(row.experiment)
    except Exception as error:  # flax and JAX raise many types for mismatched shapes
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise ValueError(f"row {row.name!r} cannot be built: {reason}") from error
    players = state.generator, state.discriminator
    generator, discriminator = (
        sum(leaf.size for leaf in jax.tree.leaves(player.params)) for player in players
    )
    return generator, discriminator


def require_same(record: Path, ablation: Ablation, facts: dict[str, RowFacts]) -> None:
    """Raises ValueError, naming the change, if an ablation cannot resume with these settings.

    `record` is its ablation.json, which may not exist. Rows and seeds may be added and removed.
    """
    if not record.exists():
        return
    before = _read(record)
    rows = before["rows"]
    for name, was in before["scoring"].items():
        if (now := getattr(ablation.settings, name, None)) != was:
            raise ValueError(
                f"{ablation.folder} was started with --{name} {was}, not {now}: give that "
                "again, or name another folder with --run"
            )
    for row in ablation.rows:
        if row.name not in rows:
            continue
        folder, was = ablation.folder / row.folder, rows[row.name]
        saved = json.dumps(was["experiment"])
        runs.require_same_settings(folder, saved, row.experiment, COURSE_NEUTRAL)
        if was["fingerprint"] != facts[row.name].fingerprint:
            raise ValueError(
                f"{folder} was trained on other recordings than {row.experiment.corpus} now has; "
                "name another folder with --run"
            )


def _read(record: Path) -> dict[str, Any]:
    """Content of a record, whose settings and rows are objects."""
    with damage(RecordError, f"{record} is damaged, name another folder with --run"):
        content = json.loads(record.read_text(encoding="utf-8"))
        if not all(isinstance(content[name], dict) for name in ("rows", "scoring")):
            raise TypeError("rows and scoring must be objects")
        for row in content["rows"].values():
            if not isinstance(row["fingerprint"], str) or not isinstance(row["experiment"], dict):
                raise TypeError("a row lacks its fingerprint or experiment")
    return content


def command_of(ablation: Ablation) -> str:
    """Command line, quoted for a shell."""
    return f"{PROG} {shlex.join(ablation.command)}"


def write_record(
    ablation: Ablation, facts: dict[str, RowFacts], members: list[AblationMember]
) -> None:
    """Writes or updates ablation.json, keeping the date of the start and earlier rows."""
    path = ablation.folder / RECORD
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    before = _read(path) if path.exists() else {}
    rows = {row.name: _row(row, facts[row.name]) for row in ablation.rows}
    settings = ablation.settings
    content = {
        "experiment": ablation.name,
        "command": command_of(ablation),
        "date": before.get("date", now),
        "code": provenance.code(),
        "versions": provenance.versions(),
        "devices": _devices(members),
        "seeds": list(seeds_of(ablation)),
        "base": ablation.rows[0].name,
        "scoring": {
            "collapsed": settings.collapsed,
            "population": settings.population,
            "sentences": settings.sentences,
            "samples": settings.samples,
            "recognizer": settings.recognizer,
            "vocoder": settings.vocoder,
        },
        "rows": before.get("rows", {}) | rows,
        "members": [_member(member) for member in members],
    }
    results.write_json(path, content)


def _row(row: Row, facts: RowFacts) -> dict[str, Any]:
    return {
        "folder": row.folder,
        "flags": shlex.join(row.flags),
        **dataclasses.asdict(facts),
        "experiment": json.loads(serialize.dumps(row.experiment)),
    }


def _devices(members: list[AblationMember]) -> list[dict[str, Any]]:
    """Devices that the members were trained on, each kind once."""
    found: list[dict[str, Any]] = []
    for member in members:
        training = results.read_training(member.folder)
        if training and training.device not in found:
            found.append(dict(training.device))
    return found


def _member(member: AblationMember) -> dict[str, Any]:
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
