"""Selection without labels: which member the unsupervised score chooses, and what that costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from ganspeech.ablation import members as results
from ganspeech.ablation.members import AblationMember
from ganspeech.evaluation.pages import figures
from ganspeech.evaluation.pages.figures import Dot
from ganspeech.tasks.unlabeled.phone_reading import COLLAPSED, collapsed

FEWEST = 3
"""Members that a rank correlation needs."""
ABOUT = (
    "The least unsupervised score selects a member without labels (Baevski et al. 2021); its phone "
    f"errors are only looked at afterwards. Members that use less than {100 * COLLAPSED:.0f} % of "
    "the phones have collapsed and are never selected."
)


@dataclass(frozen=True)
class Candidate:
    """A scored member."""

    row: str
    label: str
    """Row and seed."""
    unsupervised: float
    phones_used: float
    """In %."""
    per: float | None
    """In %; None where nothing is known."""

    @property
    def collapsed(self) -> bool:
        """Whether it uses too few phones."""
        return collapsed(self.phones_used / 100)


def candidates_of(members: Sequence[AblationMember]) -> list[Candidate]:
    """Members whose scores have the metric `unsupervised`."""
    found = []
    for member in members:
        result = results.read_result(member.folder)
        metrics = result.outcome.metrics if result and result.outcome else {}
        if "unsupervised" in metrics:
            found.append(
                Candidate(
                    member.row.name,
                    f"{member.row.label}, seed {member.seed}",
                    metrics["unsupervised"].value,
                    metrics["phones_used"].value,
                    metrics["per"].value if "per" in metrics else None,
                )
            )
    return found


def selected(candidates: Sequence[Candidate]) -> Candidate | None:
    """The one of the least unsupervised score that has not collapsed; None if all have."""
    usable = [one for one in candidates if not one.collapsed]
    return min(usable, key=lambda one: one.unsupervised) if usable else None


def rank_correlation(candidates: Sequence[Candidate]) -> float:
    """Spearman's correlation of unsupervised score and phone errors, NaN where there is none."""
    from scipy import stats  # slow to import

    scores = [(one.unsupervised, one.per) for one in candidates if one.per is not None]
    if len(scores) < FEWEST or any(len(set(values)) == 1 for values in zip(*scores)):
        return float("nan")
    return float(stats.spearmanr(*zip(*scores)).statistic)


def told(candidates: Sequence[Candidate]) -> list[str]:
    """Sentences on the selected member, the best one, and how well the score ranks all."""
    chosen = selected(candidates)
    lines = ["All members have collapsed: none is selected."]
    if chosen:
        lines = [f"Selected without labels: {_told(chosen)}."]
    if best := _best(candidates):
        lines.append(f"The best by labels, which nobody would have: {_told(best)}.")
        ranks = rank_correlation(candidates)
        if np.isfinite(ranks):
            known = sum(one.per is not None for one in candidates)
            lines.append(
                f"Spearman's rank correlation of both scores is {ranks:.2f} over {known} members."
            )
    return lines


def section(members: Sequence[AblationMember], colors: Mapping[str, str]) -> str:
    """HTML: the selected member and the best one, and all in a figure; empty without the metric."""
    candidates = candidates_of(members)
    if not candidates:
        return ""
    chosen, best = selected(candidates), _best(candidates)
    dots = []
    for one in candidates:
        if one.per is None:
            continue
        names = ["selected"] * (one is chosen) + ["best"] * (one is best)
        color = colors[one.row]
        dots.append(Dot(one.unsupervised, one.per, color, _told(one), " and ".join(names)))
    # Names are drawn last, over the other dots.
    dots.sort(key=lambda dot: bool(dot.name))
    drawn = figures.scatter(dots, "unsupervised score, nats", "PER, %")
    listed = "".join(f"<li>{escape(line)}</li>" for line in told(candidates))
    figure = figures.chart("Phone errors over the score without labels", drawn)
    return f"<p class='hint'>{ABOUT}</p><ul>{listed}</ul><div class='figures'>{figure}</div>"


def _best(candidates: Sequence[Candidate]) -> Candidate | None:
    known = [one for one in candidates if one.per is not None]
    return min(known, key=lambda one: one.per or 0.0, default=None)


def _told(one: Candidate) -> str:
    errors = "" if one.per is None else f", PER {one.per:.1f} %"
    collapsed = " (collapsed)" * one.collapsed
    return f"{one.label}{collapsed}: {one.unsupervised:.2f} nats{errors}"
