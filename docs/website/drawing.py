"""The map of the package: its rooms on their floors, drawn from the imports as an SVG.

An arrow means that a room uses another. Imports that follow from others are left out, so that the
drawing can be read; the list below it has them all. An arrow over several floors passes each of
them in a gap between the rooms.
"""

import html
from collections.abc import Mapping, Sequence
from itertools import pairwise

from website.rooms import direct, floors, uses

WIDTH, FLOOR, BOX, HEIGHT, GAP, LETTER = 400, 50, 24, 24, 12, 7.2
"""Width of the drawing, distance between floors, a box's least width and its height, width of an
arrow's gap, and of a letter, in units of the drawing."""
Place = tuple[float, float]
Slot = str | tuple[str, str, int]
"""What stands on a floor: a room, or an arrow (from, to, floor) that passes it."""


def page(summaries: Mapping[str, str], addresses: Mapping[str, str]) -> str:
    """Drawing and list of the rooms; summaries and addresses of pages by room."""
    edges = uses()
    used_by = {room: [other for other in edges if room in edges[other]] for room in edges}
    rows = [
        f"`{room}`\n:   {summaries[room]} "
        f"Uses {_listed(sorted(edges[room]))}; used by {_listed(used_by[room])}."
        for floor in reversed(floors(edges))
        for room in floor
    ]
    listed = '<details markdown="1" class="rooms"><summary>The same as a list</summary>\n\n'
    return f"{drawn(edges, addresses)}\n\n{listed}" + "\n\n".join(rows) + "\n\n</details>\n"


def drawn(edges: Mapping[str, set[str]], addresses: Mapping[str, str]) -> str:
    """SVG of the rooms, from the top floor down."""
    stacked = floors(dict(edges))
    chains = _chains(stacked, direct(dict(edges)))
    order = _order(stacked, chains)
    places = _places(order)
    shapes = [_arrow([places[slot] for slot in chain]) for chain in chains]
    for floor in reversed(stacked):  # in the order in which the keyboard reaches them
        shapes += [_box(room, places[room], addresses.get(room, "")) for room in floor]
    height = FLOOR * len(order)
    text = f"{len(edges)} rooms on {len(order)} floors; every arrow points down."
    return (
        f'<figure class="map"><svg viewBox="0 0 {WIDTH} {height}" role="group" '
        f'aria-label="{text} The list below says the same."><title>{text}</title>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" '
        'markerHeight="6" orient="auto"><path d="M0 0 8 4 0 8Z"/></marker></defs>'
        f"{''.join(shapes)}</svg></figure>"
    )


def _chains(stacked: Sequence[Sequence[str]], arrows: Mapping[str, set[str]]) -> list[list[Slot]]:
    """Slots that each arrow passes, from a room down to another."""
    level = {room: at for at, floor in enumerate(stacked) for room in floor}
    return [
        [room, *((room, other, at) for at in range(level[room] - 1, level[other], -1)), other]
        for room, there in arrows.items()
        for other in sorted(there)
    ]


def _order(stacked: Sequence[Sequence[str]], chains: Sequence[Sequence[Slot]]) -> list[list[Slot]]:
    """Slots of every floor from left to right, with few crossings."""
    order: list[list[Slot]] = [list(floor) for floor in stacked]
    beside: dict[Slot, list[Slot]] = {}
    for chain in chains:
        for slot in chain:
            if not isinstance(slot, str):
                order[slot[2]].append(slot)
        for upper, lower in pairwise(chain):
            beside.setdefault(upper, []).append(lower)
            beside.setdefault(lower, []).append(upper)
    # Each floor by the middle of its neighbors on the one before, down and up several times.
    for sweep in range(12):
        down = sweep % 2 == 0
        for at in range(len(order) - 2, -1, -1) if down else range(1, len(order)):
            before = order[at + 1 if down else at - 1]
            place = {slot: (index + 0.5) / len(before) for index, slot in enumerate(before)}

            def middle(slot: Slot, place: Mapping[Slot, float] = place) -> float:
                near = [place[other] for other in beside.get(slot, []) if other in place]
                return sum(near) / len(near) if near else 0.5

            order[at].sort(key=middle)
    return order


def _places(order: Sequence[Sequence[Slot]]) -> dict[Slot, Place]:
    """Center of each slot."""
    places: dict[Slot, Place] = {}
    for at, floor in enumerate(order):
        widths = [_width(slot) for slot in floor]
        space = (WIDTH - sum(widths)) / (len(floor) + 1)
        x = 0.0
        for slot, width in zip(floor, widths):
            x += space + width / 2
            places[slot] = (x, FLOOR * (len(order) - at - 0.5))
            x += width / 2
    return places


def _width(slot: Slot) -> float:
    return BOX + LETTER * len(slot) if isinstance(slot, str) else GAP


def _arrow(through: Sequence[Place]) -> str:
    """Curve from the bottom of a box, through gaps, to the top of another."""
    (x, y), *rest = through
    path = f"M{x:.1f} {y + HEIGHT / 2:.1f}"
    before = x, y + HEIGHT / 2
    for index, (x, y) in enumerate(rest):
        end = y - HEIGHT / 2 - (1 if index == len(rest) - 1 else 0)
        bend = (before[1] + end) / 2
        path += f"C{before[0]:.1f} {bend:.1f} {x:.1f} {bend:.1f} {x:.1f} {end:.1f}"
        if index < len(rest) - 1:
            path += f"V{y + HEIGHT / 2:.1f}"
        before = x, y + HEIGHT / 2
    return f'<path class="use" d="{path}" marker-end="url(#tip)"/>'


def _box(room: str, place: Place, address: str) -> str:
    width = _width(room)
    box = (
        f'<rect x="{place[0] - width / 2:.1f}" y="{place[1] - HEIGHT / 2:.1f}" '
        f'width="{width:.1f}" height="{HEIGHT}" rx="4"/>'
        f'<text x="{place[0]:.1f}" y="{place[1] + 4:.1f}">{html.escape(room)}</text>'
    )
    return f'<a href="{address}">{box}</a>' if address else f"<g>{box}</g>"


def _listed(rooms: Sequence[str]) -> str:
    return ", ".join(f"`{room}`" for room in rooms) or "none"
