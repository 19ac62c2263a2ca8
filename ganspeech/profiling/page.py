"""The profile as a page: a roofline and times by part for each card, in one HTML file."""

from html import escape

from ganspeech.config.experiment import Experiment
from ganspeech.evaluation.pages.page import page
from ganspeech.profiling import figures
from ganspeech.profiling.cards import Card
from ganspeech.profiling.parts import Work
from ganspeech.profiling.profile import Profile
from ganspeech.profiling.table import notes, rates, scaled, seconds, shown_parts

COLORS = tuple(f"--system-{index}" for index in range(6))
OTHERS = "--baseline"
STYLE = """
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;margin:0 0 1rem;padding:0;list-style:none}
.legend i,th i{display:inline-block;width:.65em;height:.65em;border-radius:50%;
margin-right:.45em;background:var(--color)}
.chart figcaption small{display:block}
svg .roof{stroke:var(--soft);stroke-width:1.8;fill:none}
svg .guide{fill:none;stroke:currentColor;stroke-dasharray:3 3;opacity:.6}
svg .mark{font-size:11px;font-weight:600;fill:var(--card)}
"""


def render(profile: Profile, name: str, experiment: Experiment) -> str:
    """The page as text."""
    order = shown_parts(profile, profile.cards[0].platform)
    colors = {part: COLORS[i] if i < len(COLORS) else OTHERS for i, part in enumerate(order)}
    batch = experiment.budget.batch_size
    introduction = (
        f"One update of {batch} examples in {experiment.rules.precision}: operations and bytes of "
        "each part, from the program alone, and the least time that each card's rates allow.",
    )
    sections = [
        ("Table", _table(profile, colors)),
        ("Rooflines", _rooflines(profile, colors)),
        ("Times", _times(profile, colors)),
        ("Figures used", "".join(f"<p class='hint'>{escape(line)}</p>" for line in notes(profile))),
    ]
    return page("profile", f"Profile of {name}", name, introduction, sections, style=STYLE)


def _table(profile: Profile, colors: dict[str, str]) -> str:
    names = "".join(f"<th scope='col'>{escape(card.name)}</th>" for card in profile.cards)
    head = "<th scope='col'>flops</th><th scope='col'>bytes</th><th scope='col'>flops/byte</th>"
    platform = profile.cards[0].platform
    rows = []
    for number, (part, color) in enumerate(colors.items(), 1):
        work = profile.parts[platform][part]
        times = (card.seconds(_own(profile, card, part)) for card in profile.cards)
        label = f'<th scope="row" style="--color:var({color})"><i></i>{number} {escape(part)}</th>'
        rows.append(f"<tr>{label}{_cells(work)}{_joined(map(seconds, times))}</tr>")
    times = (profile.seconds(card) for card in profile.cards)
    cells = _cells(profile.total(platform)) + _joined(map(seconds, times))
    rows.append(f'<tr class="best"><th scope="row">update</th>{cells}</tr>')
    return (
        f'<div class="wide"><table><thead><tr><td></td>{head}{names}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _rooflines(profile: Profile, colors: dict[str, str]) -> str:
    drawn = []
    for card in profile.cards:
        points = [
            figures.Point(str(number), part, color, own.intensity, card.peak(own))
            for number, (part, color) in enumerate(colors.items(), 1)
            if (own := _own(profile, card, part)).flops
        ]
        drawn.append(_figure(card, figures.roofline(card.name, card.bandwidth, points)))
    hint = (
        "<p class='hint'>How many operations a second each part reaches at most (up), by its "
        "operations per byte (to the right). Under the slope memory is the limit, under the flat "
        "roof arithmetic is; the roof is that of the part's mix of number formats.</p>"
    )
    return f'{hint}{_legend(colors)}<div class="figures">{"".join(drawn)}</div>'


def _times(profile: Profile, colors: dict[str, str]) -> str:
    drawn = []
    for card in profile.cards:
        bars = [
            figures.Bar(part, color, time, seconds(time))
            for part, color in colors.items()
            for time in [card.seconds(_own(profile, card, part))]
        ]
        total = profile.seconds(card)
        caption = f"{seconds(total)} an update"
        drawn.append(_figure(card, figures.times(card.name, bars), caption))
    return f'<div class="figures">{"".join(drawn)}</div>'


def _own(profile: Profile, card: Card, part: str) -> Work:
    return profile.parts[card.platform].get(part, Work())


def _legend(colors: dict[str, str]) -> str:
    items = (
        f'<li style="--color:var({color})"><i></i>{number} {escape(part)}</li>'
        for number, (part, color) in enumerate(colors.items(), 1)
    )
    return f"<ul class='legend'>{''.join(items)}</ul>"


def _figure(card: Card, svg: str, caption: str = "") -> str:
    about = escape(caption or rates(card))
    return (
        f"<figure class='chart'><figcaption>{escape(card.name)}<small>{about}</small></figcaption>"
        f"{svg}</figure>"
    )


def _cells(work: Work) -> str:
    return _joined((scaled(work.flops), scaled(work.bytes), f"{work.intensity:.3g}"))


def _joined(cells) -> str:
    return "".join(f"<td>{escape(cell.strip())}</td>" for cell in cells)
