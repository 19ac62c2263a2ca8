"""Readers of what a run or a test leaves: experiments, checkpoints, metrics, results, answers."""

import base64
import hashlib
import io
import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from fuzz.hostile import numpy_files
from fuzz.layers import by_content, in_json, in_zip
from fuzz.mutations import mutated
from fuzz.reader import Files, Reader

from ganspeech.ablation.members import read_result, read_training
from ganspeech.config import serialize
from ganspeech.evaluation.listening.answers import read_results
from ganspeech.evaluation.listening.design import decoded, design, name_of
from ganspeech.evaluation.pages.curves import Training, training_figures
from ganspeech.evaluation.request import Stimuli
from ganspeech.load import load
from ganspeech.runs.best import Criterion, Scores, read_scores
from ganspeech.runs.folder import read_experiment
from ganspeech.training.ratings import Ratings

RUN = Path(__file__).resolve().parents[2] / "written_by_0_1" / "run"
STEP = "checkpoints/000000002"


def _run() -> Files:
    paths = sorted(path for path in RUN.rglob("*") if path.is_file())
    return {str(path.relative_to(RUN)): [path.read_bytes()] for path in paths}


def _experiment() -> Files:
    return {"experiment.json": [(RUN / "experiment.json").read_bytes()]}


def _believed(folder: Path) -> None:
    """A run whose about.json has the digests of the damaged files."""
    about_file = folder / STEP / "about.json"
    about = json.loads((RUN / STEP / "about.json").read_bytes())
    state = folder / STEP / "state"
    for name in about["files"]:
        digest = hashlib.blake2b((state / name).read_bytes(), digest_size=16)
        about["files"][name] = digest.hexdigest()
    about_file.write_text(json.dumps(about))
    load(folder)


def _state() -> Files:
    return {name: contents for name, contents in _run().items() if "/state/" in name} | {
        "experiment.json": [(RUN / "experiment.json").read_bytes()]
    }


def _resumed(folder: Path) -> None:
    """Ratings of a run that resumes."""
    Ratings(folder, 5)


def _ratings() -> Files:
    file = io.BytesIO()
    np.savez(file, clean=np.zeros((2, 8), np.float32), scores=np.ones(2, np.float32))
    return {"ratings/3.npz": [file.getvalue(), *numpy_files()]}


def _results() -> Files:
    outcome = {"metrics": {}, "units": {"pesq": {"s0": 3.5}}, "references": {}, "speakers": {}}
    training = {
        "step": 2, "minutes": 0.5, "core_minutes": 0.5, "fingerprint": "a", "memory": {},
        "device": {"kind": "cpu", "count": 1, "processor": "x"}, "versions": {}, "code": None,
    }  # fmt: skip
    return {
        "result.json": [json.dumps({"outcome": outcome, "reason": ""}).encode()],
        "trained.json": [json.dumps(training).encode()],
    }


def _result(folder: Path) -> None:
    read_training(folder)
    read_result(folder)


def _scores() -> Files:
    scores = Scores(Criterion("pesq", 20, ""), "PESQ-WB, MOS", True, 2, {2: 2.5, 4: None, 6: 2.0})
    return {"best.json": [json.dumps(asdict(scores)).encode()]}


def _best(folder: Path) -> None:
    scores = read_scores(folder)
    if scores and scores.best is not None:
        scores.shown(scores.best)


def _answers() -> Files:
    sound = {item: np.full(400, 0.1, np.float32) for item in ("s0", "s1")}
    stimuli = Stimuli(8000, {"a": sound, "b": sound}, {}, sound, dict.fromkeys(sound, "Hello."))
    found = {}
    for method in ("ab", "mushra"):
        test = design(stimuli, method)
        trials: list[dict[str, Any]] = []
        for one in decoded(test.key)["trials"]:
            ratings = dict.fromkeys(one["systems"], 100)
            answer = {"choice": None} if method == "ab" else {"ratings": ratings}
            trials.append({"trial": one["trial"], "order": list(one["systems"]), **answer})
        content = {
            "ganspeech_listening": 1, "method": method, "test": name_of(test.key), "key": test.key,
            "listener": "ann", "seed": 1, "trials": trials,
        }  # fmt: skip
        found[method] = json.dumps(content).encode()
    return {"answers.json": list(found.values())}


def _in_answers(rng: random.Random, content: bytes, others: Sequence[bytes]) -> tuple[str, bytes]:
    """Answers to another test than that of any page, half of the time."""
    if rng.random() < 0.5:
        return in_json(rng, content, others)
    answers = json.loads(content)
    how, key = in_json(rng, base64.b64decode(answers["key"]), [b"{}"])
    answers["key"] = base64.b64encode(key).decode()
    answers["test"] = name_of(answers["key"])
    return f"key: {how}", json.dumps(answers).encode()


READERS = {
    "run": Reader(_run, load, 300, by_content),
    "believed run": Reader(_state, _believed, 200, mutated),
    "experiment": Reader(
        _experiment,
        lambda folder: serialize.loads(read_experiment(folder), str(folder)),
        300,
        in_json,
    ),
    "metrics": Reader(
        lambda: {"metrics.jsonl": [(RUN / "metrics.jsonl").read_bytes()]},
        lambda folder: training_figures([Training("run", "--a", folder / "metrics.jsonl")], {}),
        200,
        in_json,
    ),
    "ratings": Reader(_ratings, _resumed, 100, in_zip),
    "scores of checkpoints": Reader(_scores, _best, 150, in_json),
    "results": Reader(_results, _result, 150, in_json),
    "listening answers": Reader(
        _answers, lambda folder: read_results([folder / "answers.json"]), 300, _in_answers
    ),
}
