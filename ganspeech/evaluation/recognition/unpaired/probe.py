"""A probe with labels: how well a linear reader reads the same segments, given transcripts.

It says what features could give at best to a reader as simple as the generator. Where segments
begin is not known, so each phone's mean and the segments it takes are found in turn, from segments
shared out evenly, as hidden Markov models are trained (Rabiner 1989).
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from ganspeech.data.unlabeled.unpaired import SILENCE
from ganspeech.evaluation.recognition.accuracy import Answer, ErrorRate, error_rate
from ganspeech.evaluation.recognition.unpaired.readings import Readings

FEWEST = 10
"""Utterances with known phones below which there is nothing to learn from."""
ROUNDS = 8
"""Times that segments are aligned anew; means hardly move afterwards."""
RIDGE = 0.01
"""Share of the mean variance that is added to each: few segments have too many directions."""

Features = Float[np.ndarray, "segments width"]


def centered(features: Features) -> Features:
    """Features without their mean over the utterance, most of which is the speaker's."""
    return features - features.mean(axis=0, dtype=np.float64)


def probe(readings: Readings) -> ErrorRate | None:
    """Phone errors of a linear reader that learned from every other utterance, on the rest.

    None where too few utterances have known phones.
    """
    known = [
        (one.id, centered(one.features), one.phones)
        for one in readings.utterances
        if one.phones is not None and 0 < len(one.phones) <= len(one.features) - 2
    ]
    if len(known) < FEWEST:
        return None
    learned = [(features, phones) for _, features, phones in known[::2]]
    means, inverse = _fit(learned, len(readings.phones))
    seen = np.flatnonzero(np.isfinite(means[:, 0]))
    weights = inverse @ means[seen].T
    bias = -0.5 * np.sum(means[seen].T * weights, axis=0)
    answers = []
    for id, features, phones in known[1::2]:
        best = seen[np.argmax(features @ weights + bias, axis=1)]
        runs = best[np.flatnonzero(np.diff(best, prepend=-1))]
        read = readings.spaced(runs[runs != SILENCE])
        answers.append(Answer(id, readings.spaced(phones), read))
    return error_rate(answers, "phone")


def _fit(
    learned: Sequence[tuple[Features, Int[np.ndarray, " phones"]]], phones: int
) -> tuple[Float[np.ndarray, "phones width"], Float[np.ndarray, "width width"]]:
    """Mean of each phone's segments, NaN for one that is not said, and their inverse covariance."""
    features = np.concatenate([one for one, _ in learned])
    # Silence may be at both ends.
    rows = [np.array([SILENCE, *said, SILENCE]) for _, said in learned]
    places = [np.arange(len(one)) * len(row) // len(one) for (one, _), row in zip(learned, rows)]
    inverse = _inverse(features)
    for _ in range(ROUNDS):
        labels = np.concatenate([row[place] for row, place in zip(rows, places)])
        means = np.full((phones, features.shape[1]), np.nan)
        for phone in np.unique(labels):
            means[phone] = features[labels == phone].mean(axis=0)
        inverse = _inverse(features - means[labels])
        places = [_aligned(one, means[row], inverse) for (one, _), row in zip(learned, rows)]
    return means, inverse


def _inverse(x: Features) -> Float[np.ndarray, "width width"]:
    covariance = x.T @ x / len(x)
    ridge = RIDGE * np.trace(covariance) / len(covariance) + 1e-9
    return np.linalg.inv(covariance + ridge * np.eye(len(covariance)))


def _aligned(
    features: Features,
    means: Float[np.ndarray, "states width"],
    inverse: Float[np.ndarray, "width width"],
) -> Int[np.ndarray, " segments"]:
    """State of each segment, in order, none left out but those at both ends."""
    far = np.sum((means @ inverse) * means, axis=1) - 2 * features @ inverse @ means.T
    far = np.where(np.isfinite(far), far, 1e9)
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
