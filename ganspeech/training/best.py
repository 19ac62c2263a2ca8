"""The best checkpoint of a run: scored beside the training, and kept beside the newest.

At most one checkpoint waits for its score while the next is trained, and the training waits for it
before it saves another. So what is kept, and where patience ends, does not depend on how fast
scoring is, and a run that is killed and resumed keeps and ends as one that never was.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.runs import best as scored
from ganspeech.runs.checkpoints import Checkpoints

POLL_SECONDS = 0.2
"""Longest time that a signal is not noticed while a score is waited for."""


class Judge(Protocol):
    """What scores checkpoints, one after another, while the training goes on."""

    def ask(self, step: int) -> None:
        """Asks for the score of a checkpoint that is written; may be called from any thread."""

    def answer(self, seconds: float) -> scored.Score | None:
        """The next score, in the order of asking; None if it takes longer than so many seconds."""

    def close(self) -> None:
        """Ends at once; scores that were asked for and not given are lost."""


Judging = Callable[[Experiment, Path], Judge]
"""Starts a judge of the checkpoints in a run folder."""


class Best:
    """Scores of a run's checkpoints, the best of which it keeps in `best/`."""

    def __init__(
        self,
        folder: Path,
        budget: Budget,
        checkpoints: Checkpoints,
        judge: Judge,
        *,
        report: Callable[[str], None],
        draw: Callable[[int, str, float], None],
    ):
        """Asks for the scores of kept checkpoints that have none, as after a kill.

        `report` is given lines to print, `draw` a step and the name and value of a score. Raises
        CheckpointError, naming the file, for damaged scores.
        """
        self.folder, self.budget = folder, budget
        self.waited = 0.0
        """Seconds that the training waited for scores."""
        self._checkpoints, self._kept = checkpoints, Checkpoints(folder / scored.FOLDER)
        self._judge, self._report, self._draw = judge, report, draw
        self._asked: list[int] = []
        self.scores = self._resumed()
        for step in checkpoints.steps():
            if self.due(step) and step not in self.scores.values:
                self.ask(step)

    def due(self, step: int) -> bool:
        """Whether the checkpoint of a step is scored: not if only an interruption made it."""
        crossed = step % self.budget.save_every < self.budget.updates_per_dispatch
        return crossed or step >= self.budget.steps

    def ask(self, step: int) -> None:
        """Asks for the score of a written checkpoint, which is not deleted before it is given."""
        self._checkpoints.spared.add(step)
        self._asked.append(step)
        self._judge.ask(step)

    def settle(self, interrupted: Callable[[], bool]) -> None:
        """Waits for all scores that were asked for, unless it is interrupted."""
        start = time.monotonic()
        self._checkpoints.wait_quietly()  # once it is written, the newest is asked for
        while self._asked and not interrupted():
            self.take(POLL_SECONDS)
        self.waited += time.monotonic() - start

    def take(self, seconds: float = 0.0) -> None:
        """Takes the next score if it comes within so many seconds."""
        score = self._judge.answer(seconds) if self._asked else None
        if score is None:
            return
        scores = self.scores.with_score(score)
        if score.value is None:
            self._report(f"{self.folder}: step {score.step} has no score: {score.reason}")
        else:
            self._draw(score.step, f"held_out/{self.budget.keep_best}", score.value)
        better = scores.best == score.step
        if better:
            self._kept.adopt(self._checkpoints, score.step)
        # The file names the best: until it is written, the one before stays.
        scored.write_scores(self.folder, scores)
        if better:
            self._kept.keep_only(score.step)
        self.scores = scores
        self._asked.remove(score.step)
        self._checkpoints.spared.discard(score.step)

    def ended(self, last: bool, interrupted: Callable[[], bool]) -> bool:
        """Whether no better checkpoint came for as long as the budget's patience.

        Waits for scores that decide it, and at the `last` checkpoint for all.
        """
        self._checkpoints.wait_quietly()
        if last or self._over(len(self._asked)):
            self.settle(interrupted)
        return self._over(0)

    def _over(self, more: int) -> bool:
        return 0 < self.budget.patience <= self.scores.since_best + more

    def summary(self) -> str:
        """What was found, in a line."""
        best, metric = self.scores.best, self.budget.keep_best
        if best is None:
            return f"no checkpoint has a {metric}"
        ended = f"; none of the {self.scores.since_best} since was better" if self._over(0) else ""
        return (
            f"the best by {metric} of {len(self.scores.values)} checkpoints is step {best} "
            f"({self.scores.shown(best)}), in {self._kept.path(best)}{ended}; "
            f"{self.waited:.0f} s were spent waiting for scores"
        )

    def close(self) -> None:
        """Ends the judge."""
        self._judge.close()

    def _resumed(self) -> scored.Scores:
        budget = self.budget
        criterion = scored.Criterion(
            budget.keep_best, budget.best_sentences, budget.best_recognizer
        )
        before = scored.read_scores(self.folder)
        if before and before.criterion != criterion:
            self._report(
                f"{self.folder}: checkpoints were scored by {before.criterion}, and are now scored "
                f"by {criterion}; the best until now is kept until one has that score"
            )
        if before and before.criterion == criterion:
            return before
        return scored.Scores(criterion)
