"""How runs of each task are scored and shown: one line a task, for `eval`, `ablate`, `compare`."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ganspeech.evaluation.comparison.audio import compare_audio
from ganspeech.evaluation.comparison.generation import compare_generation
from ganspeech.evaluation.comparison.recognition import compare_recognition
from ganspeech.evaluation.comparison.unpaired import compare_unpaired
from ganspeech.evaluation.generation.metrics import SCORES
from ganspeech.evaluation.generation.run import generation_outcome, generation_report
from ganspeech.evaluation.quality.enhancement import enhanced_by_run
from ganspeech.evaluation.quality.intelligibility import HEARD
from ganspeech.evaluation.quality.metrics import METRICS, Metric
from ganspeech.evaluation.quality.report import Make, quality_outcome, quality_report
from ganspeech.evaluation.quality.speech import spoken_by_run
from ganspeech.evaluation.quality.speech_metrics import SPEECH_METRICS
from ganspeech.evaluation.quality.vocoding import vocoded_by_run
from ganspeech.evaluation.recognition.systems import recognition_metrics, recognition_outcome
from ganspeech.evaluation.recognition.unpaired.run import METRICS as UNPAIRED_METRICS
from ganspeech.evaluation.recognition.unpaired.run import unpaired_outcome
from ganspeech.evaluation.request import Compared, Outcome, Report, Request
from ganspeech.game.contract import Task
from ganspeech.runs.folder import Run, load_run
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.speech_enhancement import SpeechEnhancement
from ganspeech.tasks.unlabeled.phone_reading import PhoneReading
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.tasks.voices.spoken_texts import SpokenTexts


@dataclasses.dataclass(frozen=True)
class Scorer:
    """Scores of a run of one task."""

    outcome: Callable[[Run, Request], Outcome]
    """The scores, to be compared with those of other runs."""
    compared: Callable[[Sequence[Run], Request], Compared]
    """Several runs beside each other."""
    report: Callable[[Run, Request], Report] | None = None
    """Report of `eval quality`; None where another subcommand of `eval` makes it."""
    takes: frozenset[str] = frozenset()
    """Fields of a request that mean something for such a run."""
    names: Callable[[Any], Sequence[str]] = lambda _: ()
    """Names of the metrics that a task's outcomes have, where they can be measured."""


def _of_audio(make: Make, takes: frozenset[str], metrics: Sequence[Metric]) -> Scorer:
    """Of a run that speech is made with, sentence by sentence."""
    outcome, compared = partial(quality_outcome, make), partial(compare_audio, make)
    names = (*(metric.name for metric in metrics), *HEARD)
    return Scorer(outcome, compared, partial(quality_report, make), takes, lambda _: names)


AUDIO = frozenset({"sentences", "metrics", "workers", "checkpoints", "recognizer"})

SCORERS: Mapping[type, Scorer] = {
    Vocoding: _of_audio(vocoded_by_run, AUDIO, METRICS),
    SpeechEnhancement: _of_audio(enhanced_by_run, AUDIO, METRICS),
    SpokenTexts: _of_audio(spoken_by_run, AUDIO | {"voice"}, SPEECH_METRICS),
    Generation: Scorer(
        generation_outcome,
        compare_generation,
        generation_report,
        frozenset({"samples", "checkpoints", "vocoder"}),
        lambda _: [score.name for score in SCORES],
    ),
    Recognition: Scorer(
        recognition_outcome,
        compare_recognition,
        takes=frozenset({"sentences"}),
        names=recognition_metrics,
    ),
    PhoneReading: Scorer(
        unpaired_outcome,
        compare_unpaired,
        takes=frozenset({"sentences"}),
        names=lambda _: list(UNPAIRED_METRICS),
    ),
}


def scorer_of(run: Run) -> Scorer:
    """The scorer of a run's task; ValueError, naming the folder, for a task without scores."""
    task: Task = run.experiment.task
    if scorer := scorer_for(task):
        return scorer
    raise ValueError(f"{run.folder} was trained for {type(task).__name__}, which has no scores yet")


def scorer_for(task: Task) -> Scorer | None:
    """The scorer of a task; None for one without scores."""
    return next((scorer for kind, scorer in SCORERS.items() if isinstance(task, kind)), None)


def outcome_of(folder: str | Path, request: Request) -> Outcome:
    """Scores of a run's checkpoint, as `load_run` chooses it, to be compared with other runs'.

    Raises ValueError, naming the folder, for no run and for a task without scores.
    """
    run = load_run(folder)
    return scorer_of(run).outcome(run, request)
