"""A run that generates from noise: its scores, as a report and as an outcome."""

import numpy as np

from ganspeech.evaluation.checkpoints import kept_runs
from ganspeech.evaluation.generation import inside, page, table
from ganspeech.evaluation.generation.page import GenerationExhibit
from ganspeech.evaluation.generation.scores import (
    SAMPLES,
    sample,
    score_samples,
    task_of,
)
from ganspeech.evaluation.generation.vocoded import spoken_by
from ganspeech.evaluation.generation.yardstick import yardstick_of
from ganspeech.evaluation.pages.curves import score_curves, training_curves
from ganspeech.evaluation.request import Measure, Outcome, Report, Request
from ganspeech.runs.folder import Run


def generation_report(run: Run, request: Request) -> Report:
    """Report on a run's generator; on every kept checkpoint, with the same noise, if asked.

    A page also looks inside, as `ganspeech.evaluation.generation.inside` does.
    """
    run = spoken_by(run, request.vocoder) if request.vocoder else run
    samples = request.samples or SAMPLES
    yardstick = yardstick_of(run.experiment.corpus, task_of(run))
    values, labels = sample(run, samples)
    scores = score_samples(values, yardstick, labels, name=run.name, step=run.step)
    each = {run.step: scores}
    for one in kept_runs(run) if request.checkpoints else ():
        if one.step != run.step:
            made, asked = sample(one, samples)
            each[one.step] = score_samples(made, yardstick, asked, name=run.name, step=one.step)
    exhibit = GenerationExhibit(
        title=f"{run.name} from noise",
        values=values,
        labels=labels,
        curves=training_curves(run.folder / "metrics.jsonl") + score_curves(run.folder),
        checkpoints=tuple(one for _, one in sorted(each.items())) if request.checkpoints else (),
        sections=tuple(inside.sections(run, yardstick.examples)) if request.page else (),
    )
    text, content = [table.as_text(scores)], scores.to_json()
    if request.checkpoints:
        text.append(table.over_steps(exhibit.checkpoints))
        content["checkpoints"] = [one.to_json() for one in exhibit.checkpoints]
    return Report("\n\n".join(text), content, lambda: page.render(scores, yardstick, exhibit))


def generation_outcome(run: Run, request: Request) -> Outcome:
    """Scores of a run's generator on fresh examples, which pair with nothing."""
    values, labels = sample(run, request.samples or SAMPLES)
    yardstick = yardstick_of(run.experiment.corpus, task_of(run))
    scores = score_samples(values, yardstick, labels, name=run.name, step=run.step)
    metrics = {
        about.name: Measure(about.label, "", about.digits, about.higher_is_better, value)
        for about in scores.shown
        if np.isfinite(value := scores.metrics[about.name])
    }
    references = {
        name: {metric: value for metric, value in row.items() if metric in metrics}
        for name, row in scores.references.items()
    }
    return Outcome(metrics, references=references)
