"""The scores of a generator from noise as text for the terminal."""

import math
from collections.abc import Sequence

from ganspeech.evaluation.generation.scores import GenerationScores
from ganspeech.evaluation.quality.table import columns, show


def as_text(*every: GenerationScores) -> str:
    """The scores with their intervals, beside the first's references, and how they were made."""
    first = every[0]
    rows = [["", *(scores.name for scores in every), *first.references]]
    for score in first.shown:
        direction = "higher" if score.higher_is_better else "lower"
        cells = [_with_bounds(scores, score.name, score.digits) for scores in every]
        for reference in first.references.values():
            value = reference.get(score.name)
            cells.append("-" if value is None else show(value, score.digits))
        rows.append([f"{score.label} ({direction})", *cells])
    return "\n\n".join(
        [
            f"{first.samples} examples: score [95 % bootstrap interval over examples]; "
            "higher or lower is better",
            columns(rows),
            *(_never_made(scores, len(every) > 1) for scores in every if _missing(scores)),
            "\n".join(dict.fromkeys(note for scores in every for note in notes(scores))),
        ]
    )


def _missing(scores: GenerationScores) -> list[str]:
    """Classes that were not made."""
    counts = scores.histogram[scores.name]
    return [name for name, count in zip(scores.classes, counts) if not count]


def _never_made(scores: GenerationScores, named: bool) -> str:
    by = f" by {scores.name}" if named else ""
    return f"Never made{by}: {', '.join(_missing(scores))}"


def over_steps(scores: Sequence[GenerationScores]) -> str:
    """A line for each checkpoint."""
    head = ["Step", *(score.label for score in scores[0].shown)]
    rows = [
        [str(one.step), *(show(one.metrics[s.name], s.digits) for s in one.shown)] for one in scores
    ]
    return columns([head, *rows])


def notes(scores: GenerationScores) -> tuple[str, ...]:
    """How far the scores can be trusted, one line each."""
    judge = scores.judge_accuracy
    return (
        f"The judge is a classifier trained on the same corpus; it names {judge.value:.2%} "
        f"[{judge.low:.2%}, {judge.high:.2%}] of {judge.count} held-out examples rightly.",
        f"Inception scores and Fréchet distances are means over groups of {scores.group} examples "
        "in all rows, or of the whole row where it has fewer.",
        *([f"{scores.vocoder} speaks all examples but recordings."] if scores.vocoder else ()),
        *(
            ()
            if scores.step is None
            else (f"{scores.name} is the checkpoint of step {scores.step}.",)
        ),
    )


def _with_bounds(scores: GenerationScores, name: str, digits: int) -> str:
    value = show(scores.metrics.get(name, math.nan), digits)
    if name not in scores.intervals:
        return value
    low, high = scores.intervals[name]
    return f"{value} [{show(low, digits)}, {show(high, digits)}]"
