"""Scores of every checkpoint that a run keeps: a curve of each metric, and which was the best."""

import dataclasses
import sys
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

import numpy as np
from jaxtyping import Float
from tqdm import tqdm

from ganspeech.evaluation.pages import figures
from ganspeech.evaluation.pages.figures import Curve
from ganspeech.evaluation.quality.table import columns, null_for_nan, show
from ganspeech.evaluation.request import Measure, Outcome, Request
from ganspeech.process.messages import one_line
from ganspeech.runs.checkpoints import CheckpointError
from ganspeech.runs.folder import Run, kept_steps, load_run

FEWEST = 4
"""Checkpoints below which ranks are not compared."""
MARK = "*"
"""Behind the best value of each metric."""


@dataclasses.dataclass(frozen=True)
class CheckpointScores:
    """Scores of a run's checkpoints."""

    steps: tuple[int, ...]
    about: Mapping[str, Measure]
    """What tables say of each metric; the values are those of one checkpoint."""
    values: Mapping[str, Float[np.ndarray, " steps"]]
    """Each metric's value by checkpoint; NaN where it has none."""

    @property
    def best(self) -> dict[str, int]:
        """Step with the best value of each metric, the earliest of equal ones."""
        found = {}
        for name, values in self.values.items():
            better = values if self.about[name].higher_is_better else -values
            found[name] = self.steps[int(np.nanargmax(better))]
        return found

    @property
    def agreement(self) -> dict[str, dict[str, float]]:
        """Spearman's rank correlation of each two metrics over the checkpoints, 1 if they agree.

        Where a lower value is better the sign is turned, so 1 is the same order from worst to
        best. Empty for fewer than four checkpoints.
        """
        if len(self.steps) < FEWEST:
            return {}
        good = {
            name: values if self.about[name].higher_is_better else -values
            for name, values in self.values.items()
        }
        return {
            one: {other: _rank_correlation(x, y) for other, y in good.items()}
            for one, x in good.items()
        }

    def as_text(self) -> str:
        """A line for each checkpoint, the best values marked, and how far the metrics agree."""
        best = self.best
        rows = [["Step", *(measure.label for measure in self.about.values())]]
        for place, step in enumerate(self.steps):
            cells = [
                show(self.values[name][place], measure.digits) + MARK * (best[name] == step)
                for name, measure in self.about.items()
            ]
            rows.append([str(step), *cells])
        parts = [f"Every checkpoint that is kept; {MARK} is the best by a metric", columns(rows)]
        if agreement := self.agreement:
            head = ["", *(measure.label for measure in self.about.values())]
            ranked = [
                [self.about[one].label, *(show(value, 2) for value in row.values())]
                for one, row in agreement.items()
            ]
            parts += [
                "Rank correlations (Spearman) of metrics over the checkpoints; 1 is the same order "
                "from worst to best",
                columns([head, *ranked]),
            ]
        return "\n\n".join(parts)

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return null_for_nan(
            {
                "steps": list(self.steps),
                "metrics": {
                    name: {
                        "label": measure.label,
                        "unit": measure.unit,
                        "higher_is_better": measure.higher_is_better,
                        "values": [float(value) for value in self.values[name]],
                        "best": self.best[name],
                    }
                    for name, measure in self.about.items()
                },
                "rank_correlations": self.agreement,
            }
        )

    def section(self) -> tuple[str, str]:
        """Title and body, in HTML, of the section of a page."""
        drawn = []
        for name, measure in self.about.items():
            step, arrow = self.best[name], "↑" if measure.higher_is_better else "↓"
            value = show(float(self.values[name][self.steps.index(step)]), measure.digits)
            best = f"{value} {measure.unit}".strip()
            title = (
                f"{escape(measure.label)} <small>{arrow} best {escape(best)} at step {step}</small>"
            )
            curve = Curve(measure.label, {"": (self.steps, self.values[name].tolist())})
            drawn.append(figures.chart(title, figures.curves(curve, ("--system-0",), legend=False)))
        return "Checkpoints", f'<div class="figures">{"".join(drawn)}</div>'


def kept_runs(run: Run) -> Iterator[Run]:
    """Every checkpoint that a run keeps, oldest first, with progress.

    Damaged ones are named on standard error and passed over.
    """
    for step in tqdm(kept_steps(run.folder), "scoring checkpoints", unit="checkpoint"):
        try:
            found = load_run(run.folder, step)
        except CheckpointError as error:
            tqdm.write(one_line(f"warning: {error}; it is not scored"), file=sys.stderr)
            continue
        yield dataclasses.replace(found, label=run.name)


def score_checkpoints(
    outcome: Callable[[Run, Request], Outcome], run: Run, request: Request
) -> CheckpointScores:
    """Scores every checkpoint that a run keeps, the best one too, without baselines.

    Metrics that none of them has a value of are left out.
    """
    request = dataclasses.replace(request, baseline=False, voices={})
    by_step = {one.step: outcome(one, request).metrics for one in kept_runs(run)}
    found = list(by_step.values())
    about = {name: measure for metrics in found for name, measure in metrics.items()}
    # Rounded, so that equal error rates are equal in whatever order they were added up.
    values = {
        name: np.round([m[name].value if name in m else np.nan for m in found], 9) for name in about
    }
    return CheckpointScores(tuple(by_step), about, values)


def _rank_correlation(
    ours: Float[np.ndarray, " steps"], theirs: Float[np.ndarray, " steps"]
) -> float:
    """Spearman's over checkpoints that have both; NaN where one of them never changes."""
    from scipy.stats import rankdata  # slow to import, and only needed here

    both = np.isfinite(ours) & np.isfinite(theirs)
    first, second = rankdata(ours[both]), rankdata(theirs[both])
    if len(first) < FEWEST or not (np.ptp(first) and np.ptp(second)):
        return np.nan
    return float(np.corrcoef(first, second)[0, 1])
