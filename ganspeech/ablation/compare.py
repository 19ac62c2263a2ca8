"""Comparison of rows: means over seeds, and differences from the base row."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from ganspeech.ablation import members as results
from ganspeech.ablation.members import AblationMember, Result
from ganspeech.ablation.record import RowFacts
from ganspeech.ablation.request import Row
from ganspeech.evaluation.pages.intervals import (
    Difference,
    Interval,
    paired_difference,
    student_interval,
)
from ganspeech.evaluation.request import Measure


@dataclass(frozen=True)
class ComparedRow:
    """One row of the table, over its finished members."""

    name: str
    label: str
    """A shorter name."""
    facts: RowFacts
    finished: int
    failed: int
    members: int
    values: Mapping[str, Float[np.ndarray, "seeds"]]
    """Values of each metric for the finished members, in the order of seeds; NaN if undefined."""
    intervals: Mapping[str, Interval]
    """Means over seeds."""
    differences: Mapping[str, Difference]
    """Differences from the base row of metrics with values per sentence; none for itself."""
    minutes: float
    """Mean wall time of training; NaN if no training is finished."""
    core_minutes: float
    """Mean processor time of training."""
    memory: float
    """Peak memory in MiB, of the device or, if JAX does not report it, of the process."""

    @property
    def lost(self) -> str:
        """Missing members of the row, in words; empty if there are none."""
        unfinished = self.members - self.finished - self.failed
        counts = [(self.failed, "failed"), (unfinished, "unfinished")]
        return ", ".join(f"{count} of {self.members} {what}" for count, what in counts if count)


@dataclass(frozen=True)
class Comparison:
    """Content of the tables; the first line is the base."""

    metrics: Mapping[str, Measure]
    """Descriptions of the metrics; their values are unused."""
    lines: tuple[ComparedRow, ...]
    references: Mapping[str, Mapping[str, float]]
    """Reference rows, such as held-out data: means over the members of the first row that has
    them (they may depend on the training data of a row)."""
    failures: tuple[tuple[str, int, str], ...]
    """Row, seed and reason."""


def compare(members: Sequence[AblationMember], facts: Mapping[str, RowFacts]) -> Comparison:
    """Compares the members that have a result."""
    found = [(member, results.read_result(member.folder)) for member in members]
    rows: dict[str, list[tuple[AblationMember, Result | None]]] = {}
    for member, result in found:
        rows.setdefault(member.row.name, []).append((member, result))
    outcomes = [result.outcome for _, result in found if result and result.outcome]
    metrics = {name: measure for o in outcomes for name, measure in o.metrics.items()}
    base = units_of([result for _, result in next(iter(rows.values()))])
    lines = tuple(
        _line(own[0][0].row, [result for _, result in own], facts[name], metrics, base if i else {})
        for i, (name, own) in enumerate(rows.items())
    )
    return Comparison(
        metrics=metrics,
        lines=lines,
        references=_references(list(rows.values())),
        failures=tuple(
            (member.row.name, member.seed, result.reason)
            for member, result in found
            if result and result.outcome is None
        ),
    )


def units_of(own: Sequence[Result | None]) -> dict[str, dict[str, float]]:
    """Mean of each sentence over the members that have a value, for each paired metric."""
    gathered: dict[str, dict[str, list[float]]] = {}
    for result in own:
        for name, units in (result.outcome.units if result and result.outcome else {}).items():
            for unit, value in units.items():
                if value is not None and math.isfinite(value):
                    gathered.setdefault(name, {}).setdefault(unit, []).append(value)
    return {
        name: {unit: float(np.mean(values)) for unit, values in units.items()}
        for name, units in gathered.items()
    }


def paired(
    ours: Mapping[str, float],
    theirs: Mapping[str, float],
    speakers: Mapping[str, str] | None = None,
) -> Difference:
    """Difference `ours - theirs` over the sentences of both, by paired bootstrap.

    If the `speakers` of all are given, it resamples speakers with all their sentences.
    """
    common = sorted(ours.keys() & theirs.keys())
    grouped = speakers and all(unit in speakers for unit in common)
    return paired_difference(
        np.array([ours[unit] for unit in common]),
        np.array([theirs[unit] for unit in common]),
        [speakers[unit] for unit in common] if speakers and grouped else None,
    )


def _line(
    row: Row,
    own: Sequence[Result | None],
    facts: RowFacts,
    metrics: Mapping[str, Measure],
    base: Mapping[str, Mapping[str, float]],
) -> ComparedRow:
    ended = [result for result in own if result]
    outcomes = [result.outcome for result in ended if result.outcome]
    trainings = [result.training for result in ended if result.training]
    values = {
        metric: np.array(
            [o.metrics[metric].value if metric in o.metrics else np.nan for o in outcomes]
        )
        for metric in metrics
    }
    units = units_of(own)
    speakers = {unit: name for o in outcomes for unit, name in o.speakers.items()}
    peaks = [t.memory["device_mib"] or t.memory["host_mib"] or math.nan for t in trainings]
    return ComparedRow(
        name=row.name,
        label=row.label,
        facts=facts,
        finished=len(outcomes),
        failed=len(ended) - len(outcomes),
        members=len(own),
        values=values,
        intervals={metric: student_interval(v) for metric, v in values.items()},
        differences={
            m: paired(units[m], base[m], speakers) for m in metrics if m in units and m in base
        },
        minutes=_mean([training.minutes for training in trainings]),
        core_minutes=_mean([training.core_minutes for training in trainings]),
        memory=max(peaks, default=math.nan),
    )


def _references(
    rows: Sequence[Sequence[tuple[AblationMember, Result | None]]],
) -> dict[str, dict[str, float]]:
    for own in rows:
        gathered: dict[str, dict[str, list[float]]] = {}
        for _, result in own:
            found = result.outcome.references if result and result.outcome else {}
            for name, row in found.items():
                for metric, value in row.items():
                    gathered.setdefault(name, {}).setdefault(metric, []).append(value)
        if gathered:
            return {
                name: {metric: _mean(values) for metric, values in row.items()}
                for name, row in gathered.items()
            }
    return {}


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else math.nan
