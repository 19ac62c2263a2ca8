"""The page of a generator from noise: scores, its examples to see and hear, and its training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from ganspeech.evaluation.generation.judge import CLIPS
from ganspeech.evaluation.generation.metrics import Score, nearest
from ganspeech.evaluation.generation.scores import GenerationScores
from ganspeech.evaluation.generation.table import notes
from ganspeech.evaluation.generation.yardstick import AND_BACK, HELD_OUT, NOISE, TRAINING, Yardstick
from ganspeech.evaluation.pages import figures
from ganspeech.evaluation.pages.figures import Bars, Curve
from ganspeech.evaluation.pages.intervals import Interval
from ganspeech.evaluation.pages.media import audio_uri, picture_uri
from ganspeech.evaluation.pages.page import page
from ganspeech.evaluation.pages.tiles import tile
from ganspeech.evaluation.quality.table import show
from ganspeech.tasks.representations import SpokenView

COLORS = tuple(f"--system-{i}" for i in range(6))
OWN = COLORS[0]
ROW_COLORS = {
    HELD_OUT: "--recording",
    TRAINING: COLORS[1],
    AND_BACK: COLORS[3],
    NOISE: "--baseline",
}
SHOWN = {True: 4, False: 16}
"""Examples of a class, with sound or without."""
NEIGHBOURS = {True: 8, False: 24}
"""Examples that are shown beside their nearest training example."""
OVER_STEPS = ("inception_share", "frechet_distance", "diversity", "accuracy", "memorized")
OWN_STYLE = """
.thumbs{display:flex;flex-wrap:wrap;gap:.6rem}
.thumb{width:5rem;font-size:.78rem;color:var(--soft);text-align:center}
.thumb img,.pair img{display:block;width:100%;aspect-ratio:1;border-radius:6px;
image-rendering:pixelated;background:#000}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:.3rem;width:9rem;font-size:.78rem;
color:var(--soft);text-align:center}
.pair span{grid-column:1/-1}
.tiles.words{grid-template-columns:repeat(auto-fill,minmax(min(13rem,100%),1fr))}
"""


@dataclass(frozen=True)
class GenerationExhibit:
    """Content of a page beside the scores."""

    title: str
    values: np.ndarray
    """The examples that were scored, as the view has them."""
    labels: np.ndarray | None
    """The classes asked for, if any."""
    curves: tuple[Curve, ...] = ()
    """Curves of training."""
    checkpoints: tuple[GenerationScores, ...] = ()
    """Scores of every kept checkpoint, where they were asked for."""
    sections: tuple[tuple[str, str], ...] = ()
    """More sections: titles, and bodies in HTML."""


def render(scores: GenerationScores, yardstick: Yardstick, exhibit: GenerationExhibit) -> str:
    """The page as text: a single HTML file that needs nothing else."""
    gallery = Gallery(yardstick, exhibit)
    sections = [
        ("Scores", score_table([scores]) + histogram([scores])),
        ("Examples", gallery.by_class()),
        ("Neighbors", gallery.neighbors()),
        *exhibit.sections,
        ("Checkpoints", _over_steps(exhibit.checkpoints)),
        ("Training", _figures([(c.title, figures.curves(c, COLORS)) for c in exhibit.curves])),
        ("Notes", _notes(scores)),
    ]
    introduction = (
        f"{scores.samples} examples, held against {len(yardstick.held_out)} held-out ones. "
        "Intervals are 95 % bootstrap intervals over examples."
    )
    title = exhibit.title
    return page("examples from noise", title, title, [introduction], sections, style=OWN_STYLE)


class Gallery:
    """Examples as pictures, with sound where there is any."""

    def __init__(self, yardstick: Yardstick, exhibit: GenerationExhibit):
        self.yardstick, self.exhibit = yardstick, exhibit
        self.view, self.classes = yardstick.view, yardstick.judge.classes
        self.speaks = isinstance(self.view, SpokenView)
        self.judged = yardstick.judged(exhibit.values, exhibit.labels)
        self.said = self.judged.said
        self.labels = self.said if exhibit.labels is None else exhibit.labels

    def by_class(self) -> str:
        """The first examples of each class, asked for or judged, not the best ones."""
        groups = []
        for label, name in enumerate(self.classes):
            share, body = self.of_class(label)
            groups.append(
                f'<article class="sentence"><h3>{escape(name)}<small>{share:.1%} of all</small>'
                f"</h3>{body}</article>"
            )
        how = "asked for" if self.exhibit.labels is not None else "named by the judge"
        hint = f"The first examples of each class, as {how}, with the judge's certainty."
        return f"<p class='hint'>{hint}</p>{''.join(groups)}"

    def of_class(self, label: int, color: str = OWN) -> tuple[float, str]:
        """The share of a class, and its first examples."""
        labels = self.labels
        places = np.flatnonzero(labels == label)[: SHOWN[self.speaks]]
        body = self._row(places, color) if len(places) else "<p class='hint'>None.</p>"
        return float(np.mean(labels == label)), body

    def neighbors(self) -> str:
        """Examples beside the training examples they are nearest to, the nearest pair first."""
        real = self.yardstick.real.train
        distances, places = nearest(self.judged.features, self.yardstick.training.features)
        count = NEIGHBOURS[self.speaks]
        order = np.argsort(distances)
        # The nearest of all, and then some at even ranks.
        even = np.linspace(0, len(order) - 1, count // 2).round().astype(int)
        chosen = np.unique([*range(min(count // 2, len(order))), *even])
        pairs = [(order[rank], places[order[rank]]) for rank in chosen]
        hint = (
            "Generated on the left, the nearest training example in the judge's features on the "
            "right: the nearest pairs of all first, then pairs at even ranks."
        )
        theirs = self.yardstick.examples.train.values
        ours = self._pictures(self.exhibit.values[[a for a, _ in pairs]])
        others = self._pictures(theirs[[b for _, b in pairs]])
        if not self.speaks:
            body = "".join(
                f'<figure class="pair"><img alt="generated" src="{a}">'
                f'<img alt="{escape(real.ids[place])}" src="{b}">'
                f"<span>{distances[sample]:.2f}</span></figure>"
                for (sample, place), a, b in zip(pairs, ours, others)
            )
            return f"<p class='hint'>{hint}</p><div class='thumbs'>{body}</div>"
        sounds = self.yardstick.heard(self.exhibit.values[[a for a, _ in pairs]])
        articles = []
        for (sample, place), a, b, sound in zip(pairs, ours, others, sounds):
            pair = tile("generated", a, audio_uri(sound, CLIPS.sample_rate), OWN)
            own = audio_uri(real.values[place], CLIPS.sample_rate)
            pair += tile(real.ids[place], b, own, ROW_COLORS[TRAINING])
            articles.append(
                f'<article class="sentence"><h3>distance {distances[sample]:.2f}</h3>'
                f'<div class="tiles words">{pair}</div></article>'
            )
        return f"<p class='hint'>{hint}</p>{''.join(articles)}"

    def _row(self, places: np.ndarray, color: str) -> str:
        values = self.exhibit.values[places]
        pictures = self._pictures(values)
        captions = [
            f"{self.classes[self.said[p]]} {self.judged.probabilities[p].max():.0%}" for p in places
        ]
        if not self.speaks:
            body = "".join(
                f'<figure class="thumb"><img alt="generated" src="{uri}">{escape(caption)}</figure>'
                for uri, caption in zip(pictures, captions)
            )
            return f'<div class="thumbs">{body}</div>'
        sounds = self.yardstick.heard(values)
        body = "".join(
            tile(caption, uri, audio_uri(sound, CLIPS.sample_rate), color)
            for caption, uri, sound in zip(captions, pictures, sounds)
        )
        return f'<div class="tiles words">{body}</div>'

    def _pictures(self, values: np.ndarray) -> list[str]:
        palette = "magma" if self.speaks else "gray"
        return [picture_uri(image, palette) for image in self.view.images(values)]


def score_table(every: Sequence[GenerationScores], colors: Mapping[str, str] = ROW_COLORS) -> str:
    """Scores of generators, and of what the first is held against."""
    head = "".join(
        f'<th scope="col" style="--color:var({colors.get(row, OWN)})"><i></i>{escape(row)}</th>'
        for row in (*(scores.name for scores in every), *every[0].references)
    )
    body = "".join(_score_row(every, score) for score in every[0].shown)
    return (
        f'<div class="wide"><table><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _score_row(every: Sequence[GenerationScores], score: Score) -> str:
    cells = ""
    for scores in every:
        value = scores.metrics.get(score.name, np.nan)
        bounds = scores.intervals.get(score.name)
        text = "" if bounds is None else " – ".join(show(bound, score.digits) for bound in bounds)
        cells += f"<td>{show(value, score.digits)}<small>{text}</small></td>"
    for reference in every[0].references.values():
        found = reference.get(score.name)
        cells += "<td></td>" if found is None else f"<td>{show(found, score.digits)}</td>"
    arrow = "↑" if score.higher_is_better else "↓"
    return f'<tr><th scope="row">{escape(score.label)} <small>{arrow}</small></th>{cells}</tr>'


def histogram(every: Sequence[GenerationScores], colors: Mapping[str, str] = ROW_COLORS) -> str:
    """Judged classes of generators, and of what the first is held against."""
    counts = {scores.name: scores.histogram[scores.name] for scores in every} | every[0].histogram
    shares = [
        Bars(row, colors.get(row, OWN), np.array(own) / sum(own))
        for row, own in counts.items()
        if row != NOISE
    ]
    return _figures([("Judged classes, share of all", figures.bars(shares, every[0].classes))])


def _over_steps(checkpoints: Sequence[GenerationScores]) -> str:
    drawn = []
    for score in checkpoints[0].shown if checkpoints else ():
        if score.name in OVER_STEPS:
            steps = [float(one.step or 0) for one in checkpoints]
            values = [one.metrics[score.name] for one in checkpoints]
            found = [
                Interval(v, *one.intervals.get(score.name, (np.nan, np.nan)), one.samples)
                for v, one in zip(values, checkpoints)
            ]
            lines = {"": (steps, values)}
            if all(np.isfinite(one.low) for one in found):
                lines |= {"95 %": (steps, [i.low for i in found])}
                lines |= {" ": (steps, [i.high for i in found])}
            curve = Curve(score.label, lines)
            colors = (OWN, "--baseline", "--baseline")
            drawn.append((score.label, figures.curves(curve, colors, legend=False)))
    return _figures(drawn)


def _figures(drawn: Sequence[tuple[str, str]]) -> str:
    body = "".join(
        f"<figure class='chart'><figcaption>{escape(title)}</figcaption>{svg}</figure>"
        for title, svg in drawn
        if svg
    )
    return f'<div class="figures">{body}</div>' if body else ""


def _notes(scores: GenerationScores) -> str:
    groups = [
        ("How the scores were made", notes(scores), True),
        ("What they are", [f"{score.label}: {score.about}" for score in scores.shown], False),
    ]
    return "".join(
        f"<details{' open' * opened}><summary>{title}</summary><ul>"
        f"{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul></details>"
        for title, lines, opened in groups
    )
