"""Histograms of clips, as figures of a page."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from ganspeech.corpora.clips import Clip
from ganspeech.corpora.selection import Selection
from ganspeech.evaluation.pages.figures import Bars, bars, chart, nice_ticks

BINS = 10


def histograms(selection: Selection) -> str:
    """HTML: lengths, levels, and each figure that has a limit, used clips beside others."""
    kept = {clip.id for clip in selection.kept}
    clips = [*selection.kept, *(c for found in selection.dropped.values() for c in found)]
    drawn = [
        _histogram("Length, seconds", {clip.id: clip.seconds for clip in clips}, kept),
        _histogram("Level as recorded, dB", _levels(clips), kept),
    ]
    for criterion in selection.criteria:
        side = "above" if criterion.above else "below"
        about = f"left out {side} {criterion.limit:.3g}"
        title = criterion.name[0].upper() + criterion.name[1:]
        if len(set(criterion.values.values())) > 1:
            drawn.append(_histogram(title, criterion.values, kept, about))
    return f'<div class="figures">{"".join(drawn)}</div>'


def _levels(clips: Sequence[Clip]) -> dict[str, float]:
    return {clip.id: clip.measures.level for clip in clips}


def _histogram(title: str, values: Mapping[str, float], kept: set[str], about: str = "") -> str:
    if not values:
        return ""
    there = np.array(list(values.values()))
    # A few far off would leave one bar of all the others: they count in the last one.
    low, high = np.quantile(there, (0.005, 0.995))
    ticks = nice_ticks(float(low), float(high))
    edges = np.linspace(ticks[0], ticks[-1], BINS + 1)
    used = np.array([id in kept for id in values])
    counts = [
        np.histogram(np.clip(there[those], edges[0], edges[-1]), edges)[0].astype(float)
        for those in (used, ~used)
    ]
    rows = [Bars("used", "--system-1", counts[0])]
    if counts[1].any():
        rows.append(Bars("left out", "--baseline", counts[1]))
    labels = [f"{edge:.3g}" for edge in edges[:-1]]
    small = f" <small>{escape(about)}</small>" if about else ""
    return chart(f"{escape(title)}{small}", bars(rows, labels))
