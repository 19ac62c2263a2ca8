"""The scores of a generator from noise as text for the terminal."""

from collections.abc import Sequence

from ganspeech.evaluation.generation.scores import GenerationScores
from ganspeech.evaluation.quality.table import columns, show


def as_text(scores: GenerationScores) -> str:
    """The scores with their intervals, beside the references, and how they were made."""
    rows = [["", scores.name, *scores.references]]
    for score in scores.shown:
        direction = "higher" if score.higher_is_better else "lower"
        cells = [_with_bounds(scores, score.name, score.digits)]
        for reference in scores.references.values():
            value = reference.get(score.name)
            cells.append("-" if value is None else show(value, score.digits))
        rows.append([f"{score.label} ({direction})", *cells])
    missing = [name for name, count in _counts(scores) if not count]
    return "\n\n".join(
        [
            f"{scores.samples} examples: score [95 % bootstrap interval over examples]; "
            "higher or lower is better",
            columns(rows),
            *([f"Never made: {', '.join(missing)}"] if missing else []),
            "\n".join(notes(scores)),
        ]
    )


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
        *(
            ()
            if scores.step is None
            else (f"{scores.name} is the checkpoint of step {scores.step}.",)
        ),
    )


def _counts(scores: GenerationScores) -> list[tuple[str, int]]:
    return list(zip(scores.classes, scores.histogram[scores.name]))


def _with_bounds(scores: GenerationScores, name: str, digits: int) -> str:
    value = show(scores.metrics[name], digits)
    if name not in scores.intervals:
        return value
    low, high = scores.intervals[name]
    return f"{value} [{show(low, digits)}, {show(high, digits)}]"
