"""Likelihood of symbols under a recognizer's output, summed over all their timings."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from ganspeech.text.vocabulary import BLANK


def log_likelihood(log_probs: Float[np.ndarray, "steps symbols"], ids: Sequence[int]) -> float:
    """ln p(ids | audio) by the forward algorithm of CTC (Graves et al. 2006).

    `log_probs` are natural logarithms of at least one step; returns -inf where there are too few.
    """
    # Blanks before, between and after the symbols: the states that paths go through.
    states = np.full(2 * len(ids) + 1, BLANK)
    states[1::2] = ids
    # A path skips a state only to reach a symbol that differs from the one before.
    skips = np.zeros(len(states), bool)
    skips[2:] = (states[2:] != BLANK) & (states[2:] != states[:-2])
    rows = np.asarray(log_probs, np.float64)[:, states]
    never = np.full(2, -np.inf)
    reached = np.full(len(states), -np.inf)
    reached[:2] = rows[0, :2]
    for row in rows[1:]:
        padded = np.concatenate([never, reached])
        two_before = np.where(skips, padded[:-2], -np.inf)
        reached = np.logaddexp(np.logaddexp(reached, padded[1:-1]), two_before) + row
    return float(np.logaddexp.reduce(reached[-2:]))
