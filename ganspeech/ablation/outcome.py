"""What a finished run is worth: the scores of its task."""

from pathlib import Path

import numpy as np

from ganspeech.ablation.results import Measure, Outcome
from ganspeech.evaluation.generation.scores import score_run
from ganspeech.evaluation.quality.enhancement import NOISY
from ganspeech.evaluation.quality.runs import run_systems
from ganspeech.evaluation.quality.scores import GRIFFIN_LIM, RECORDING, Scores, score
from ganspeech.evaluation.quality.speech import COPY
from ganspeech.evaluation.recognition.accuracy import RATES, grouping, shares
from ganspeech.evaluation.recognition.systems import recognize_run
from ganspeech.runs.folder import load_run
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.speech_enhancement import SpeechEnhancement
from ganspeech.tasks.text_to_speech import TextToSpeech
from ganspeech.tasks.vocoding import Vocoding


def outcome(
    run: Path,
    *,
    sentences: int | None = None,
    samples: int | None = None,
    baseline: bool = False,
) -> Outcome:
    """The scores of a run's newest checkpoint on what its corpus holds out.

    A vocoder, an enhancer or a voice is scored on the first ``sentences`` (all if None); each
    sentence's values are kept, so that rows can be compared in pairs, and ``baseline`` scores
    Griffin-Lim, the noisy speech or copy synthesis beside it. A generator from noise is scored on
    ``samples`` examples, which pair with nothing. A recogniser is scored on the first ``sentences``
    too, clean and in noises that it was not trained on, and is paired by speaker where at least
    five are known. ValueError for a run of a task that has no scores.
    """
    task = load_run(run).experiment.task
    if isinstance(task, Vocoding | SpeechEnhancement | TextToSpeech):
        return _of_audio(run, sentences, baseline)
    if isinstance(task, Generation):
        return _of_generator(run, samples)
    if isinstance(task, Recognition):
        return _of_recogniser(run, sentences)
    raise ValueError(f"{run} was trained for {type(task).__name__}, which has no scores yet")


def _of_audio(run: Path, sentences: int | None, baseline: bool) -> Outcome:
    material = run_systems(run, sentences, baseline=baseline)
    scores = score(
        material.reference,
        material.systems,
        material.rate,
        facts=material.facts,
        problems=material.problems,
        metrics=material.metrics,
    )
    name = run.resolve().name
    metrics = {
        metric.name: Measure(
            metric.label, metric.unit, metric.digits, metric.higher_is_better, value
        )
        for metric in scores.metrics
        if np.isfinite(value := _mean(scores, name, metric.name))
    }
    units = {
        metric.name: dict(zip(scores.sentences, map(float, scores.of(name, metric))))
        for metric in scores.metrics
        if metric.name in metrics
    }
    references = {
        other: {m: v for m in metrics if np.isfinite(v := _mean(scores, other, m))}
        for other in (RECORDING, GRIFFIN_LIM, NOISY, COPY)
        if other in scores.systems and baseline
    }
    return Outcome(metrics, units, references)


def _mean(scores: Scores, system: str, name: str) -> float:
    metric = next(metric for metric in scores.metrics if metric.name == name)
    values = scores.of(system, metric)
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else np.nan


def _of_generator(run: Path, samples: int | None) -> Outcome:
    scores = score_run(run) if samples is None else score_run(run, samples=samples)
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


def _of_recogniser(run: Path, sentences: int | None) -> Outcome:
    recognised, _ = recognize_run(run, sentences=sentences, progress=False)
    unit = recognised.units[0]
    metrics, units = {}, {}
    for row, answers in recognised.rows.items():
        name = f"{RATES[unit]}_{row.replace(' ', '')}".lower()  # wer_clean, wer_10db
        units[name] = shares(answers, unit)
        mean = float(np.mean(list(units[name].values())))
        metrics[name] = Measure(f"{RATES[unit]} {row}", "%", 1, False, mean)
    by_speaker = grouping(recognised.first)[0] == "speakers"
    speakers = {a.id: a.speaker for a in recognised.first} if by_speaker else {}
    return Outcome(metrics, units, speakers=speakers)
