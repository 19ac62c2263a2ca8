"""Scores of generated examples, from what a classifier makes of them: arrays in, numbers out.

Features are `[examples, width]`, probabilities `[examples, classes]`, labels int `[examples]`.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

Features = Float[np.ndarray, "examples width"]
Probabilities = Float[np.ndarray, "examples classes"]
Labels = Int[np.ndarray, " examples"]

QUANTILE = 0.05
"""Quantile of held-out examples' distances to the training examples: nearer is suspicious."""
_BLOCK = 1024


@dataclass(frozen=True)
class Score:
    """How a score is shown, and what it means."""

    name: str
    label: str
    higher_is_better: bool
    digits: int
    about: str


SCORES = (
    Score(
        "inception_score",
        "Inception score",
        True,
        2,
        "exp of the mean divergence of p(class | example) from p(class), with our own classifier "
        "(Salimans et al. 2016): 1 for nothing, the number of classes at best.",
    ),
    Score(
        "inception_share",
        "Inception score, share of real",
        True,
        3,
        "The inception score divided by that of as many held-out examples.",
    ),
    Score(
        "frechet_distance",
        "Fréchet distance",
        False,
        2,
        "Between normal distributions of the classifier's features, generated and held-out (Heusel "
        "et al. 2017). It has no meaning for another classifier; the training row is what real "
        "examples get.",
    ),
    Score(
        "diversity",
        "Diversity in a class",
        True,
        3,
        "Mean distance between features of two examples of one judged class, as a multiple of the "
        "held-out examples' own, averaged over the classes that are there.",
    ),
    Score(
        "class_entropy",
        "Class entropy",
        True,
        3,
        "Of the judged classes, as a share of that of equally frequent ones.",
    ),
    Score(
        "class_distance",
        "Class imbalance",
        False,
        3,
        "Total variation distance of the judged classes from equally frequent ones: 0 at best.",
    ),
    Score(
        "accuracy",
        "Class as asked",
        True,
        3,
        "Share of examples judged to be of the class that was asked for, or that they are labeled "
        "with.",
    ),
    Score(
        "memorized",
        "Too near the training data",
        False,
        3,
        "Share of examples nearer, in features, to some training example than 95 % of the held-out "
        "ones are: about 0.05 for new examples, 1 for copies. Typical examples are near others "
        "without being copies, so values somewhat above 0.05 prove nothing.",
    ),
)
"""In the order of the tables."""


def inception_score(probabilities: Probabilities) -> float:
    """exp(E KL(p(y | x) || p(y))) (Salimans et al. 2016), from 1 to the number of classes."""
    p = np.asarray(probabilities, np.float64)
    marginal = p.mean(0, keepdims=True)
    tiny = np.finfo(np.float64).tiny
    divergence = (p * (np.log(np.maximum(p, tiny)) - np.log(np.maximum(marginal, tiny)))).sum(1)
    return float(np.exp(divergence.mean()))


@dataclass(frozen=True)
class Normal:
    """A normal distribution fitted to features, in float64."""

    mean: Float[np.ndarray, " width"]
    covariance: Float[np.ndarray, "width width"]

    @functools.cached_property
    def root(self) -> Float[np.ndarray, "width width"]:
        """The symmetric square root of the covariance."""
        eigenvalues, vectors = np.linalg.eigh(self.covariance)
        return (vectors * np.sqrt(np.maximum(eigenvalues, 0))[None]) @ vectors.T


def fit(features: Features) -> Normal:
    """The normal distribution of features; `ValueError` for fewer than two examples."""
    if len(features) < 2:
        raise ValueError("a Fréchet distance needs two examples or more on either side")
    x = np.asarray(features, np.float64)
    return Normal(x.mean(0), np.atleast_2d(np.cov(x, rowvar=False)))


def frechet_distance(ours: Normal, theirs: Normal) -> float:
    """Distance of two normal distributions, squared (Heusel et al. 2017).

    `|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))`. The trace of the root is that of
    `(C2^(1/2) C1 C2^(1/2))^(1/2)`, which is symmetric, so that singular covariances do no harm. It
    grows as there are fewer examples: compare equal counts.
    """
    eigenvalues = np.linalg.eigvalsh(theirs.root @ ours.covariance @ theirs.root)
    overlap = np.sqrt(np.maximum(eigenvalues, 0)).sum()
    apart = ((ours.mean - theirs.mean) ** 2).sum()
    spread = np.trace(ours.covariance) + np.trace(theirs.covariance)
    return float(max(apart + spread - 2 * overlap, 0.0))


def intra_class_diversity(
    features: Features, labels: Labels, classes: int
) -> Float[np.ndarray, " classes"]:
    """Mean Euclidean distance of two different examples of each class; NaN for fewer than two.

    A mean over pairs, so that it does not depend on the count of examples. (Mode collapse within a
    class, as Odena et al. 2017 look for it, makes it small.)
    """
    found = np.full(classes, np.nan)
    for label in range(classes):
        own = features[labels == label]
        if len(own) > 1:
            total = sum(float(block.sum()) for _, block in _distances(own, own))
            found[label] = total / (len(own) * (len(own) - 1))
    return found


def class_counts(labels: Labels, classes: int) -> Int[np.ndarray, " classes"]:
    """Number of examples of each class."""
    return np.bincount(labels, minlength=classes)


def class_entropy(labels: Labels, classes: int) -> float:
    """Entropy of the classes as a share of the largest possible, 0 to 1."""
    shares = class_counts(labels, classes) / len(labels)
    shares = shares[shares > 0]
    return float(-(shares * np.log(shares)).sum() / np.log(classes)) + 0.0


def class_distance(labels: Labels, classes: int) -> float:
    """Total variation distance of the classes from the uniform distribution, 0 to 1."""
    return float(np.abs(class_counts(labels, classes) / len(labels) - 1 / classes).sum() / 2)


def nearest(
    queries: Features, base: Features
) -> tuple[Float[np.ndarray, " queries"], Int[np.ndarray, " queries"]]:
    """Euclidean distance from each query to its nearest neighbor in `base`, and its place."""
    distances, places = np.empty(len(queries)), np.empty(len(queries), np.int64)
    for start, block in _distances(queries, base):
        rows = slice(start, start + len(block))
        places[rows] = block.argmin(1)
        distances[rows] = block.min(1)
    return distances, places


def memorized(
    distances: Float[np.ndarray, " samples"], held_out: Float[np.ndarray, " held_out"]
) -> Float[np.ndarray, " samples"]:
    """1 for each sample nearer to a training example than held-out ones typically are, else 0.

    Both arrays are distances to the nearest training example; the bound is the held-out ones' 5 %
    quantile. (Meehan et al. 2020 compare the same two samples of distances.)
    """
    return (distances < np.quantile(held_out, QUANTILE)).astype(np.float64)


def _distances(
    queries: Features, base: Features
) -> Iterator[tuple[int, Float[np.ndarray, "block base"]]]:
    """Euclidean distances of some queries at once, so that memory stays bounded."""
    # From the middle of the base, or the squares of large values would swallow small distances.
    middle = base.mean(0, dtype=np.float64, keepdims=True)
    a, b = queries - middle, base - middle
    squares = (b**2).sum(1)
    for start in range(0, len(a), _BLOCK):
        block = a[start : start + _BLOCK]
        squared = (block**2).sum(1)[:, None] + squares[None] - 2 * block @ b.T
        # What rounding leaves of the distance between equal examples is none.
        squared[squared < 1e-10 * (squares.mean() + 1e-300)] = 0
        yield start, np.sqrt(squared)
