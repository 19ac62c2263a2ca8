"""The comparison of runs, whatever their task, as text, JSON and a page."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Literal

from ganspeech.evaluation.comparison import settings as tables
from ganspeech.evaluation.pages.curves import Training, training_figures
from ganspeech.evaluation.pages.page import page
from ganspeech.evaluation.request import Request, Stimuli
from ganspeech.evaluation.scorers import scorer_of
from ganspeech.process.errors import UsageError
from ganspeech.runs.folder import Run
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.representations import SpokenView
from ganspeech.tasks.unlabeled.phone_reading import PhoneReading

COLORS = tuple(f"--system-{i}" for i in range(6))
OWN_STYLE = """
.settings td{white-space:normal;overflow-wrap:anywhere;vertical-align:top;min-width:11rem}
.settings th[scope=row]{overflow-wrap:break-word;vertical-align:top;min-width:11rem}
code{font-size:1.15em}
"""


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A comparison in several forms."""

    text: str
    """Tables and notes for the terminal."""
    content: dict[str, Any]
    """The same and each value, as plain JSON."""
    page: Callable[[], str]
    """Makes an HTML page."""
    stimuli: Callable[[int], Stimuli] | None
    """So many items of a listening test; None where runs make no sound."""


def require_sounds(run: Run, method: Literal["ab", "mushra"]) -> None:
    """Raises UsageError where a listening test of such runs cannot be made by this method."""
    task = run.experiment.task
    silent = isinstance(task, Generation) and not isinstance(task.view, SpokenView)
    if silent or isinstance(task, Recognition | PhoneReading):
        raise UsageError(
            f"--listening does not go with {run.folder}, which makes no sound: it was trained "
            f"for {type(task).__name__}"
        )
    if isinstance(task, Generation) and method == "mushra":
        raise UsageError(
            f"--method mushra needs recordings, and what {run.folder} makes from noise has none: "
            "give --method ab"
        )


def compare_runs(runs: Sequence[Run], request: Request) -> Comparison:
    """Settings that differ, curves of training, scores and sounds of runs of one task.

    Raises ValueError, naming folders and fields, for runs that cannot be compared.
    """
    settings = tables.settings_of(runs)
    compared = scorer_of(runs[0]).compared(runs, request)
    colors = {run.name: COLORS[place % len(COLORS)] for place, run in enumerate(runs)}

    def whole_page() -> str:
        trainings = [
            Training(run.name, colors[run.name], run.folder / "metrics.jsonl") for run in runs
        ]
        shown = [
            ("Settings", tables.as_html(settings, colors)),
            *compared.sections(),
            ("Training", training_figures(trainings, colors, fewest=2)),
        ]
        title = " and ".join(colors)
        style = OWN_STYLE + compared.style
        return page("comparison of runs", title, title, [compared.summary], shown, style=style)

    return Comparison(
        f"{tables.as_text(settings)}\n\n{compared.text}",
        {**tables.as_json(settings), "scores": compared.content},
        whole_page,
        compared.stimuli,
    )
