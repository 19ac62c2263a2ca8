"""The profile as a table of text."""

from collections.abc import Sequence

from ganspeech.profiling.parts import Work
from ganspeech.profiling.profile import Profile

SCALES = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
SHOWN = 2e-3
"""Share of the operations or bytes below which what belongs to no part is left out."""


def shown_parts(profile: Profile, platform: str) -> dict[str, Work]:
    """Parts worth a row: all but a small rest."""
    total = profile.total(platform)
    return {
        name: work
        for name, work in profile.parts[platform].items()
        if name != "other" or work.flops > SHOWN * total.flops or work.bytes > SHOWN * total.bytes
    }


def table(profile: Profile) -> list[str]:
    """Lines: a row for each part, the whole update, and notes."""
    platform = profile.cards[0].platform
    head = ["part", "flops", "bytes", "flops/byte", *(card.name for card in profile.cards)]
    rows = [head]
    for name, work in shown_parts(profile, platform).items():
        there = [profile.parts[card.platform].get(name, Work()) for card in profile.cards]
        times = [card.seconds(own) for card, own in zip(profile.cards, there)]
        rows.append([name, *_work(work), *map(seconds, times)])
    times = [profile.seconds(card) for card in profile.cards]
    rows.append(["update", *_work(profile.total(platform)), *map(seconds, times)])
    return [*_aligned(rows), "", *notes(profile)]


def notes(profile: Profile) -> list[str]:
    """Sentences about the figures."""
    said = [
        "flops and bytes are of one update of the whole batch, in the forms that GPUs get; times "
        "are the least that each card's rates allow, part by part.",
        *(f"{card.name}: {rates(card)} ({card.about})." for card in profile.cards),
    ]
    if profile.compiled:
        own = profile.compiled
        said.append(
            f"XLA's own count of the program compiled here: {scaled(own.flops)}flops, "
            f"{scaled(own.bytes)}B; peak memory {scaled(own.peak)}B."
        )
    if profile.open_loops:
        said.append(
            f"{profile.open_loops} loops have no fixed number of turns; each is counted once."
        )
    return said


def rates(card) -> str:
    """The rates of a card, in words."""
    return (
        f"{scaled(card.half)}flop/s in bfloat16, {scaled(card.full)}flop/s in float32, "
        f"{scaled(card.bandwidth)}B/s"
    )


def scaled(value: float) -> str:
    """Number with three digits and the start of its unit: `1.23 G`."""
    for scale, letter in SCALES:
        if value >= scale:
            return f"{value / scale:.3g} {letter}"
    return f"{value:.3g} "


def seconds(value: float) -> str:
    """Duration with three digits in s, ms or µs."""
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= scale or unit == "µs":
            return f"{value / scale:.3g} {unit}"
    raise AssertionError


def _work(work: Work) -> list[str]:
    return [scaled(work.flops), scaled(work.bytes), f"{work.intensity:.3g}"]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    ]
