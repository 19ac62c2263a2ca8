"""Runs that generate from noise, beside each other: scores by one judge, examples by class."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from ganspeech.evaluation.comparison.runs import first_difference
from ganspeech.evaluation.generation import page, table
from ganspeech.evaluation.generation.judge import CLIPS
from ganspeech.evaluation.generation.page import Gallery, GenerationExhibit
from ganspeech.evaluation.generation.scores import (
    SAMPLES,
    sample,
    score_samples,
    task_of,
)
from ganspeech.evaluation.generation.yardstick import (
    AND_BACK,
    HELD_OUT,
    NOISE,
    TRAINING,
    Yardstick,
    yardstick_of,
)
from ganspeech.evaluation.request import Compared, Request, Stimuli
from ganspeech.runs.folder import Run
from ganspeech.tasks.representations import SpokenView

COLORS = tuple(f"--system-{i}" for i in range(6))
REFERENCE_COLORS = {
    HELD_OUT: "--recording",
    TRAINING: "--soft",
    AND_BACK: COLORS[5],
    NOISE: "--baseline",
}


def compare_generation(runs: Sequence[Run], request: Request) -> Compared:
    """Scores of what all runs make from noise, judged alike; examples pair with nothing.

    Raises ValueError, naming folders and the field, for runs of different corpora.
    """
    yardsticks = _yardsticks(runs)
    made = [sample(run, request.samples or SAMPLES) for run in runs]
    scores = [
        score_samples(values, yardstick, labels, name=run.name, step=run.step)
        for run, yardstick, (values, labels) in zip(runs, yardsticks, made)
    ]
    galleries = {
        run.name: Gallery(yardstick, GenerationExhibit(run.name, values, labels))
        for run, yardstick, (values, labels) in zip(runs, yardsticks, made)
    }
    colors = {run.name: COLORS[n % len(COLORS)] for n, run in enumerate(runs)}

    def sections() -> list[tuple[str, str]]:
        known = colors | REFERENCE_COLORS
        body = page.score_table(scores, known) + page.histogram(scores, known)
        return [("Scores", body), ("Examples", _examples(galleries, colors))]

    spoken = all(isinstance(yardstick.view, SpokenView) for yardstick in yardsticks)
    content: dict[str, Any] = {one.name: one.to_json() for one in scores}
    return Compared(
        table.as_text(*scores),
        content,
        f"{scores[0].samples} examples of each run, held against "
        f"{len(yardsticks[0].held_out)} held-out ones. Intervals are 95 % bootstrap intervals over "
        "examples, which pair with nothing.",
        sections,
        page.OWN_STYLE,
        (lambda count: _stimuli(galleries, count)) if spoken else None,
    )


def _yardsticks(runs: Sequence[Run]) -> list[Yardstick]:
    """One for each run, or one for all that have the same task."""
    for run in runs:  # before a judge is trained, which takes minutes
        if run.recordings.held_out.ids != runs[0].recordings.held_out.ids:
            raise _of_different_corpora(runs[0], run)
    kinds: dict[Any, Yardstick] = {}
    for run in runs:
        kind = run.experiment.corpus, run.experiment.task
        if kind not in kinds:
            kinds[kind] = yardstick_of(run.experiment.corpus, task_of(run))
    found = [kinds[run.experiment.corpus, run.experiment.task] for run in runs]
    for run, yardstick in zip(runs, found):
        if yardstick.real.fingerprint != found[0].real.fingerprint:
            raise _of_different_corpora(runs[0], run)
    return found


def _of_different_corpora(ours: Run, theirs: Run) -> ValueError:
    return ValueError(
        f"{ours.folder} and {theirs.folder} are of different corpora: "
        f"{first_difference(ours, theirs, 'corpus')}"
    )


def _examples(galleries: Mapping[str, Gallery], colors: Mapping[str, str]) -> str:
    """Of each class the first examples of every run."""
    body = ""
    for label, name in enumerate(next(iter(galleries.values())).classes):
        rows = ""
        for run, gallery in galleries.items():
            share, row = gallery.of_class(label, colors[run])
            rows += f"<p>{escape(run)} <small>{share:.1%} of all</small></p>{row}"
        body += f'<article class="sentence"><h3>{escape(name)}</h3>{rows}</article>'
    hint = "The first examples of each class, with the judge's certainty: not the best ones."
    return f"<p class='hint'>{hint}</p>{body}"


def _stimuli(galleries: Mapping[str, Gallery], count: int) -> Stimuli:
    """Examples of every class that all runs make, one of each run an item, in turn."""
    classes = next(iter(galleries.values())).classes
    places: dict[str, list[np.ndarray]] = {
        run: [np.flatnonzero(gallery.labels == label) for label in range(len(classes))]
        for run, gallery in galleries.items()
    }
    items = [
        (label, rank)
        for rank in range(count)
        for label in range(len(classes))
        if all(len(own[label]) > rank for own in places.values())
    ][:count]
    systems = {
        run: {
            f"{classes[label]} {rank + 1}": sound
            for (label, rank), sound in zip(
                items,
                gallery.yardstick.heard(
                    gallery.exhibit.values[[places[run][label][rank] for label, rank in items]]
                ),
            )
        }
        for run, gallery in galleries.items()
    }
    texts = {f"{classes[label]} {rank + 1}": classes[label] for label, rank in items}
    return Stimuli(CLIPS.sample_rate, systems, {}, {}, texts)
