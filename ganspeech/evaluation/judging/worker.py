"""The process that scores checkpoints: it reads steps, one a line, and writes a score for each.

It takes one core at a low priority and no accelerator, and ends with the process that started it,
however that ends.
"""

import dataclasses
import json
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

from ganspeech.process import environment

if __name__ == "__main__":
    environment.prepare()

from ganspeech.evaluation.judging.criteria import request_of
from ganspeech.evaluation.scorers import scorer_of
from ganspeech.runs.best import Criterion, Score
from ganspeech.runs.folder import load_run

NICE = 10
"""How far the training goes before: a tenth of a core is left where it takes all. With the lowest
priority, on a machine that others use, the training would wait for what is never done."""


def main(folder: str, criterion: str) -> None:
    """Scores checkpoints of a run folder, by a criterion in JSON, as long as someone asks."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what metrics print is no answer
    if hasattr(os, "nice"):
        os.nice(NICE)
    for step in _asked():
        answer = scored(Path(folder), step, Criterion(**json.loads(criterion)))
        answers.write(json.dumps(dataclasses.asdict(answer)) + "\n")
        answers.flush()


def scored(folder: Path, step: int, criterion: Criterion) -> Score:
    """Score of the checkpoint of a step; one without a value says why."""
    try:
        run = load_run(folder, step)
        measure = (
            scorer_of(run)
            .outcome(run, request_of(run.experiment, criterion))
            .metrics.get(criterion.metric)
        )
    except Exception as error:  # whatever it is, the training goes on, and says so
        traceback.print_exc()
        reason = next(iter(str(error).splitlines()), "")
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        return Score(step, None, kind + reason)
    if measure is None:
        return Score(step, None, f"{criterion.metric} is not defined for what it makes")
    label = f"{measure.label}, {measure.unit}" if measure.unit else measure.label
    return Score(step, measure.value, "", label, measure.higher_is_better, measure.digits)


def _asked() -> Iterator[int]:
    """Steps, as they are read; ends the process once nobody is there to ask."""
    steps: SimpleQueue[int] = SimpleQueue()
    threading.Thread(target=_listen, args=(steps,), daemon=True).start()
    while True:
        yield steps.get()


def _listen(steps: SimpleQueue[int]) -> None:
    for line in sys.stdin:
        steps.put(int(line))
    os._exit(0)  # a score that is being made has no reader


if __name__ == "__main__":
    main(*sys.argv[1:])
