"""Tables of a comparison: plain text for the terminal, JSON and CSV."""

import csv
import io
from dataclasses import asdict
from typing import Any

from ganspeech.ablation.compare import ComparedRow, Comparison
from ganspeech.evaluation.pages.intervals import Difference, Interval
from ganspeech.evaluation.quality.table import (
    TOO_FEW,
    columns,
    null_for_nan,
    show,
    show_count,
    verdict,
)
from ganspeech.evaluation.request import Measure

METHOD = (
    "Mean over seeds and its 95 % interval by Student's t with n - 1 degrees of freedom, n seeds.",
    "Differences from the base row are paired over the sentences that both have, each averaged "
    "over the seeds first: mean, 95 % bootstrap interval, two-sided p. They cover the variation "
    "over sentences, not over seeds. Recognition is resampled by speaker, with all utterances of "
    "each, if at least five speakers are known.",
)
"""Methods of the table: of rows, and of differences if there are any."""


def method(comparison: Comparison) -> tuple[str, ...]:
    """Applicable lines of `METHOD`."""
    return METHOD if any(line.differences for line in comparison.lines) else METHOD[:1]


def as_text(comparison: Comparison) -> str:
    """Plain text: rows, differences from the base, and failures with reasons."""
    parts = [" ".join(method(comparison)), columns(_rows(comparison))]
    if differences := _differences(comparison):
        parts += [
            f"Against {comparison.lines[0].label}: + better, - worse, = not certain",
            columns(differences),
        ]
    if comparison.failures:
        failures = [f"  {row}, seed {seed}: {why}" for row, seed, why in comparison.failures]
        parts.append("\n".join([f"Failed ({len(failures)}):", *failures]))
    return "\n\n".join(parts)


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Plain JSON values; NaN becomes null."""
    return null_for_nan(
        {
            "method": list(method(comparison)),
            "metrics": {
                name: {
                    "label": measure.label,
                    "unit": measure.unit,
                    "higher_is_better": measure.higher_is_better,
                }
                for name, measure in comparison.metrics.items()
            },
            "base": comparison.lines[0].name,
            "rows": {line.name: _line(line) for line in comparison.lines},
            "references": {name: dict(row) for name, row in comparison.references.items()},
            "failures": [
                {"row": row, "seed": seed, "reason": why} for row, seed, why in comparison.failures
            ],
        }
    )


def as_csv(comparison: Comparison) -> str:
    """CSV with a line for each row and reference, at full precision; missing values are empty."""
    file = io.StringIO()
    lines = [as_json(comparison)["rows"][line.name] for line in comparison.lines]
    metrics = list(comparison.metrics)
    facts = ("members", "finished", "failed", "minutes", "core_minutes", "memory_mib")
    sizes = ("generator_parameters", "discriminator_parameters")
    parts = [(m, key) for m in metrics for key in ("value", "low", "high")]
    tests = [(m, key) for m in metrics for key in ("value", "low", "high", "p", "count")]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(
        [
            "row",
            *facts,
            *sizes,
            *(f"{m}_{'mean' if key == 'value' else key}" for m, key in parts),
            *(f"{m}_difference{'' if key == 'value' else '_' + key}" for m, key in tests),
        ]
    )
    for line, source in zip(lines, comparison.lines):
        writer.writerow(
            [
                source.name,
                *(line[name] for name in (*facts, *sizes)),
                *(line["metrics"][m][key] for m, key in parts),
                *(line["differences"].get(m, {}).get(key) for m, key in tests),
            ]
        )
    for name, row in comparison.references.items():
        empty = [None] * (len(facts) + len(sizes))
        means = [row.get(m) if key == "value" else None for m, key in parts]
        writer.writerow([name, *empty, *means, *[None] * len(tests)])
    return file.getvalue()


def bounds(found: Interval | Difference, digits: int) -> str:
    """Interval as text, empty if there is none."""
    low, high = show(found.low, digits), show(found.high, digits)
    return "" if low == "-" else f"{low} … {high}"


def heading(measure: Measure) -> str:
    """Label of a metric with its unit and direction."""
    direction = "higher" if measure.higher_is_better else "lower"
    unit = f", {measure.unit}" if measure.unit else ""
    return f"{measure.label}{unit} ({direction})"


def _rows(comparison: Comparison) -> list[list[str]]:
    metrics = comparison.metrics
    rows = [
        [
            "",
            "members",
            *map(heading, metrics.values()),
            "minutes",
            "core min",
            "generator",
            "discriminators",
            "MiB",
        ]
    ]
    for line in comparison.lines:
        cells = [_cell(line.intervals[name], metrics[name].digits) for name in metrics]
        times = [show(line.minutes, 1), show(line.core_minutes, 1)]
        facts = line.facts
        sizes = [show_count(facts.generator_parameters), show_count(facts.discriminator_parameters)]
        count = line.lost or str(line.members)
        rows.append([line.label, count, *cells, *times, *sizes, show(line.memory, 0)])
    for name, row in comparison.references.items():
        values = [show(row[m], metrics[m].digits) if m in row else "" for m in metrics]
        rows.append([f"({name})", "", *values, "", "", "", "", ""])
    return rows


def _differences(comparison: Comparison) -> list[list[str]]:
    names = [m for m in comparison.metrics if any(m in li.differences for li in comparison.lines)]
    if not names:
        return []
    rows = [["", *(comparison.metrics[name].label for name in names)]]
    for line in comparison.lines[1:]:
        cells = []
        for name in names:
            measure, found = comparison.metrics[name], line.differences.get(name)
            if found is None or not found.count:
                cells.append("-")
                continue
            value = f"{found.value:+.{measure.digits}f}"
            if found.too_few:
                cells.append(f"{value} ({TOO_FEW})")
            else:
                test = f"[{bounds(found, measure.digits)}] p {found.p:.4f}"
                cells.append(f"{value} {test} {verdict(found, measure.higher_is_better)}")
        rows.append([line.label, *cells])
    return rows


def _cell(found: Interval, digits: int) -> str:
    interval = bounds(found, digits)
    return show(found.value, digits) + (f" [{interval}]" if interval else "")


def _line(line: ComparedRow) -> dict[str, Any]:
    return {
        "members": line.members,
        "finished": line.finished,
        "failed": line.failed,
        "metrics": {
            name: asdict(found) | {"seeds": line.values[name].tolist()}
            for name, found in line.intervals.items()
        },
        "differences": {name: asdict(found) for name, found in line.differences.items()},
        "minutes": line.minutes,
        "core_minutes": line.core_minutes,
        "memory_mib": line.memory,
        **asdict(line.facts),
    }
