"""`ganspeech compare`: trained runs side by side."""

import json as json_module
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from ganspeech.process.errors import UsageError

if TYPE_CHECKING:
    from ganspeech.evaluation.comparison.report import Comparison
    from ganspeech.evaluation.request import Request
    from ganspeech.runs.folder import Run

Runs = Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="RUN RUN [RUN ...]")]


def compare(
    runs: Runs,
    page: Path | None = None,
    json: Path | None = None,
    sentences: int | None = None,
    samples: int | None = None,
    metrics: tuple[str, ...] = (),
    recognizer: str | None = None,
    workers: int | None = None,
    listening: Path | None = None,
    method: Literal["ab", "mushra"] = "mushra",
    trials: int = 10,
) -> int:
    """Compares runs of one task: settings that differ, curves, scores, differences, sounds.

    Scored are held-out sentences that all runs have, beside the baseline of `eval quality`.
    --listening writes a blind test of their sounds; `ganspeech listening` reads the answers.

    Example: ganspeech compare runs/a runs/b --page compare.html

    Args:
        runs: Folders of runs, each DIR or NAME=DIR; names are else what tells the folders apart.
        page: Write an HTML page with the settings, curves, figures and sounds here.
        json: Write everything here, each sentence's values too.
        sentences: Score only the first sentences.
        samples: From noise: examples to make and score; 5000 if not given.
        metrics: Of audio: names such as pesq estoi dnsmos; all that apply if not given.
        recognizer: Of spoken texts: a recognizer for word error rates, as in `eval quality`.
        workers: Number of scoring processes; all cores if not given.
        listening: Write a listening test, one HTML page, here.
        method: Of the listening test: pairs of runs (ab), or all runs, the baseline, a hidden
            reference and an anchor on a scale from 0 to 100 (mushra, after ITU-R BS.1534).
        trials: Trials of the listening test; for ab, of each pair of runs.
    """
    # Imported here and below: scorers take a moment to import, and misuse need not wait.
    from ganspeech.evaluation.pages import output
    from ganspeech.evaluation.quality.speech_metrics import require_usable

    folders = named_folders(runs)
    _require_positive(sentences=sentences, samples=samples, workers=workers, trials=trials)
    output.require_targets(json, page, listening)
    require_usable(metrics)
    from ganspeech.evaluation.comparison.report import compare_runs, require_sounds
    from ganspeech.evaluation.comparison.runs import load_runs
    from ganspeech.evaluation.request import Request

    request = Request(sentences, samples=samples, metrics=metrics)
    request = replace(request, recognizer=recognizer, workers=workers)
    loaded = load_runs(folders)
    _require_taken(loaded[0], request)
    if listening is not None:
        require_sounds(loaded[0], method)
    compared = compare_runs(loaded, request)
    print(compared.text)
    _write(compared, json, page)
    if listening is not None and compared.stimuli is not None:
        from ganspeech.evaluation.listening.page import listening_test

        output.write(listening, listening_test(compared.stimuli(trials), method))
    return 0


def _write(compared: "Comparison", json: Path | None, page: Path | None) -> None:
    from ganspeech.evaluation.pages.output import write

    if json is not None:
        write(json, json_module.dumps(compared.content, indent=2, allow_nan=False) + "\n")
    if page is not None:
        write(page, compared.page())


def _require_positive(**numbers: int | None) -> None:
    for flag, number in numbers.items():
        if number is not None and number < 1:
            raise UsageError(f"--{flag} must be at least 1, not {number}")


def _require_taken(run: "Run", request: "Request") -> None:
    """Raises UsageError for a flag that means nothing for such runs."""
    from ganspeech.evaluation.scorers import scorer_of

    task = type(run.experiment.task).__name__
    for flag in ("sentences", "samples", "metrics", "recognizer", "workers"):
        if getattr(request, flag) not in (None, ()) and flag not in scorer_of(run).takes:
            raise UsageError(f"--{flag} does not go with runs that were trained for {task}")


def named_folders(items: Sequence[str]) -> dict[str, Path]:
    """Folders by name, each given as DIR or NAME=DIR; UsageError for fewer than two, and others."""
    from ganspeech.evaluation.comparison.runs import distinct_names
    from ganspeech.evaluation.listening.design import ANCHOR
    from ganspeech.evaluation.quality.scores import BESIDE

    if len(items) < 2:
        raise UsageError("name at least two runs")
    given = [item.partition("=") if not Path(item).exists() else (item, "", "") for item in items]
    paths = [Path(source if equals else item) for item, equals, source in given]
    found: dict[str, Path] = {}
    for (item, equals, _), path, short in zip(given, paths, distinct_names(paths)):
        name = item if equals else short
        if name in (*BESIDE, ANCHOR):
            raise UsageError(f"{path}: {name!r} is a row of its own; write NAME={path}")
        if not name or name in found:
            raise UsageError(f"{path}: two runs are called {name!r}; write NAME={path}")
        found[name] = path
    return found
