"""Rewards of transcripts made by hand."""

import jax.numpy as jnp
import numpy as np

from ganspeech.tasks.unlabeled.boundary_rewards import Transcripts, rewards

BEFORE = Transcripts(jnp.array([[1, 2, 1, 2], [1, 1, 0, 0], [0, 0, 0, 0]]), jnp.array([4, 2, 0]))
FOUND = Transcripts(jnp.array([[1, 2, 2, 0], [1, 1, 0, 0], [2, 1, 0, 0]]), jnp.array([3, 2, 2]))
TABLE = jnp.log(jnp.array([[0.1, 0.6, 0.3], [0.2, 0.1, 0.7], [0.5, 0.4, 0.1]]))
"""Of pairs, in the order end (or beginning), 1, 2."""


def test_they_are_what_one_counts_by_hand():
    found = rewards(TABLE, FOUND, BEFORE)
    np.testing.assert_allclose(found.edits, [-1 / 4, 0, -2])
    np.testing.assert_allclose(found.length, [3 / 4, 1, -1])
    before = np.log([0.6, 0.7, 0.4, 0.7, 0.5]).mean(), np.log([0.6, 0.1, 0.2]).mean(), np.log(0.1)
    after = np.log([0.6, 0.7, 0.1, 0.5]).mean(), before[1], np.log([0.3, 0.4, 0.2]).mean()
    np.testing.assert_allclose(found.likelihood, np.subtract(after, before), atol=1e-6)
