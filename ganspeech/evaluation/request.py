"""Requests and reports: what an evaluation of a run is asked for, and what it gives."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from ganspeech.models.voice import Voice


@dataclasses.dataclass(frozen=True)
class Request:
    """Request for scores of a run."""

    sentences: int | None = None
    """Score only the first held-out ones."""
    among: frozenset[str] | None = None
    """Ids of the held-out ones that may be scored; all if not given."""
    samples: int | None = None
    """Examples to make from noise."""
    vocoder: str | None = None
    """Vocoder that speaks log-mels made from noise; Griffin-Lim does if none."""
    checkpoints: bool = False
    """Score every kept checkpoint too."""
    voices: Mapping[str, Voice] = dataclasses.field(default_factory=dict)
    """Others that say the texts too, by name."""
    recognizer: str | None = None
    """Recognizer of spoken texts, for word error rates."""
    metrics: tuple[str, ...] = ()
    """Names of the metrics that are asked for; all if empty."""
    workers: int | None = None
    """Processes that score; all cores if not given."""
    baseline: bool = True
    """Whether there are rows that are no system: Griffin-Lim, copy synthesis and the like."""
    page: bool = False
    """Whether somebody will look at the page, for which more is computed."""


@dataclasses.dataclass(frozen=True)
class Report:
    """An evaluation in three forms."""

    text: str
    """Tables and notes for the terminal."""
    content: Mapping[str, Any]
    """The same and each value, as plain JSON."""
    page: Callable[[], str]
    """Makes an HTML page."""


@dataclasses.dataclass(frozen=True)
class Measure:
    """One metric's value, and what a table says of the metric."""

    label: str
    unit: str
    digits: int
    higher_is_better: bool
    value: float


@dataclasses.dataclass(frozen=True)
class Outcome:
    """Scores of one run, to be compared with those of others."""

    metrics: Mapping[str, Measure]
    units: Mapping[str, Mapping[str, float | None]] = dataclasses.field(default_factory=dict)
    """Each sentence's value, of a metric that is a mean over sentences: what rows are paired by."""
    references: Mapping[str, Mapping[str, float]] = dataclasses.field(default_factory=dict)
    """Rows to read the others by, such as held-out data and noise: their metrics' values."""
    speakers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Who says each sentence, where sentences are drawn by speaker."""


@dataclasses.dataclass(frozen=True)
class Stimuli:
    """Sounds of several systems that a listening test can be made of, by item."""

    rate: int
    systems: Mapping[str, Mapping[str, Float[np.ndarray, " samples"]]]
    """What the compared runs make of every item, float32 in [-1, 1]."""
    baselines: Mapping[str, Mapping[str, Float[np.ndarray, " samples"]]]
    """The same of what is no run."""
    reference: Mapping[str, Float[np.ndarray, " samples"]]
    """Recordings; none where items are made from noise."""
    texts: Mapping[str, str]
    """What is said."""


@dataclasses.dataclass(frozen=True)
class Compared:
    """Scores of several runs of one task, beside each other."""

    text: str
    """Tables and notes for the terminal."""
    content: Mapping[str, Any]
    """The same and each value, as plain JSON."""
    summary: str
    """What was compared, in a sentence or two."""
    sections: Callable[[], Sequence[tuple[str, str]]]
    """Makes the sections of a page: titles, and bodies in HTML."""
    style: str = ""
    """CSS for the sections."""
    stimuli: Callable[[int], Stimuli] | None = None
    """So many items to listen to; None where runs make no sound."""
