"""Figures of a profile as inline SVG, colored by the style of pages."""

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from ganspeech.profiling.table import scaled

WIDTH, HEIGHT = 420, 260
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 34, 44
MARK = 8
"""Radius of the numbers above a roofline."""
ROW = 40


class Point(NamedTuple):
    """One part in a roofline."""

    mark: str
    name: str
    color: str
    intensity: float
    """Operations per byte."""
    peak: float
    """Operations per second that its number formats allow."""


class Bar(NamedTuple):
    """One part's time."""

    name: str
    color: str
    value: float
    text: str


def roofline(label: str, bandwidth: float, points: Sequence[Point]) -> str:
    """Roofs and points: attainable operations per second over operations per byte, both in logs."""
    if not points:
        return ""
    roof = max(point.peak for point in points)
    ridge = roof / bandwidth
    reached = [min(point.peak, bandwidth * point.intensity) for point in points]
    xs = _decades([*(point.intensity for point in points), ridge, ridge * 4])
    ys = _decades([*reached, roof * 1.5])

    def px(value: float) -> float:
        share = (math.log10(value) - xs[0]) / (xs[-1] - xs[0])
        return LEFT + (WIDTH - LEFT - RIGHT) * share

    def py(value: float) -> float:
        share = (math.log10(value) - ys[0]) / (ys[-1] - ys[0])
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    parts = [_open(HEIGHT, f"Roofline of {label}")]
    for tick in xs:
        at = px(10.0**tick)
        parts.append(f'<path class="grid" d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        anchor = "end" if tick == xs[-1] else "middle"
        text = f"{10.0**tick:g}"
        parts.append(f'<text x="{at:.1f}" y="{HEIGHT - 26}" text-anchor="{anchor}">{text}</text>')
    for tick in ys:
        at = py(10.0**tick)
        parts.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>')
        text = f"{scaled(10.0**tick).strip()}"
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{text}</text>')
    low = max(10.0 ** xs[0], 10.0 ** ys[0] / bandwidth)
    parts.append(
        f'<path class="roof" d="M{px(low):.1f} {py(bandwidth * low):.1f}'
        f'L{px(ridge):.1f} {py(roof):.1f}H{WIDTH - RIGHT}"/>'
    )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text x="{middle:.1f}" y="{HEIGHT - 6}" text-anchor="middle">flops per byte; up: '
        "flop/s</text>"
    )
    for point, height, place in zip(points, reached, _apart([px(p.intensity) for p in points])):
        parts.append(_mark(px(point.intensity), py(height), place, point))
    return "".join([*parts, "</svg>"])


def times(label: str, bars: Sequence[Bar]) -> str:
    """A bar for each part, its name and time above."""
    longest = max((bar.value for bar in bars), default=0.0)
    if not longest:
        return ""
    parts = [_open(ROW * len(bars), f"Time by part on {label}")]
    for row, bar in enumerate(bars):
        top, width = ROW * row, max((WIDTH - 16) * bar.value / longest, 1.0)
        parts.append(
            f'<g style="color:var({bar.color})">'
            f'<text class="name" x="8" y="{top + 14}">{escape(bar.name)}</text>'
            f'<text class="value" x="{WIDTH - 8}" y="{top + 14}" text-anchor="end">'
            f"{escape(bar.text)}</text>"
            f'<rect class="solid" x="8" y="{top + 20}" width="{width:.1f}" height="12" rx="3"/></g>'
        )
    return "".join([*parts, "</svg>"])


def _apart(places: Sequence[float]) -> list[float]:
    """The places, moved as far to the left as needed to set marks side by side."""
    found, limit = [0.0] * len(places), float(WIDTH - MARK)
    for index in sorted(range(len(places)), key=lambda index: -places[index]):
        found[index] = min(places[index], limit)
        limit = found[index] - 2 * MARK
    return found


def _mark(x: float, y: float, place: float, point: Point) -> str:
    """A point at (x, y), and its number above the plot at `place`."""
    return (
        f'<g style="color:var({point.color})"><title>{escape(point.name)}</title>'
        f'<path class="guide" d="M{x:.1f} {HEIGHT - BOTTOM}V{TOP}L{place:.1f} {2 * MARK}"/>'
        f'<circle class="solid" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
        f'<circle class="solid" cx="{place:.1f}" cy="{MARK + 2}" r="{MARK}"/>'
        f'<text class="mark" x="{place:.1f}" y="{MARK + 6}" text-anchor="middle">'
        f"{escape(point.mark)}</text></g>"
    )


def _decades(values: Sequence[float]) -> list[int]:
    """Powers of ten from at most the least value to at least the largest, at least two."""
    first = math.floor(math.log10(min(values)))
    return list(range(first, max(math.ceil(math.log10(max(values))), first + 1) + 1))


def _open(height: int, label: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}" '
        'xmlns="http://www.w3.org/2000/svg">'
    )
