"""Scores of generators from noise: what a judge makes of their examples, beside real ones."""

import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from ganspeech.evaluation.generation import metrics
from ganspeech.evaluation.generation.metrics import SCORES, Score
from ganspeech.evaluation.generation.vocoded import Vocoded
from ganspeech.evaluation.generation.yardstick import (
    HELD_OUT,
    TRAINING,
    Judged,
    Yardstick,
    yardstick_of,
)
from ganspeech.evaluation.pages.intervals import Interval, interval, statistic_interval
from ganspeech.evaluation.quality.table import null_for_nan
from ganspeech.runs.folder import Run, load_run
from ganspeech.tasks.generation import Generation

SAMPLES = 5000
"""Examples that a generator is asked for unless told otherwise."""


@dataclasses.dataclass(frozen=True)
class GenerationScores:
    """Scores of one generator, and of what it is held against, made in the same way."""

    name: str
    step: int | None
    samples: int
    """Examples that were scored."""
    group: int
    """Scores that depend on the number of examples are means over groups of so many."""
    classes: tuple[str, ...]
    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    """95 %, over examples; absent where there is none."""
    references: dict[str, dict[str, float]]
    """The same scores of real examples and of noise, where they have a meaning."""
    histogram: dict[str, list[int]]
    """Judged classes of every row."""
    judge_accuracy: Interval
    vocoder: str = ""
    """Vocoder that spoke the examples, where it was not Griffin-Lim."""

    @property
    def higher_is_better(self) -> dict[str, bool]:
        """Direction of each score that was made."""
        return {score.name: score.higher_is_better for score in self.shown}

    @property
    def shown(self) -> tuple[Score, ...]:
        """Meaning of the scores, in the order of the tables."""
        return tuple(score for score in SCORES if score.name in self.metrics)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain JSON values."""
        content = dataclasses.asdict(self) | {
            "classes": list(self.classes),
            "intervals": {name: list(bounds) for name, bounds in self.intervals.items()},
            "higher_is_better": self.higher_is_better,
            "about": {score.name: score.about for score in self.shown},
        }
        return null_for_nan(content)


def score_run(
    folder: str | Path, step: int | None = None, *, samples: int = SAMPLES, seed: int = 0
) -> GenerationScores:
    """Scores of a run's newest checkpoint, or of that of one step, with fresh noise.

    Conditional generators are asked for all classes in turn. ValueError, naming the folder or the
    field, for no run, one of another task, and a corpus that holds nothing out.
    """
    run = load_run(folder, step)
    yardstick = yardstick_of(run.experiment.corpus, task_of(run))
    values, labels = sample(run, samples, seed)
    name = Path(folder).resolve().name
    return score_samples(values, yardstick, labels, name=name, step=run.step)


def task_of(run: Run) -> Generation:
    """The task of a run that generates from noise; ValueError for another."""
    task = run.experiment.task
    if not isinstance(task, Generation):
        raise ValueError(
            f"{run.folder} was trained for {type(task).__name__}, not to generate from noise"
        )
    return task


def sample(run: Run, samples: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray | None]:
    """Examples of a run's generator, and the labels asked for, None where there are no classes."""
    if samples < 2:
        raise ValueError(f"samples must be at least 2, not {samples}")
    task = task_of(run)
    values, labels = task.sample(run.experiment.generator, run.variables, samples, seed)
    if not np.isfinite(values).all():
        raise ValueError(f"{run.folder}: its generator makes values that are not finite")
    return values, labels if task.classes else None


def score_samples(
    values: np.ndarray,
    yardstick: Yardstick,
    labels: np.ndarray | None = None,
    *,
    name: str = "samples",
    step: int | None = None,
) -> GenerationScores:
    """Scores of examples `[n, …]` as the view has them; `labels` `[n]` are the classes asked for.

    Inception scores and Fréchet distances depend on how many examples there are. Every row has
    them as means over groups of equal size, which is that of the held-out data, or smaller where
    there are fewer samples; Fréchet distances are to all held-out examples.
    """
    made = yardstick.judged(values, labels)
    group = min(len(made), len(yardstick.held_out))
    found = _values(made, yardstick, group)
    references = {
        row: {score: value for score, value in scores.items() if score in found}
        for row, scores in _references(yardstick, group).items()
    }
    classes = len(yardstick.judge.classes)
    counts = {name: made, HELD_OUT: yardstick.held_out, **yardstick.others}
    return GenerationScores(
        name=name,
        step=step,
        samples=len(made),
        group=group,
        classes=yardstick.judge.classes,
        metrics=found,
        intervals=_intervals(made, yardstick, group),
        references=references,
        histogram={
            row: metrics.class_counts(part.said, classes).tolist() for row, part in counts.items()
        },
        judge_accuracy=yardstick.judge.accuracy,
        vocoder=yardstick.view.name if isinstance(yardstick.view, Vocoded) else "",
    )


# Every checkpoint of a run is held against the same.
@functools.lru_cache(maxsize=1)
def _references(yardstick: Yardstick, group: int) -> dict[str, dict[str, float]]:
    rows = {
        HELD_OUT: _shuffled(yardstick.held_out),
        TRAINING: _shuffled(yardstick.training),
        **yardstick.others,
    }
    found = {row: _values(part, yardstick, group) for row, part in rows.items()}
    # A distance from the held-out data to themselves says nothing.
    del found[HELD_OUT]["frechet_distance"]
    return found


@functools.lru_cache(maxsize=1)
def _functions(yardstick: Yardstick, group: int) -> dict[str, Callable[[Judged], float]]:
    """Each score as a function of judged examples."""
    classes = len(yardstick.judge.classes)
    real = yardstick.held_out
    normal = metrics.fit(real.features)
    spread = metrics.intra_class_diversity(real.features, real.said, classes)
    inception = functools.partial(
        _over_groups, group, lambda part: metrics.inception_score(part.probabilities)
    )

    best = inception(_shuffled(real))

    def diversity(part: Judged) -> float:
        own = metrics.intra_class_diversity(part.features, part.said, classes) / spread
        return float(np.nanmean(own)) if np.isfinite(own).any() else np.nan

    return {
        "inception_score": inception,
        "inception_share": lambda part: inception(part) / best,
        "frechet_distance": functools.partial(
            _over_groups,
            group,
            lambda part: metrics.frechet_distance(metrics.fit(part.features), normal),
        ),
        "diversity": diversity,
        "class_entropy": lambda part: metrics.class_entropy(part.said, classes),
        "class_distance": lambda part: metrics.class_distance(part.said, classes),
    }


def _of_each(judged: Judged, yardstick: Yardstick) -> dict[str, Float[np.ndarray, " examples"]]:
    """The scores that are means of a number for each example."""
    training = yardstick.training.features
    own = metrics.nearest(judged.features, training)[0]
    found = {"memorized": metrics.memorized(own, yardstick.held_out_distances)}
    if judged.labels is not None:
        found = {"accuracy": (judged.said == judged.labels).astype(np.float64)} | found
    return found


def _values(judged: Judged, yardstick: Yardstick, group: int) -> dict[str, float]:
    found = {name: f(judged) for name, f in _functions(yardstick, group).items()}
    return found | {n: float(v.mean()) for n, v in _of_each(judged, yardstick).items()}


def _intervals(judged: Judged, yardstick: Yardstick, group: int) -> dict[str, tuple[float, float]]:
    """Intervals of all scores but diversity, whose pairs are too many to be drawn often."""
    found = {
        name: statistic_interval(lambda places, f=f: f(judged.take(places)), len(judged))
        for name, f in _functions(yardstick, group).items()
        if name != "diversity"
    }
    found |= {name: interval(each) for name, each in _of_each(judged, yardstick).items()}
    # Laid around the score, an interval may reach beyond what the score can be.
    most = {"class_entropy": 1.0, "class_distance": 1.0}
    most["inception_score"] = float(len(yardstick.judge.classes))
    return {
        name: (max(i.low, 0.0), min(i.high, most.get(name, np.inf)))
        for name, i in found.items()
        if np.isfinite(i.low)
    }


def _over_groups(size: int, function: Callable[[Judged], float], judged: Judged) -> float:
    """The mean over groups of `size` examples in a row; what is left over is not used."""
    # A row with fewer examples than a group has no other group to be made of.
    starts = range(0, max(len(judged) - size, 0) + 1, size)
    return float(np.mean([function(judged.take(slice(s, s + size))) for s in starts]))


def _shuffled(judged: Judged) -> Judged:
    """In an order that does not go by class, so that every group is like the whole."""
    return judged.take(np.random.default_rng(0).permutation(len(judged)))
