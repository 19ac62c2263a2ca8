"""Scores of material as a report, and as the outcome of a run."""

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ganspeech.evaluation.checkpoints import CheckpointScores, score_checkpoints
from ganspeech.evaluation.pages.curves import score_curves, training_curves
from ganspeech.evaluation.quality import page as quality_page
from ganspeech.evaluation.quality import table
from ganspeech.evaluation.quality.intelligibility import HEARD, hearer, rate_of, recognize_material
from ganspeech.evaluation.quality.material import Material
from ganspeech.evaluation.quality.metrics import chosen
from ganspeech.evaluation.quality.scores import BESIDE, Scores, score
from ganspeech.evaluation.recognition import page as recognition_page
from ganspeech.evaluation.recognition import table as recognition_table
from ganspeech.evaluation.recognition.accuracy import RATES, Recognized, shares
from ganspeech.evaluation.recognition.style import STYLE
from ganspeech.evaluation.request import Measure, Outcome, Report, Request
from ganspeech.runs.best import read_scores
from ganspeech.runs.folder import Run

Make = Callable[[Run, Request], Material]


def quality_report(make: Make, run: Run, request: Request) -> Report:
    """Report on the material that is made of a run; on every kept checkpoint too, if asked."""
    # Before the long work: damaged scores are told of at once.
    curves = training_curves(run.folder / "metrics.jsonl") + score_curves(run.folder)
    chosen_by = _chosen_by(run)
    material = make(run, request)
    notes = (*material.notes, *chosen_by, *_without_game(run))
    scored = score_material(dataclasses.replace(material, curves=curves, notes=notes), request)
    if request.checkpoints:
        each = score_checkpoints(partial(quality_outcome, make), run, request)
        scored = dataclasses.replace(scored, checkpoints=each)
    return Report(scored.text, scored.content, scored.page)


def _chosen_by(run: Run) -> tuple[str, ...]:
    """That some of the sentences have chosen the checkpoint, whose scores they flatter."""
    scores = read_scores(run.folder)
    if scores is None or scores.best != run.step:
        return ()
    return (
        f"Step {run.step} was chosen by {scores.criterion}, the first held-out ones: with these "
        "among them the scores here are a little too good.",
    )


def _without_game(run: Run) -> tuple[str, ...]:
    reason = run.experiment.without_game(run.step)
    return (f"No discriminator has played up to step {run.step:,}: {reason}.",) if reason else ()


def material_report(material: Material, request: Request) -> Report:
    """Report on any material: a table of scores, and error rates where there is a recognizer."""
    found = score_material(material, request)
    return Report(found.text, found.content, found.page)


@dataclasses.dataclass(frozen=True)
class ScoredMaterial:
    """Material with its scores, and with what a recognizer heard if there is one."""

    material: Material
    scores: Scores
    recognized: Recognized | None
    checkpoints: CheckpointScores | None = None
    """Every checkpoint that is kept, if asked for."""

    @property
    def text(self) -> str:
        """Tables and notes for the terminal."""
        parts = [table.as_text(self.scores), *self.material.notes]
        if self.recognized:
            parts.append(recognition_table.as_text(self.recognized))
        if self.checkpoints:
            parts.append(self.checkpoints.as_text())
        return "\n\n".join(parts)

    @property
    def content(self) -> dict[str, Any]:
        """The same and each value, as plain JSON."""
        content = table.as_json(self.scores, self.material.title, self.material.notes)
        if self.recognized:
            content["heard"] = recognition_table.as_json(self.recognized)
        if self.checkpoints:
            content["checkpoints"] = self.checkpoints.as_json()
        return content

    @property
    def style(self) -> str:
        """CSS for its sections."""
        return STYLE if self.recognized else ""

    def sections(self) -> list[tuple[str, str]]:
        """Titles and bodies of a page."""
        return quality_page.sections(self.scores, self.material, more=self._more())

    def page(self) -> str:
        """The HTML page."""
        return quality_page.render(self.scores, self.material, more=self._more(), style=self.style)

    def _more(self) -> list[tuple[str, str]]:
        heard = recognition_page.in_short(self.recognized) if self.recognized else []
        return [*heard, *([self.checkpoints.section()] if self.checkpoints else [])]


def score_material(material: Material, request: Request) -> ScoredMaterial:
    """Scores material, and has it heard if there is a recognizer."""
    # Before the long work: a source that cannot hear is told of at once.
    listening = hearer(request.recognizer) if request.recognizer else None
    scores = _scored(material, request)
    recognized = recognize_material(material, listening) if listening else None
    return ScoredMaterial(material, scores, recognized)


def quality_outcome(make: Make, run: Run, request: Request) -> Outcome:
    """Means over sentences of the material that is made of a run, and each sentence's values.

    With a recognizer the rate of its errors is one of them, `wer` or `per`.
    """
    listening = hearer(request.recognizer) if request.recognizer else None
    material = make(run, request)
    scores = _scored(material, request)
    metrics = {
        metric.name: Measure(
            metric.label, metric.unit, metric.digits, metric.higher_is_better, value
        )
        for metric in scores.metrics
        if np.isfinite(value := _mean(scores, run.name, metric.name))
    }
    units = {
        metric.name: dict(zip(scores.sentences, map(float, scores.of(run.name, metric))))
        for metric in scores.metrics
        if metric.name in metrics
    }
    references = {
        other: {m.name: v for m in scores.metrics if np.isfinite(v := _mean(scores, other, m.name))}
        for other in BESIDE
        if other in scores.systems and request.baseline
    }
    if listening:
        recognized = recognize_material(material, listening, yardstick=request.baseline)
        unit, heard = listening.units[0], rate_of(listening)
        errors = {name: shares(row, unit) for name, row in recognized.rows.items()}
        means = {name: float(np.mean(list(row.values()))) for name, row in errors.items()}
        units[heard] = errors[run.name]
        metrics[heard] = Measure(f"{RATES[unit]}, heard", "%", 1, False, means[run.name])
        for other in BESIDE if request.baseline else ():
            if other in means:
                references.setdefault(other, {})[heard] = means[other]
    return Outcome(metrics, units, references)


def _scored(material: Material, request: Request) -> Scores:
    # An error rate is no metric of audio: where it alone is asked for, there is none.
    names = [name for name in request.metrics if name not in HEARD]
    metrics = chosen(material.metrics, names) if names or not request.metrics else ()
    return score(
        material.reference,
        material.systems,
        material.rate,
        facts=material.facts,
        problems=material.problems,
        metrics=metrics,
        workers=request.workers,
    )


def _mean(scores: Scores, system: str, name: str) -> float:
    metric = next(metric for metric in scores.metrics if metric.name == name)
    values = scores.of(system, metric)
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else np.nan
