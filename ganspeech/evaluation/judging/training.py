"""Training with a judge, if the budget asks for one: what commands and `ganspeech.train` call."""

from pathlib import Path

from ganspeech.config.experiment import Experiment
from ganspeech.training import loop


def train(experiment: Experiment, folder: str | Path, *, profile: int = 0) -> int:
    """Trains until the budget is spent, from the newest checkpoint if the folder has one.

    `profile` steps are traced to the folder. With `budget.keep_best` a process of its own scores
    the checkpoints, so that a script which calls this needs no guard. Returns the exit status of a
    process: 0, or 128 + the number of the signal that stopped it, after saving. Raises ValueError
    for invalid settings, for a metric that its task does not have, and for a folder that another
    process trains in, and TrainingError, without writing a bad checkpoint, when a metric stops
    being finite.
    """
    if not experiment.budget.keep_best:
        return loop.train(experiment, folder, profile=profile)
    # Imported here: all scores of all tasks take a moment to import.
    from ganspeech.evaluation.judging.criteria import require_judged
    from ganspeech.evaluation.judging.process import JudgeProcess

    require_judged(experiment)
    return loop.train(experiment, folder, profile=profile, judging=JudgeProcess)
