"""Tables of scores: plain text for the terminal, and JSON."""

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from ganspeech.evaluation.pages.intervals import Difference, Interval, interval, paired_difference
from ganspeech.evaluation.quality.metrics import Metric
from ganspeech.evaluation.quality.scores import RECORDING, Facts, Scores

WIDTH = 110
LISTED = 10
"""Problems and failures that the text names; JSON has all."""
TOO_FEW = "too few sentences"


def speed(facts: Facts) -> Interval:
    """Median over sentences of the times real time, with its interval."""
    return interval(np.array(list(facts.real_time.values())), "median")


def differences(scores: Scores) -> Iterator[tuple[str, str, Metric, Difference]]:
    """Each pair of systems on each metric: the first minus the second."""
    for ours, theirs in itertools.combinations(scores.compared, 2):
        for metric in scores.metrics:
            pair = paired_difference(scores.of(ours, metric), scores.of(theirs, metric))
            yield ours, theirs, metric, pair


def as_text(scores: Scores) -> str:
    """The scores, the paired differences, and what is missing and why."""
    sentences = len(scores.sentences)
    parts = [
        f"{sentences} sentence{'s' * (sentences != 1)} at {scores.rate} Hz: "
        f"mean [95 % bootstrap interval over sentences]; higher or lower is better",
        columns(_score_rows(scores)),
    ]
    if own := _recording_scores(scores):
        parts.append(f"The recordings themselves: {own}")
    if rows := _difference_rows(scores):
        parts += [
            "Differences: mean [95 % paired bootstrap interval], + better, - worse, = not certain",
            columns(rows),
        ]
    failures = [f"{f.system}: {f.sentence}: {f.metric}: {f.reason}" for f in scores.failures]
    parts += [
        *_listed("Problems with the audio", scores.problems),
        *_listed("Values missing", failures),
        *(["\n".join(scores.missing)] if scores.missing else []),
    ]
    return "\n\n".join(parts)


def as_json(scores: Scores, title: str = "", notes: Sequence[str] = ()) -> dict[str, Any]:
    """Everything, each sentence's values too, as plain JSON values: NaN becomes null."""
    systems = {}
    for name in scores.systems:
        facts = scores.facts.get(name, Facts())
        systems[name] = {
            "parameters": facts.parameters,
            "compile_seconds": facts.compile_seconds,
            "times_real_time": asdict(speed(facts)) if facts.real_time else None,
            "metrics": {m.name: asdict(interval(scores.of(name, m))) for m in scores.metrics},
            "sentences": {
                sentence: {m.name: float(scores.of(name, m)[i]) for m in scores.metrics}
                for i, sentence in enumerate(scores.sentences)
            },
        }
    return null_for_nan(
        {
            "title": title,
            "rate": scores.rate,
            "sentences": list(scores.sentences),
            "metrics": {
                m.name: {"label": m.label, "unit": m.unit, "higher_is_better": m.higher_is_better}
                for m in scores.metrics
            },
            "systems": systems,
            "differences": [
                {"system": ours, "minus": theirs, "metric": metric.name} | asdict(difference)
                for ours, theirs, metric, difference in differences(scores)
            ],
            "notes": list(notes),
            "problems": list(scores.problems),
            "failures": [asdict(failure) for failure in scores.failures],
            "missing": list(scores.missing),
        }
    )


def show(value: float, digits: int) -> str:
    """A number for people; a dash where there is none."""
    return f"{value:.{digits}f}" if math.isfinite(value) else "-"


def show_count(count: int | None) -> str:
    """A count of parameters, short."""
    if count is None:
        return "-"
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:.2f} {letter}"
    return str(count)


def verdict(difference: Difference, higher_is_better: bool) -> str:
    """`+` if the first system is better, `-` if worse, `=` if that is not certain."""
    if difference.too_few or difference.low <= 0 <= difference.high:
        return "="
    return "+" if (difference.value > 0) == higher_is_better else "-"


def _score_rows(scores: Scores) -> list[list[str]]:
    rows = [["", *scores.compared]]
    for metric in scores.metrics:
        direction = "higher" if metric.higher_is_better else "lower"
        unit = f", {metric.unit}" if metric.unit else ""
        cells = []
        for name in scores.compared:
            found = interval(scores.of(name, metric))
            cell = _cell(found, metric.digits)
            lost = len(scores.sentences) - found.count
            cells.append(f"{cell} ({lost} missing)" if lost else cell)
        rows.append([f"{metric.label}{unit} ({direction})", *cells])
    facts = [scores.facts.get(name, Facts()) for name in scores.compared]
    if any(f.real_time for f in facts):
        rows.append(["Speed (times real time, median)", *(_cell(speed(f), 1) for f in facts)])
        rows.append(["Compilation (s)", *(show(_or_nan(f.compile_seconds), 1) for f in facts)])
    if any(f.parameters is not None for f in facts):
        rows.append(["Parameters", *(show_count(f.parameters) for f in facts)])
    return rows


def _recording_scores(scores: Scores) -> str:
    if RECORDING not in scores.systems:
        return ""
    return ", ".join(
        f"{metric.label} {_cell(interval(scores.of(RECORDING, metric)), metric.digits)}"
        for metric in scores.metrics
        if not metric.compares
    )


def _difference_rows(scores: Scores) -> list[list[str]]:
    pairs = list(itertools.combinations(scores.compared, 2))
    if not pairs or not scores.metrics:
        return []
    found = {(a, b, metric.name): d for a, b, metric, d in differences(scores)}
    rows = [["", *(f"{a} - {b}" for a, b in pairs)]]
    for metric in scores.metrics:
        cells = []
        for pair in pairs:
            d = found[*pair, metric.name]
            certainty = f"({TOO_FEW})" if d.too_few else f"p {show(d.p, 4)}"
            cells.append(
                f"{verdict(d, metric.higher_is_better)} {_cell(d, metric.digits)} {certainty}"
            )
        rows.append([metric.label, *cells])
    return rows


def _cell(found: Interval | Difference, digits: int) -> str:
    value = show(found.value, digits)
    if not math.isfinite(found.low):
        return value
    return f"{value} [{show(found.low, digits)}, {show(found.high, digits)}]"


def columns(rows: list[list[str]]) -> str:
    """Aligned columns; those that do not fit in a line follow in blocks of their own."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    blocks: list[list[int]] = []
    block: list[int] = []
    used = widths[0]
    for i, width in enumerate(widths[1:], 1):
        if block and used + width + 3 > WIDTH:
            blocks.append(block)
            block, used = [], widths[0]
        block.append(i)
        used += width + 3
    blocks.append(block)
    return "\n\n".join(
        "\n".join("   ".join(row[i].ljust(widths[i]) for i in (0, *block)).rstrip() for row in rows)
        for block in blocks
    )


def _listed(what: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    shown = [f"  {line}" for line in lines[:LISTED]]
    if len(lines) > LISTED:
        by_system = Counter(line.split(":")[0] for line in lines)
        counts = ", ".join(f"{name} {count}" for name, count in by_system.items())
        shown.append(f"  and {len(lines) - LISTED} more ({counts} in all)")
    return ["\n".join([f"{what} ({len(lines)}):", *shown])]


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def null_for_nan(value: Any) -> Any:
    """Nested dicts and lists with None where a number is not finite, which JSON cannot say."""
    if isinstance(value, dict):
        return {key: null_for_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [null_for_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
