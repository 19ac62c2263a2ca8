"""Likelihood of symbols under a recognizer's output over all their timings, and the likeliest."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from ganspeech.text.vocabulary import BLANK


def log_likelihood(log_probs: Float[np.ndarray, "steps symbols"], ids: Sequence[int]) -> float:
    """ln p(ids | audio) by the forward algorithm of CTC (Graves et al. 2006).

    `log_probs` are natural logarithms of at least one step; returns -inf where there are too few.
    """
    rows, skips = _lattice(log_probs, ids)
    reached = _first(rows)
    for row in rows[1:]:
        reached = np.logaddexp.reduce(_before(reached, skips)) + row
    return float(np.logaddexp.reduce(reached[-2:]))


def likeliest_timing(
    log_probs: Float[np.ndarray, "steps symbols"], ids: Sequence[int]
) -> Int[np.ndarray, " ids"]:
    """First step of each symbol on the likeliest path of CTC that reads `ids`.

    Raises ValueError where the steps are too few for them.
    """
    rows, skips = _lattice(log_probs, ids)
    reached, origins = _first(rows), []
    for row in rows[1:]:
        before = _before(reached, skips)
        origins.append(before.argmax(axis=0))
        reached = before.max(axis=0) + row
    state = len(reached) - 1
    if len(ids) and reached[-2] > reached[-1]:
        state -= 1
    if reached[state] == -np.inf:
        raise ValueError(f"{len(rows)} steps are too few for {len(ids)} symbols")
    firsts = np.zeros(len(ids), int)
    for step in range(len(rows) - 1, -1, -1):
        if state % 2:
            firsts[state // 2] = step
        if step:
            state -= int(origins[step - 1][state])
    return firsts


def _lattice(
    log_probs: Float[np.ndarray, "steps symbols"], ids: Sequence[int]
) -> tuple[Float[np.ndarray, "steps states"], Bool[np.ndarray, " states"]]:
    """Log-probabilities of the states that paths go through, and which may be reached by a skip.

    The states are blanks before, between and after the symbols, and the symbols.
    """
    states = np.full(2 * len(ids) + 1, BLANK)
    states[1::2] = ids
    # A path skips a state only to reach a symbol that differs from the one before.
    skips = np.zeros(len(states), bool)
    skips[2:] = (states[2:] != BLANK) & (states[2:] != states[:-2])
    return np.asarray(log_probs, np.float64)[:, states], skips


def _first(rows: Float[np.ndarray, "steps states"]) -> Float[np.ndarray, " states"]:
    """Scores after one step: a path begins with a blank or the first symbol."""
    reached = np.full(rows.shape[1], -np.inf)
    reached[:2] = rows[0, :2]
    return reached


def _before(
    reached: Float[np.ndarray, " states"], skips: Bool[np.ndarray, " states"]
) -> Float[np.ndarray, "3 states"]:
    """Scores of the states that each may come from: itself, the one before, and that before it."""
    padded = np.concatenate([np.full(2, -np.inf), reached])
    return np.stack([reached, padded[1:-1], np.where(skips, padded[:-2], -np.inf)])
