"""Figures as inline SVG: sharp at any size, and colored by the page's style, light or dark."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from jaxtyping import Float

from ganspeech.evaluation.pages.intervals import Interval

WIDTH = 420


@dataclass(frozen=True)
class Curve:
    """A figure of lines over training, such as a loss; each line is its x and its y values."""

    title: str
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]]
    x_label: str = "step"


@dataclass(frozen=True)
class FigureRow:
    """One system in a figure of intervals."""

    name: str
    color: str
    interval: Interval
    values: Float[np.ndarray, "values"]
    text: str


@dataclass(frozen=True)
class Bars:
    """One row's value in each class."""

    name: str
    color: str
    values: Float[np.ndarray, " classes"]


@dataclass(frozen=True)
class Dot:
    """One point in a figure of two values."""

    x: float
    y: float
    color: str
    about: str
    """What it is, for those who point at it."""
    name: str = ""
    """A name beside it, for a few that are looked for."""


def intervals(rows: Sequence[FigureRow], label: str, dots: str = "sentences") -> str:
    """The mean and its interval for each system, and a dot for each of its values."""
    # An interval by Student's t may reach further than the values.
    ends = np.array([(row.interval.low, row.interval.high) for row in rows]).ravel()
    finite = np.concatenate([ends, *(row.values for row in rows)])
    finite = finite[np.isfinite(finite)]
    if not len(finite):
        return ""
    # Far from zero an axis from zero would hide the differences; a bar would then mislead.
    far = finite.min() > 0.5 * finite.max()
    ticks = nice_ticks(
        float(finite.min()) if far else min(float(finite.min()), 0.0), float(finite.max())
    )
    low, high = ticks[0], ticks[-1]
    height = 40 * len(rows) + 26

    def x(value: float) -> float:
        return 8 + (WIDTH - 16) * (value - low) / (high - low)

    parts = [_open(WIDTH, height, f"{label}: mean, 95 % interval and {dots}")]
    for tick in ticks:
        parts.append(f'<path class="grid" d="M{x(tick):.1f} 2V{height - 20}"/>')
        parts.append(_tick(x(tick), height - 5, tick, ticks))
    for i, row in enumerate(rows):
        top = 40 * i
        parts.append(f'<g style="color:var({row.color})">')
        parts.append(f'<text class="name" x="8" y="{top + 13}">{escape(row.name)}</text>')
        parts.append(
            f'<text class="value" x="{WIDTH - 8}" y="{top + 13}" text-anchor="end">'
            f"{escape(row.text)}</text>"
        )
        for k, value in enumerate(row.values):
            if math.isfinite(value):
                # Spread up and down, or equal values would hide each other.
                y = top + 28 + 5 * math.sin(7.0 * k)
                parts.append(f'<circle class="dot" cx="{x(value):.1f}" cy="{y:.1f}" r="2.2"/>')
        if row.interval.count:
            mean = x(row.interval.value)
            if not far:
                start, end = sorted((x(0.0), mean))
                parts.append(
                    f'<rect class="bar" x="{start:.1f}" y="{top + 21}" '
                    f'width="{end - start:.1f}" height="14" rx="3"/>'
                )
            if row.interval.count > 1:
                left, right = x(row.interval.low), x(row.interval.high)
                parts.append(
                    f'<path class="whisker" d="M{left:.1f} {top + 28}H{right:.1f}'
                    f'M{left:.1f} {top + 23}v10M{right:.1f} {top + 23}v10"/>'
                )
            parts.append(f'<circle class="mean" cx="{mean:.1f}" cy="{top + 28}" r="4"/>')
        parts.append("</g>")
    return "".join([*parts, "</svg>"])


def curves(curve: Curve, colors: Sequence[str], *, legend: bool = True) -> str:
    """Lines over training; values that are not finite leave gaps."""
    height = 220
    points = {
        name: (np.asarray(x, float), np.asarray(y, float)) for name, (x, y) in curve.lines.items()
    }
    xs = np.concatenate([x for x, _ in points.values()] or [np.zeros(0)])
    ys = np.concatenate([y for _, y in points.values()] or [np.zeros(0)])
    ys = ys[np.isfinite(ys)]
    if not len(ys):
        return ""
    x_ticks = nice_ticks(float(xs.min()), float(xs.max()))
    y_ticks = nice_ticks(float(ys.min()), float(ys.max()))

    def px(value: float) -> float:
        return 56 + (WIDTH - 68) * (value - x_ticks[0]) / (x_ticks[-1] - x_ticks[0])

    def py(value: float) -> float:
        return 24 + (height - 64) * (1 - (value - y_ticks[0]) / (y_ticks[-1] - y_ticks[0]))

    parts = [_open(WIDTH, height, curve.title)]
    for tick in y_ticks:
        parts.append(f'<path class="grid" d="M56 {py(tick):.1f}H{WIDTH - 12}"/>')
        parts.append(_tick(50, py(tick) + 4, tick, y_ticks, anchor="end"))
    parts += [_tick(px(tick), height - 24, tick, x_ticks) for tick in x_ticks]
    parts.append(
        f'<text class="tick" x="{WIDTH - 12}" y="{height - 6}" text-anchor="end">'
        f"{escape(curve.x_label)}</text>"
    )
    place = 56
    for (name, (x, y)), color in zip(points.items(), _cycled(colors, len(points))):
        good = np.isfinite(y)
        jumps = np.flatnonzero(np.diff(np.concatenate([[False], good]).astype(int)) == 1)
        path = "".join(
            f"{'M' if i in jumps else 'L'}{px(x[i]):.1f} {py(y[i]):.1f}"
            for i in np.flatnonzero(good)
        )
        parts.append(f'<path class="curve" style="color:var({color})" d="{path}"/>')
        if legend:
            parts.append(
                f'<text class="name" style="color:var({color})" x="{place}" y="12">'
                f"{escape(name)}</text>"
            )
            place += 8 * len(name) + 16
    return "".join([*parts, "</svg>"])


def bars(rows: Sequence[Bars], classes: Sequence[str]) -> str:
    """Values from 0 for each class side by side, with a legend."""
    height, left, floor = 220, 50, 196
    ticks = nice_ticks(0.0, max(float(row.values.max()) for row in rows))
    place = (WIDTH - left - 8) / len(classes)
    width = 0.8 * place / len(rows)
    parts = [_open(WIDTH, height, f"{', '.join(row.name for row in rows)} by class")]
    for tick in ticks:
        y = floor - (floor - 24) * tick / ticks[-1]
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{WIDTH - 8}"/>')
        parts.append(_tick(left - 6, y + 4, tick, ticks, anchor="end"))
    legend = float(left)
    for n, row in enumerate(rows):
        parts.append(f'<g style="color:var({row.color})">')
        parts.append(f'<text class="name" x="{legend:.0f}" y="12">{escape(row.name)}</text>')
        legend += 8 * len(row.name) + 16
        for c, value in enumerate(row.values):
            tall = (floor - 24) * value / ticks[-1]
            x = left + place * (c + 0.1) + n * width
            parts.append(
                f'<rect class="solid" x="{x:.1f}" y="{floor - tall:.1f}" width="{width:.1f}" '
                f'height="{tall:.1f}"/>'
            )
        parts.append("</g>")
    size = min(13.0, place / 3.4)
    parts += [
        f'<text class="tick" x="{left + place * (c + 0.5):.1f}" y="{height - 6}" '
        f'text-anchor="middle" style="font-size:{size:.1f}px">{escape(name)}</text>'
        for c, name in enumerate(classes)
    ]
    return "".join([*parts, "</svg>"])


def scatter(dots: Sequence[Dot], x_label: str, y_label: str) -> str:
    """Dots in a plane; named ones are larger. Empty for none."""
    height, left, floor = 260, 56, 216
    if not dots:
        return ""
    x_ticks, y_ticks = (
        nice_ticks(min(values), max(values))
        for values in ([dot.x for dot in dots], [dot.y for dot in dots])
    )

    def px(value: float) -> float:
        return left + (WIDTH - left - 16) * (value - x_ticks[0]) / (x_ticks[-1] - x_ticks[0])

    def py(value: float) -> float:
        return floor - (floor - 24) * (value - y_ticks[0]) / (y_ticks[-1] - y_ticks[0])

    parts = [_open(WIDTH, height, f"{y_label} over {x_label}")]
    for tick in y_ticks:
        parts.append(f'<path class="grid" d="M{left} {py(tick):.1f}H{WIDTH - 16}"/>')
        parts.append(_tick(left - 6, py(tick) + 4, tick, y_ticks, anchor="end"))
    parts += [_tick(px(tick), floor + 18, tick, x_ticks) for tick in x_ticks]
    parts.append(f'<text class="tick" x="{left}" y="12">{escape(y_label)}</text>')
    parts.append(
        f'<text class="tick" x="{WIDTH - 16}" y="{height - 6}" text-anchor="end">'
        f"{escape(x_label)}</text>"
    )
    for dot in dots:
        x, y = px(dot.x), py(dot.y)
        # The name goes to the side that has room.
        anchor, shift = ("end", -8) if x > WIDTH / 2 else ("start", 8)
        parts.append(
            f'<g style="color:var({dot.color})"><circle class="{"mean" if dot.name else "dot"}" '
            f'cx="{x:.1f}" cy="{y:.1f}" r="{5 if dot.name else 4}"><title>{escape(dot.about)}'
            f'</title></circle><text class="name" x="{x + shift:.1f}" y="{y - 6:.1f}" '
            f'text-anchor="{anchor}">{escape(dot.name)}</text></g>'
        )
    return "".join([*parts, "</svg>"])


def chart(title: str, svg: str) -> str:
    """A figure under its title, which is HTML; nothing where nothing is drawn."""
    return f"<figure class='chart'><figcaption>{title}</figcaption>{svg}</figure>" if svg else ""


def nice_ticks(low: float, high: float) -> list[float]:
    """Some five round numbers from at most `low` to at least `high`."""
    if high - low < 1e-9 * max(abs(low), abs(high), 1e-9):
        low, high = low - 0.5, high + 0.5
    raw = (high - low) / 4
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def _tick(x: float, y: float, value: float, ticks: Sequence[float], anchor: str = "middle") -> str:
    if anchor == "middle" and value in (ticks[0], ticks[-1]):
        anchor = "start" if value == ticks[0] else "end"
    return f'<text class="tick" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{value:g}</text>'


def _open(width: int, height: int, label: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}" '
        'xmlns="http://www.w3.org/2000/svg">'
    )


def _cycled(colors: Sequence[str], count: int) -> list[str]:
    return [colors[i % len(colors)] for i in range(count)]
