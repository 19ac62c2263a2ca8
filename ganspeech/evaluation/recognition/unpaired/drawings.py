"""Drawings of what was read: confusions, phones, lengths, and distances of segments."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from jaxtyping import Float

from ganspeech.evaluation.pages import figures
from ganspeech.evaluation.pages.figures import Bars
from ganspeech.evaluation.recognition.accuracy import Answer
from ganspeech.evaluation.recognition.unpaired.diagnosis import distances
from ganspeech.evaluation.recognition.unpaired.readings import Readings

GAP = "·"
"""Nothing said, or nothing read."""
SIDE, MARGIN = 14, 34
"""Pixels of a cell and of the names beside the cells."""
PHONES_A_FIGURE = 12
BINS = 10
READ, TEXT, SAID = "--system-0", "--system-1", "--recording"
Shares = Float[np.ndarray, " phones"]


def order(readings: Readings) -> list[int]:
    """Phones without silence, the most frequent in the text first."""
    return [int(phone) for phone in np.argsort(-readings.text_counts, kind="stable") if phone]


def confusions(readings: Readings, answers: Sequence[Answer]) -> str:
    """Shares of what was read, a column each, for each phone that was said, a row each.

    Aligned by the fewest edits; a good reader fills the diagonal. Empty where nothing is known.
    """
    if not answers:
        return ""
    names = [*(readings.phones[phone] for phone in order(readings)), GAP]
    place = {name: n for n, name in enumerate(names)}
    counts = Counter(
        (said or GAP, read or GAP) for one in answers for said, read in one.edits("phone").pairs
    )
    totals: Counter[str] = Counter()
    for (said, _), count in counts.items():
        totals[said] += count
    size = MARGIN + SIDE * len(names)
    parts = [
        f'<svg class="confused" viewBox="0 0 {size} {size}" role="img" '
        'aria-label="What was read for each phone that was said" '
        'xmlns="http://www.w3.org/2000/svg">'
    ]
    for name, n in place.items():
        middle = MARGIN + SIDE * (n + 0.5)
        parts.append(
            f'<text x="{MARGIN - 4}" y="{middle + 4}" text-anchor="end">{escape(name)}</text>'
            f'<text x="{middle}" y="{MARGIN - 6}" text-anchor="middle">{escape(name)}</text>'
        )
    for (said, read), count in counts.items():
        share = count / totals[said]
        x, y = (MARGIN + SIDE * place[name] for name in (read, said))
        parts.append(
            f'<rect class="{"right" if said == read else "wrong"}" x="{x}" y="{y}" width="{SIDE}" '
            f'height="{SIDE}" opacity="{0.08 + 0.92 * share:.2f}"><title>{escape(said)} read as '
            f"{escape(read)}: {count} of {totals[said]}</title></rect>"
        )
    return "".join([*parts, "</svg>"])


def phones(readings: Readings) -> str:
    """Shares of the phones read beside those of the text, the most frequent first."""
    ranked, drawn = order(readings), ""
    for start in range(0, len(ranked), PHONES_A_FIGURE):
        part = ranked[start : start + PHONES_A_FIGURE]
        title = f"Phones {start + 1} to {start + len(part)} by frequency, %"
        drawn += _beside(readings, part, title)
    return f'<div class="figures">{drawn}</div>'


def differing(readings: Readings) -> str:
    """The same of the phones whose shares differ most."""
    ours, theirs = _shares(readings)
    part = sorted(order(readings), key=lambda phone: -abs(ours[phone] - theirs[phone]))
    drawn = _beside(readings, part[:PHONES_A_FIGURE], "Phones whose shares differ most, %")
    return f'<div class="figures">{drawn}</div>'


def lengths(readings: Readings) -> str:
    """Phones of what was read, of the text's sentences, and of what was said."""
    known = [one.phones for one in readings.utterances if one.phones is not None]
    rows = {
        "read": (READ, [len(row) for row in readings.read]),
        "text": (TEXT, [len(row) for row in readings.texts]),
    }
    if known:
        rows["said"] = (SAID, [len(row) for row in known])
    return _histogram("Phones of an utterance or a sentence, % of them", rows, whole=True)


def apart(readings: Readings) -> str:
    """Distances of segments that were read alike, and of any two."""
    alike, pairs = distances(readings)
    rows = {"read alike": (READ, alike), "any two": (TEXT, pairs)}
    return _histogram("Distance of two segments, % of pairs", rows)


def _beside(readings: Readings, part: Sequence[int], title: str) -> str:
    ours, theirs = _shares(readings)
    rows = [Bars("read", READ, ours[part]), Bars("text", TEXT, theirs[part])]
    return figures.chart(title, figures.bars(rows, [readings.phones[p] for p in part]))


def _shares(readings: Readings) -> tuple[Shares, Shares]:
    """In %, of what was read and of the text."""
    read, text = readings.counts(readings.read), readings.text_counts
    return 100 * read / max(read.sum(), 1), 100 * text / text.sum()


def _histogram(
    title: str,
    rows: Mapping[str, tuple[str, Sequence[float] | Float[np.ndarray, " values"]]],
    whole: bool = False,
) -> str:
    values = np.concatenate([np.asarray(own, float) for _, own in rows.values()])
    edges = np.linspace(values.min(), max(values.max(), values.min() + 1e-6), BINS + 1)
    if whole:
        step = max(1, -(-int(np.ptp(values) + 1) // BINS))
        edges = values.min() + step * np.arange(BINS + 1)
    drawn = [
        Bars(name, color, 100 * np.histogram(own, edges)[0] / max(len(own), 1))
        for name, (color, own) in rows.items()
    ]
    starts = [f"{edge:.0f}" if whole else f"{edge:.3g}" for edge in edges[:-1]]
    return f'<div class="figures">{figures.chart(title, figures.bars(drawn, starts))}</div>'
