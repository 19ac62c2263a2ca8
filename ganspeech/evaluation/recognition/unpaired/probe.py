"""A probe with labels: how well a linear reader reads the same segments, given transcripts.

It says what features could give at best to a reader as simple as the generator. Where segments
begin is not known, so each phone's mean and the segments it takes are found in turn, from segments
shared out evenly, as hidden Markov models are trained (Rabiner 1989).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from ganspeech.data.unlabeled.unpaired import SILENCE
from ganspeech.evaluation.pages.choice import at_even_places
from ganspeech.evaluation.recognition.accuracy import Answer, ErrorRate, error_rate
from ganspeech.evaluation.recognition.unpaired.readings import Readings

FEWEST = 10
"""Utterances with known phones below which there is nothing to learn from."""
ROUNDS = 8
"""Times that segments are aligned anew; means hardly move afterwards."""
RIDGE = 0.01
"""Share of the mean variance that is added to each: few segments have too many directions."""

FAR = 1e9
"""Distance of phones that were not said."""
JUDGED = 400
"""Utterances whose features are looked at, evenly over all: more would only fill memory."""

Features = Float[np.ndarray, "segments width"]


def centered(features: Features) -> Features:
    """Features without their mean over the utterance, most of which is the speaker's."""
    return features - features.mean(axis=0, dtype=np.float64)


def probe(readings: Readings) -> ErrorRate | None:
    """Phone errors of a linear reader that learned from every other utterance, on the rest.

    None where too few utterances have known phones.
    """
    usable = [
        (one.id, one.features, one.phones)
        for one in readings.utterances
        if one.phones is not None and 0 < len(one.phones) <= len(one.features) - 2
    ]
    known = [(id, centered(x), phones) for id, x, phones in at_even_places(usable, JUDGED)]
    if len(known) < FEWEST:
        return None
    learned = [(features, phones) for _, features, phones in known[::2]]
    linear = _fit(learned, len(readings.phones))
    answers = []
    for id, features, phones in known[1::2]:
        best = np.argmin(linear.distances(features), axis=1)
        runs = best[np.flatnonzero(np.diff(best, prepend=-1))]
        read = readings.spaced(runs[runs != SILENCE])
        answers.append(Answer(id, readings.spaced(phones), read))
    return error_rate(answers, "phone")


@dataclass(frozen=True)
class _Linear:
    """Distances from phones that are linear in the features."""

    weights: Float[np.ndarray, "width phones"]
    bias: Float[np.ndarray, " phones"]

    def distances(self, features: Features) -> Float[np.ndarray, "segments phones"]:
        """Squared Mahalanobis distances, but for the segment's own square."""
        return self.bias - 2 * features @ self.weights


def _fit(learned: Sequence[tuple[Features, Int[np.ndarray, " phones"]]], phones: int) -> _Linear:
    features = np.concatenate([one for one, _ in learned])
    ends = np.cumsum([len(one) for one, _ in learned])[:-1]
    # Silence may be at both ends.
    rows = [np.array([SILENCE, *said, SILENCE]) for _, said in learned]
    places = [np.arange(len(one)) * len(row) // len(one) for (one, _), row in zip(learned, rows)]
    for _ in range(ROUNDS):
        linear = _linear(features, np.concatenate([r[p] for r, p in zip(rows, places)]), phones)
        parts = np.split(linear.distances(features), ends)
        places = [_aligned(far[:, row]) for far, row in zip(parts, rows)]
    return linear


def _linear(features: Features, labels: Int[np.ndarray, " segments"], phones: int) -> _Linear:
    """Of labeled segments; phones without one are far from everything."""
    seen, numbers = np.unique(labels, return_inverse=True)
    means = np.stack([features[labels == phone].mean(axis=0) for phone in seen])
    apart = features - means[numbers]
    covariance = apart.T @ apart / len(apart)
    ridge = RIDGE * np.trace(covariance) / len(covariance) + 1e-9
    own = np.linalg.solve(covariance + ridge * np.eye(len(covariance)), means.T)
    weights, bias = np.zeros((features.shape[1], phones)), np.full(phones, FAR)
    weights[:, seen], bias[seen] = own, np.sum(means.T * own, axis=0)
    return _Linear(weights, bias)


def _aligned(far: Float[np.ndarray, "segments states"]) -> Int[np.ndarray, " segments"]:
    """State of each segment, in order, none left out but those at both ends."""
    count, states = far.shape
    stayed = np.zeros((count, states), bool)
    cost = np.full(states, np.inf)
    cost[:2] = far[0, :2]
    for n in range(1, count):
        moved = np.concatenate([[np.inf], cost[:-1]])
        stayed[n] = cost <= moved
        cost = far[n] + np.minimum(cost, moved)
    state = states - 1 if cost[-1] <= cost[-2] else states - 2
    path = np.empty(count, int)
    for n in range(count - 1, -1, -1):
        path[n] = state
        state -= not stayed[n, state]
    return path
