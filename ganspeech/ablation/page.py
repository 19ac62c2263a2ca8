"""The page of an ablation: a single HTML file, in the style of other evaluation pages."""

import json
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

import numpy as np

from ganspeech.ablation import members as results
from ganspeech.ablation import selection
from ganspeech.ablation.compare import ComparedRow, Comparison
from ganspeech.ablation.members import AblationMember, seeds_of
from ganspeech.ablation.record import RECORD, command_of
from ganspeech.ablation.request import Ablation
from ganspeech.ablation.table import bounds, method
from ganspeech.evaluation.pages import figures
from ganspeech.evaluation.pages.curves import Training, training_figures
from ganspeech.evaluation.pages.intervals import Difference, Interval
from ganspeech.evaluation.pages.page import page
from ganspeech.evaluation.quality.table import TOO_FEW, show, show_count, verdict
from ganspeech.evaluation.request import Measure

COLORS = tuple(f"--system-{i}" for i in range(6))
TOGETHER = (
    " The members of a row, and of rows that differ in weights of losses and learning rates alone, "
    "were trained in one program: minutes are its wall time, core minutes each member's share of "
    "its processor time."
)
OWN_STYLE = """
td .better{color:var(--good)}td .worse{color:var(--bad)}
tr.reference th,tr.reference td{color:var(--soft);font-weight:400}
td.left{text-align:left}td.reason{text-align:left;white-space:normal;color:var(--bad)}
pre{overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);
border:1px solid var(--line);border-radius:14px;padding:1rem}
main a{color:var(--accent)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
#table th,#table td{padding:.5rem .6rem}#table thead th{white-space:normal;min-width:5.5rem}
th[scope=row]{min-width:11rem}th[scope=row] small{display:block}
th em{display:block;font-style:normal;font-weight:400;color:var(--bad)}
@media print{.wide{overflow:visible}th,td{padding:.25rem .4rem;font-size:.75rem}
.wide th,.wide td{white-space:normal}#table thead th,th[scope=row]{min-width:0}}
"""


def render(ablation: Ablation, comparison: Comparison, members: Sequence[AblationMember]) -> str:
    """The page as text: the table, figures, differences, curves, members and provenance."""
    colors = {line.name: COLORS[i % len(COLORS)] for i, line in enumerate(comparison.lines)}
    sections = [
        ("Table", _table(comparison, colors)),
        ("Figures", _figures(comparison, colors)),
        ("Differences", _differences(comparison)),
        ("Selection without labels", selection.section(members, colors)),
        ("Training", _training(members, colors)),
        ("Members", _members(members, ablation.page.parent, colors)),
        ("Provenance", _provenance(ablation)),
    ]
    rows, seeds = len(comparison.lines), ablation.settings.seeds
    introduction = (
        f"{rows} row{'s' * (rows != 1)}, {seeds} seed{'s' * (seeds != 1)} each; the base row is "
        f"{comparison.lines[0].label}.",
        f"{' '.join(method(comparison))}{TOGETHER * ablation.settings.population}",
    )
    title = f"Ablation of {ablation.name}"
    return page("ablation", title, ablation.name, introduction, sections, style=OWN_STYLE)


def _table(comparison: Comparison, colors: dict[str, str]) -> str:
    metrics = comparison.metrics
    facts = ("Minutes", "Core minutes", "Generator", "Discriminators", "Peak MiB", "Finished")
    head = "".join(f"<th scope='col'>{_heading(measure)}</th>" for measure in metrics.values())
    head += "".join(f"<th scope='col'>{name}</th>" for name in facts)
    rows = [_row(line, comparison, colors[line.name]) for line in comparison.lines]
    for name, values in comparison.references.items():
        cells = "".join(
            f"<td>{show(values[m], metrics[m].digits) if m in values else ''}</td>" for m in metrics
        )
        empty = "<td></td>" * len(facts)
        rows.append(f"<tr class='reference'><th scope='row'>{escape(name)}</th>{cells}{empty}</tr>")
    return (
        f'<div class="wide"><table><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(line: ComparedRow, comparison: Comparison, color: str) -> str:
    cells = []
    for name, measure in comparison.metrics.items():
        found, difference = line.intervals[name], line.differences.get(name)
        change = ""
        if difference and difference.count and not difference.too_few:
            kind = _kind(measure, difference)
            change = f"<small class='{kind}'>{difference.value:+.{measure.digits}f}</small>"
        cells.append(
            f"<td>{show(found.value, measure.digits)}"
            f"<small>{bounds(found, measure.digits)}</small>{change}</td>"
        )
    facts = [
        show(line.minutes, 1),
        show(line.core_minutes, 1),
        show_count(line.facts.generator_parameters),
        show_count(line.facts.discriminator_parameters),
        show(line.memory, 0),
        f"{line.finished} of {line.members}",
    ]
    return (
        f'<tr><th scope="row" style="--color:var({color})"><i></i>{_named(line)}</th>'
        f"{''.join(cells)}{''.join(f'<td>{fact}</td>' for fact in facts)}</tr>"
    )


def _figures(comparison: Comparison, colors: dict[str, str]) -> str:
    drawn = []
    for name, measure in comparison.metrics.items():
        rows = [
            figures.FigureRow(
                line.label,
                colors[line.name],
                line.intervals[name],
                line.values[name],
                show(line.intervals[name].value, measure.digits),
            )
            for line in comparison.lines
            if line.intervals[name].count
        ]
        for reference, values in comparison.references.items():
            if name in values:
                value = values[name]
                alone = Interval(value, np.nan, np.nan, 1)
                text = show(value, measure.digits)
                row = figures.FigureRow(reference, "--baseline", alone, np.array([value]), text)
                rows.append(row)
        drawn.append(
            figures.chart(_heading(measure), figures.intervals(rows, measure.label, "seeds"))
        )
    return f'<div class="figures">{"".join(drawn)}</div>' if any(drawn) else ""


def _differences(comparison: Comparison) -> str:
    rows = []
    base = comparison.lines[0].label
    for line in comparison.lines[1:]:
        for name, found in line.differences.items():
            if not found.count:
                continue
            measure = comparison.metrics[name]
            kind, digits = _kind(measure, found), measure.digits
            certainty = "<td></td><td></td>"
            if not found.too_few:
                certainty = f"<td>{bounds(found, digits)}</td><td>{found.p:.4f}</td>"
            word = TOO_FEW if found.too_few else "not certain" if kind == "not" else kind
            rows.append(
                f'<tr class="{kind}"><td>{escape(line.label)}</td><td>{escape(measure.label)}</td>'
                f"<td>{found.value:+.{digits}f}</td>{certainty}<td>{found.count}</td>"
                f"<td>{word}</td></tr>"
            )
    if not rows:
        return ""
    return (
        f"<p class='hint'>Each row minus the base row, {escape(base)}.</p>"
        '<div class="wide"><table class="pairs"><thead><tr><th>Row</th><th>Metric</th>'
        "<th>Difference</th><th>95 % interval</th><th>p</th><th>Sentences</th><th>The row is</th>"
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _training(members: Sequence[AblationMember], colors: dict[str, str]) -> str:
    """One figure per metric of training; all seeds of a row share its color."""
    trainings = [
        Training(f"{m.row.name}, seed {m.seed}", colors[m.row.name], m.folder / "metrics.jsonl")
        for m in members
    ]
    return training_figures(trainings, {m.row.label: colors[m.row.name] for m in members})


def _members(members: Sequence[AblationMember], page: Path, colors: dict[str, str]) -> str:
    rows = []
    for member in members:
        result = results.read_result(member.folder)
        training = results.read_training(member.folder)
        state = "unfinished" if result is None else "finished" if result.outcome else "failed"
        times = "<td></td><td></td>"
        if training:
            times = f"<td>{training.step}</td><td>{show(training.minutes, 1)}</td>"
        told = [*(training.collapses if training else ()), result.reason if result else ""]
        story = escape("; ".join(filter(None, told)))
        rows.append(
            f'<tr><th scope="row" style="--color:var({colors[member.row.name]})"><i></i>'
            f"{escape(member.row.label)}</th><td>{member.seed}</td><td class='left'>{state}</td>"
            f"{times}<td class='left'>{_links(member.folder, page)}</td>"
            f"<td class='reason'>{story}</td></tr>"
        )
    return (
        '<div class="wide"><table><thead><tr><td></td><th>Seed</th><th class="left">State</th>'
        "<th>Steps</th><th>Minutes</th><th>Files</th><th>Collapse or failure</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _links(folder: Path, page: Path) -> str:
    """Links to a member's pages and logs, relative to the page."""
    found = [*sorted(folder.glob("*.html")), folder / "log.txt", folder / "metrics.jsonl"]
    return ", ".join(
        f'<a href="{quote(Path(os.path.relpath(file, page)).as_posix())}">{escape(file.name)}</a>'
        for file in found
        if file.exists()
    )


def _provenance(ablation: Ablation) -> str:
    record = json.loads((ablation.folder / RECORD).read_text(encoding="utf-8"))
    code = record["code"]
    commit = "not from a git checkout"
    if code:
        commit = f"{code['commit']}{', with changes' if code['dirty'] else ''}"
    devices = "; ".join(
        f"{device['count']} × {device['kind']} ({device['processor']})"
        for device in record["devices"]
    )
    data = {row["fingerprint"] for name, row in record["rows"].items()}
    facts = {
        "begun": record["date"],
        "code": commit,
        "packages": ", ".join(f"{name} {version}" for name, version in record["versions"].items()),
        "device": devices or "none yet",
        "data": ", ".join(sorted(data)),
        "seeds": ", ".join(map(str, seeds_of(ablation))),
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    rows = "".join(
        f"<details><summary>{escape(row.name)}</summary><pre>"
        f"{escape(json.dumps(record['rows'][row.name]['experiment'], indent=2))}</pre></details>"
        for row in ablation.rows
    )
    return f"<pre>{escape(command_of(ablation))}</pre><dl>{listed}</dl>{rows}"


def _kind(measure: Measure, difference: Difference) -> str:
    sign = verdict(difference, measure.higher_is_better)
    return {"+": "better", "-": "worse", "=": "not"}[sign]


def _named(line: ComparedRow) -> str:
    full = f"<small>{escape(line.name)}</small>" if line.label != line.name else ""
    lost = f"<em>{line.lost}</em>" if line.lost else ""
    return f"{escape(line.label)}{full}{lost}"


def _heading(measure: Measure) -> str:
    arrow = "↑" if measure.higher_is_better else "↓"
    return f"{escape(measure.label)} <small>{arrow} {escape(measure.unit)}</small>"
