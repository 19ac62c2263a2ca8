"""Scores of material as a report, and as the outcome of a run."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ganspeech.evaluation.pages.curves import training_curves
from ganspeech.evaluation.quality import page as quality_page
from ganspeech.evaluation.quality import table
from ganspeech.evaluation.quality.enhancement import NOISY
from ganspeech.evaluation.quality.intelligibility import hearer, recognize_material
from ganspeech.evaluation.quality.material import Material
from ganspeech.evaluation.quality.metrics import chosen
from ganspeech.evaluation.quality.scores import GRIFFIN_LIM, RECORDING, Scores, score
from ganspeech.evaluation.quality.speech import COPY
from ganspeech.evaluation.recognition import page as recognition_page
from ganspeech.evaluation.recognition import table as recognition_table
from ganspeech.evaluation.recognition.accuracy import Recognized
from ganspeech.evaluation.recognition.style import STYLE
from ganspeech.evaluation.request import Measure, Outcome, Report, Request
from ganspeech.runs.folder import Run

Make = Callable[[Run, Request], Material]


def quality_report(make: Make, run: Run, request: Request) -> Report:
    """Report on the material that is made of a run."""
    material = make(run, request)
    curves = training_curves(run.folder / "metrics.jsonl")
    return material_report(dataclasses.replace(material, curves=curves), request)


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

    @property
    def text(self) -> str:
        """Tables and notes for the terminal."""
        parts = [table.as_text(self.scores), *self.material.notes]
        if self.recognized:
            parts.append(recognition_table.as_text(self.recognized))
        return "\n\n".join(parts)

    @property
    def content(self) -> dict[str, Any]:
        """The same and each value, as plain JSON."""
        content = table.as_json(self.scores, self.material.title, self.material.notes)
        if self.recognized:
            content["heard"] = recognition_table.as_json(self.recognized)
        return content

    @property
    def style(self) -> str:
        """CSS for its sections."""
        return STYLE if self.recognized else ""

    def sections(self) -> list[tuple[str, str]]:
        """Titles and bodies of a page."""
        return quality_page.sections(self.scores, self.material, more=self._heard())

    def page(self) -> str:
        """The HTML page."""
        return quality_page.render(self.scores, self.material, more=self._heard(), style=self.style)

    def _heard(self) -> list[tuple[str, str]]:
        return recognition_page.in_short(self.recognized) if self.recognized else []


def score_material(material: Material, request: Request) -> ScoredMaterial:
    """Scores material, and has it heard if there is a recognizer."""
    # Before the long work: a source that cannot hear is told of at once.
    listening = hearer(request.recognizer) if request.recognizer else None
    scores = _scored(material, request)
    recognized = recognize_material(material, listening) if listening else None
    return ScoredMaterial(material, scores, recognized)


def quality_outcome(make: Make, run: Run, request: Request) -> Outcome:
    """Means over sentences of the material that is made of a run, and each sentence's values."""
    scores = _scored(make(run, request), request)
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
        other: {m: v for m in metrics if np.isfinite(v := _mean(scores, other, m))}
        for other in (RECORDING, GRIFFIN_LIM, NOISY, COPY)
        if other in scores.systems and request.baseline
    }
    return Outcome(metrics, units, references)


def _scored(material: Material, request: Request) -> Scores:
    return score(
        material.reference,
        material.systems,
        material.rate,
        facts=material.facts,
        problems=material.problems,
        metrics=chosen(material.metrics, request.metrics),
        workers=request.workers,
    )


def _mean(scores: Scores, system: str, name: str) -> float:
    metric = next(metric for metric in scores.metrics if metric.name == name)
    values = scores.of(system, metric)
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else np.nan
