"""What checkpoints of an experiment can be scored by, told before it is trained."""

from ganspeech.config.experiment import Experiment
from ganspeech.evaluation.quality.intelligibility import HEARD, hearer, rate_of
from ganspeech.evaluation.quality.metrics import METRICS
from ganspeech.evaluation.quality.speech_metrics import SPEECH_METRICS
from ganspeech.evaluation.request import Request
from ganspeech.evaluation.scorers import scorer_for
from ganspeech.runs.best import Criterion

SAMPLES = 1000
"""Examples from noise that are made of each checkpoint."""


def require_judged(experiment: Experiment) -> None:
    """Raises ValueError, naming the field and what is possible, unless checkpoints can be scored.

    Whether recordings are held out is known once they are read.
    """
    metric, recognizer = experiment.budget.keep_best, experiment.budget.best_recognizer
    scorer, task = scorer_for(experiment.task), type(experiment.task).__name__
    if scorer is None:
        raise ValueError(f"budget.keep_best: runs of {task} have no scores yet")
    names = scorer.names(experiment.task)
    if metric not in names:
        raise ValueError(
            f"budget.keep_best: runs of {task} have no {metric!r}; there are {', '.join(names)}"
        )
    heard = metric in HEARD and "recognizer" in scorer.takes
    if heard and not recognizer:
        raise ValueError(
            f"budget.keep_best {metric} needs a recognizer: budget.best_recognizer pocketsphinx, "
            "or one of ours"
        )
    if recognizer and not heard:
        raise ValueError(f"budget.best_recognizer means nothing for budget.keep_best {metric}")
    if heard and (own := rate_of(hearer(recognizer))) != metric:
        raise ValueError(f"budget.keep_best: {recognizer} measures {own}, not {metric}")
    _require_installed(metric)


def _require_installed(name: str) -> None:
    for metric in (*METRICS, *SPEECH_METRICS):
        if metric.name == name and (missing := metric.missing_packages()):
            raise ValueError(f"budget.keep_best {name} needs pip install {' '.join(missing)}")


def request_of(experiment: Experiment, criterion: Criterion) -> Request:
    """The scores of a criterion and no others."""
    scorer = scorer_for(experiment.task)
    assert scorer is not None  # required before the training
    return Request(
        sentences=criterion.sentences or None,
        samples=SAMPLES if "samples" in scorer.takes else None,
        recognizer=criterion.recognizer or None,
        metrics=(criterion.metric,),
        workers=1,
        baseline=False,
    )
