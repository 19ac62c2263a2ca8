"""Scores that stand in the table of experiments: files that ablations left, not typed figures.

    PYTHONPATH=docs python -m website.scores FOLDER...

keeps in docs/scores/EXPERIMENT.json what the folder of a `ganspeech ablate EXPERIMENT` says of its
rows: command, commit, data, seeds, steps, minutes, device, and every metric of every seed.
"""

import itertools
import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ganspeech.ablation.selection import Candidate, selected
from website.links import ROOT

SCORES = ROOT / "docs" / "scores"
SELECTS = "unsupervised"
"""Metric that selects a seed without labels, where there is one."""


def keep(folder: Path) -> Path:
    """Writes the file of a finished ablation; returns its path.

    Raises ValueError for one that is unfinished or was made with changed code.
    """
    record, table = (
        json.loads((folder / name).read_text(encoding="utf-8"))
        for name in ("ablation.json", "table.json")
    )
    members = record["members"]
    if any(member["status"] != "finished" for member in members):
        raise ValueError("members are unfinished or failed")
    trainings = [member["training"] for member in members]
    code = {json.dumps(one["code"], sort_keys=True) for one in trainings}
    if len(code) > 1 or not trainings[0]["code"] or trainings[0]["code"]["dirty"]:
        raise ValueError("not trained by the files of one commit")
    content = {
        "experiment": record["experiment"],
        "command": portable(shlex.split(record["command"])),
        "commit": trainings[0]["code"]["commit"],
        "versions": record["versions"],
        "devices": record["devices"],
        "seeds": record["seeds"],
        "base": record["base"],
        "metrics": table["metrics"],
        "rows": {name: _row(name, line, record) for name, line in table["rows"].items()},
        "references": table["references"],
    }
    SCORES.mkdir(exist_ok=True)
    path = SCORES / f"{record['experiment']}.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return path


def _row(name: str, line: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    steps = {one["training"]["step"] for one in record["members"] if one["row"] == name}
    row = record["rows"][name]
    return {
        "flags": portable(shlex.split(row["flags"])),
        "data": row["fingerprint"],
        "steps": max(steps),
        "minutes": line["minutes"],
        "core_minutes": line["core_minutes"],
        "metrics": line["metrics"],
    }


def portable(words: Sequence[str]) -> str:
    """A command line without folders of one machine: `/data/fsdd` becomes FSDD."""
    kept: list[str] = []
    for word in itertools.chain.from_iterable(_split(word) for word in words):
        if kept and kept[-1] == "--run":
            kept.pop()
        elif word.startswith(("/", "~", "../")):
            kept.append(Path(word).name.upper())
        elif kept and kept[-1] == "--row":
            name, colon, flags = word.partition(":")
            kept.append(f"{name}{colon} {portable(shlex.split(flags))}".rstrip())
        else:
            kept.append(word)
    return shlex.join(kept)


def _split(word: str) -> list[str]:
    """A flag and its value apart: `--run=a` as `--run a`."""
    return word.split("=", 1) if word.startswith("--") and "=" in word else [word]


def read(name: str) -> dict[str, Any] | None:
    """Content of the file of an experiment, None if it has none."""
    path = SCORES / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def score(content: Mapping[str, Any]) -> str:
    """Scores of the first row, as a sentence or two; of what is beside it, the first metric.

    The row is named where it is not called like the experiment.
    """
    row, metrics = content["rows"][content["base"]], content["metrics"]
    parts = [_found(metrics[name], found) for name, found in row["metrics"].items()]
    seeds = len(content["seeds"])
    named = "" if content["base"] == content["experiment"] else f"{content['base']}: "
    text = f"{named}{'; '.join(parts)}; {seeds} seed{'s' * (seeds > 1)}, {row['steps']:,} steps"
    first = next(iter(row["metrics"]))
    chosen = _selected(row["metrics"], seeds) if SELECTS in row["metrics"] else None
    if chosen is not None and seeds > 1:
        value = _shown(metrics[first], row["metrics"][first]["seeds"][chosen])
        text += f"; the seed selected without labels, {content['seeds'][chosen]}: {value}"
    for name, other in content["rows"].items():
        if name != content["base"]:
            text += f"; {name}: {_found(metrics[first], other['metrics'][first])}"
    for name, reference in content["references"].items():
        if first in reference:
            text += f"; {name}: {_shown(metrics[first], reference[first])}"
    return f"{text}. Commit {content['commit'][:7]}."


def _selected(metrics: Mapping[str, Any], seeds: int) -> int | None:
    """Place of the seed that is selected without labels; None if all have collapsed."""
    scores, used = (metrics[name]["seeds"] for name in (SELECTS, "phones_used"))
    candidates = [Candidate("", "", scores[n], used[n], None) for n in range(seeds)]
    chosen = selected(candidates)
    return None if chosen is None else candidates.index(chosen)


def time(content: Mapping[str, Any]) -> str:
    """Time of the first row's training, and the device."""
    row, device = content["rows"][content["base"]], content["devices"][0]
    kind = device["processor"] if device["kind"] == "cpu" else device["kind"]
    return f"{row['core_minutes']:.1f} processor minutes a seed ({kind})."


def _found(metric: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """A row's value of a metric, as its file has it."""
    return _shown(metric, found["value"], found["low"], found["high"])


def _shown(
    metric: Mapping[str, Any],
    value: float,
    low: float | None = None,
    high: float | None = None,
) -> str:
    """A metric's value with its unit, and its interval if there is one."""
    digits = 1 if metric["unit"] == "%" else 2
    text = f"{metric['label']} {value:.{digits}f}" + f" {metric['unit']}".rstrip()
    return text if low is None else f"{text} [{low:.{digits}f}, {high:.{digits}f}]"


def main(folders: Sequence[str]) -> int:
    """Keeps the scores of ablations; returns an exit status."""
    for folder in folders:
        try:
            print(f"written: {keep(Path(folder)).relative_to(ROOT)}")
        except (OSError, ValueError, KeyError) as error:
            print(f"{folder}: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
