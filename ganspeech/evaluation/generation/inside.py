"""Looking inside: what a generator makes of its noise, and what its discriminators look at.

Sections for the page of a run that generates from noise, each a title and a body in HTML.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import jax
import numpy as np

from ganspeech.data.examples import Examples, Labeled
from ganspeech.evaluation.generation import inside_discriminators
from ganspeech.evaluation.generation.latent import along, between, sensitive_directions
from ganspeech.evaluation.generation.metrics import nearest
from ganspeech.evaluation.pages.strips import Shown, article, hint
from ganspeech.runs.folder import Run
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.representations import SpokenView, View

WAYS, DIRECTIONS, CLASS_ROWS = 3, 3, 3
"""Rows of interpolation, of traversal, and of the same noise with every class."""
STEPS = 7
"""Examples of a row of either of the first two."""
FARTHEST = 3.0
"""Deviations of the prior that a traversal goes to either side."""
NEIGHBOURS = {True: 4, False: 12}
"""Fresh examples that are shown beside their nearest training example, with sound or without."""
JUDGED = 4
"""Real and generated examples whose saliency is shown."""
AT_ONCE = 1024
"""Training examples whose pictures are held in memory."""


@dataclass(frozen=True)
class _Row:
    """Noise whose examples are shown side by side."""

    title: str
    noise: np.ndarray
    labels: np.ndarray
    captions: tuple[str, ...]


def sections(run: Run, examples: Examples, *, seed: int = 0) -> list[tuple[str, str]]:
    """Interpolation, traversal, classes, neighbors, saliency and feature maps of a run.

    `examples` are those of the run's task. What cannot be, is left out: classes without classes,
    and the last two without discriminators. ValueError for a run of another task.
    """
    task = run.experiment.task
    if not isinstance(task, Generation):
        raise ValueError(f"{run.folder} was not trained to generate from noise")
    fresh = NEIGHBOURS[isinstance(task.view, SpokenView)]
    noise = np.asarray(task.draw(jax.random.split(jax.random.key(seed), 2 * WAYS + fresh)))
    groups = {
        "Interpolation": _interpolations(task, noise),
        "Traversal": _traversals(run, task, noise[0]),
        "Classes": _every_class(task, noise, examples.classes),
    }
    rows = [row for group in groups.values() for row in group]
    rows.append(_Row("fresh", noise[-fresh:], _labels(task, fresh), ()))
    values = task.generate(
        run.experiment.generator,
        run.variables,
        np.concatenate([row.noise for row in rows]),
        np.concatenate([row.labels for row in rows]),
    )
    made = Labeled(
        values[-fresh:], rows[-1].labels, tuple(f"example {n + 1}" for n in range(fresh))
    )
    distances, places = nearest_pictures(task.view, made.values, examples.train.values)
    neighbors = examples.train.take(places)
    shown = Shown(task.view, examples.scale, np.concatenate([values, neighbors.values]))
    bodies, start = [], 0
    for title, group in groups.items():
        if group:
            bodies.append((title, hint(HINTS[title]) + _strips(title, group, shown, start)))
        start += sum(len(row.noise) for row in group)
    pairs = [
        _pair(shown, (start + n, len(values) + n), neighbors, n, examples.classes, distance)
        for n, distance in enumerate(distances)
    ]
    body = f'<div class="pairs-of">{"".join(pairs)}</div>'
    bodies.append((PICTURES, hint(HINTS[PICTURES]) + body))
    if run.discriminators:
        real = _one_of_each_class(examples.held_out if len(examples.held_out) else examples.train)
        made = made.take(range(min(JUDGED, fresh)))
        bodies += inside_discriminators.sections(run, task, real, made)
    return bodies


PICTURES = "Nearest pictures"
HINTS = {
    "Interpolation": "From one noise vector to another in even steps: along the sphere near which "
    "normal noise lies (White 2016), straight for even noise. Examples that change smoothly, and "
    "look real in between, say that the generator has not learned a list by heart.",
    "Traversal": "From the first noise vector to either side, by so many deviations of the prior, "
    "in the directions in which the output changes most there: the leading right-singular vectors "
    "of the generator's Jacobian (Ramesh et al. 2018). Gain: how far the output moves, in "
    "Euclidean distance, for a step of 1.",
    "Classes": "The same noise with every class asked for.",
    PICTURES: "Fresh examples, each beside the training example whose picture is nearest "
    "in Euclidean distance, as the view shows it. A copy would be at distance 0.",
}


def nearest_pictures(
    view: View, values: np.ndarray, training: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Euclidean distances from the pictures of examples to the nearest of a training set's.

    Beside them the places of the nearest in the training set.
    """
    pictures = view.images(values).reshape(len(values), -1)
    distances, places = np.full(len(values), np.inf), np.zeros(len(values), np.int64)
    for start in range(0, len(training), AT_ONCE):
        piece = view.images(training[start : start + AT_ONCE])
        found, where = nearest(pictures, piece.reshape(len(piece), -1))
        nearer = found < distances
        distances[nearer], places[nearer] = found[nearer], where[nearer] + start
    return distances, places


def _strips(title: str, rows: Sequence[_Row], shown: Shown, start: int) -> str:
    """Rows of tiles; `start` is the place of the first of them among all that is shown."""
    strips = []
    for row in rows:
        tiles = [
            shown.tile(start + n, caption, f"{title}, {row.title}: {caption}")
            for n, caption in enumerate(row.captions)
        ]
        strips.append(article(escape(row.title), tiles))
        start += len(tiles)
    return "".join(strips)


def _pair(
    shown: Shown,
    at: tuple[int, int],
    neighbors: Labeled,
    place: int,
    classes: Sequence[str],
    distance: float,
) -> str:
    name = neighbors.ids[place]
    tiles = [
        shown.tile(at[0], "generated", f"generated example {place + 1}"),
        shown.tile(at[1], classes[neighbors.labels[place]], f"training example {name}"),
    ]
    return article(f"{escape(name)} <small>distance {distance:.2f}</small>", tiles)


def _labels(task: Generation, count: int) -> np.ndarray:
    return np.arange(count, dtype=np.int32) % max(task.classes, 1)


def _interpolations(task: Generation, noise: np.ndarray) -> list[_Row]:
    captions = tuple(f"{share:.0%}" for share in np.linspace(0, 1, STEPS))
    return [
        _Row(
            f"way {n + 1}",
            between(task.prior, noise[2 * n], noise[2 * n + 1], STEPS),
            np.full(STEPS, label, np.int32),
            captions,
        )
        for n, label in enumerate(_labels(task, WAYS))
    ]


def _traversals(run: Run, task: Generation, point: np.ndarray) -> list[_Row]:
    label = task.condition()

    def generate(one: jax.Array) -> jax.Array:
        return run.experiment.generator.apply(run.variables, one[None], label)[0]

    directions, gains = sensitive_directions(generate, point, min(DIRECTIONS, task.latent))
    places = np.linspace(-FARTHEST, FARTHEST, STEPS)
    captions = tuple(f"{place:+g}".replace("-", "−").replace("+0", "0") for place in places)
    return [
        _Row(
            f"direction {n + 1}, gain {gain:.3g}",
            along(task.prior, point, direction, places),
            np.zeros(STEPS, np.int32),
            captions,
        )
        for n, (direction, gain) in enumerate(zip(directions, gains))
    ]


def _every_class(task: Generation, noise: np.ndarray, classes: tuple[str, ...]) -> list[_Row]:
    labels = np.arange(task.classes, dtype=np.int32)
    return [
        _Row(f"noise {n + 1}", np.repeat(noise[n][None], len(labels), 0), labels, classes)
        for n in range(CLASS_ROWS if task.classes else 0)
    ]


def _one_of_each_class(examples: Labeled) -> Labeled:
    _, places = np.unique(examples.labels, return_index=True)
    return examples.take(places[:JUDGED])
