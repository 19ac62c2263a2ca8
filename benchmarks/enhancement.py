"""Enhancers on speakers that they learned from and on others, beside what they were given.

    python benchmarks/enhancement.py RUN [RUN...] --sentences 30

The runs hold out the same recordings, such as those of an ablation. Prints one table for held-out
recordings of speakers who are in the training, too, and one for those of speakers who are not.
"""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.evaluation.comparison.audio import compare_audio
from ganspeech.evaluation.comparison.runs import load_runs
from ganspeech.evaluation.held_out import recording_of
from ganspeech.evaluation.quality.enhancement import enhanced_by_run
from ganspeech.evaluation.request import Request
from ganspeech.process import provenance
from ganspeech.process.writing import require_writable
from ganspeech.runs.checkpoints import CheckpointError
from ganspeech.runs.folder import Run


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What is compared, and how."""

    runs: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Run folders; each is named by the folder that it lies in."""
    sentences: int | None = None
    """Score only this many of each kind of speaker, evenly spaced."""
    metrics: tuple[str, ...] = ("pesq", "estoi", "dnsmos")
    """Names of metrics."""
    recognizer: str | None = None
    """Recognizer whose word errors are counted, such as pocketsphinx."""
    json: Path | None = None
    """Write all scores here, with the commit, the versions and the data."""


def main(comparison: Comparison) -> None:
    """Scores both kinds of speakers."""
    if comparison.json:
        require_writable(comparison.json, comparison.json.parent)
    if not comparison.runs:
        raise SystemExit("name at least one run folder")
    try:
        runs = load_runs({folder.resolve().parent.name: folder for folder in comparison.runs})
    except (ValueError, CheckpointError) as error:
        raise SystemExit(f"error: {error}") from None
    content = {}
    for kind, ids in of_each_kind(runs[0], comparison.sentences).items():
        request = Request(among=ids, metrics=comparison.metrics, recognizer=comparison.recognizer)
        found = compare_audio(enhanced_by_run, runs, request)
        print(f"\n{kind}\n{found.text}", flush=True)
        content[kind] = found.content
    if comparison.json:
        origin = {"code": provenance.code(), "versions": provenance.versions()}
        origin["data"] = runs[0].recordings.fingerprint
        text = json.dumps(origin | {"speakers": content}, indent=1)
        comparison.json.write_text(text + "\n", encoding="utf-8")


def of_each_kind(run: Run, sentences: int | None) -> dict[str, frozenset[str]]:
    """Ids of held-out recordings of known and of unseen speakers, where there are any."""
    learned = {recording_of(line).speaker for line in run.recordings.train}
    ids: dict[str, list[str]] = {"known speakers": [], "unseen speakers": []}
    for line in run.recordings.held_out:
        recording = recording_of(line)
        known = recording.speaker in learned
        ids["known speakers" if known else "unseen speakers"].append(recording.id)
    return {
        kind: frozenset(found[:: max(1, len(found) // (sentences or len(found)))])
        for kind, found in ids.items()
        if found
    }


if __name__ == "__main__":
    main(tyro.cli(Comparison, description=__doc__))
