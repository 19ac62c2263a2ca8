"""Where segments begin, by chance or as is likeliest."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.nn.masked import valid_places
from ganspeech.recognizers.boundary_policy import (
    BoundaryPolicy,
    changes,
    drawn_starts,
    free_places,
    likely_starts,
)

LENGTHS = jnp.array([6, 4])
LOGITS = jnp.array([[-9, 2, -1, 0.5, -3, 1], [1, -2, 3, -1, 9, 9.0]])


def test_the_first_frame_begins_a_segment_and_no_padding_does():
    likely = likely_starts(LOGITS, LENGTHS)
    assert likely.tolist() == [
        [True, True, False, True, False, True],
        [True, False, True, False, False, False],
    ]
    free = free_places(LENGTHS, 6)
    assert free.sum(1).tolist() == [5, 3] and not free[:, 0].any()


def test_draws_are_as_often_as_they_are_likely():
    drawn = drawn_starts(LOGITS, LENGTHS, jax.random.split(jax.random.key(0), 2), 4000)
    chances = np.where(free_places(LENGTHS, 6), jax.nn.sigmoid(LOGITS), 0)
    chances[:, 0] = 1
    np.testing.assert_allclose(drawn.mean(1), chances, atol=0.03)


def test_changes_are_distances_from_earlier_frames():
    x = jnp.array([[[0.0], [2], [2], [5], [7]], [[1], [1], [3], [9], [9]]])
    found = changes(x, valid_places(jnp.array([5, 3]), 5), 2)
    lags = np.array(
        [[[0, 0], [4, 0], [0, 4], [9, 9], [4, 25]], [[0, 0], [0, 0], [4, 4], [0, 0], [0, 0]]]
    )
    for row, expected in zip(found, lags.astype(float)):
        np.testing.assert_allclose(row, expected / expected[expected > 0].mean(), rtol=1e-5)
    assert changes(x[:, :1], jnp.ones((2, 1), bool), 4).shape == (2, 1, 4)


@pytest.mark.parametrize("lags", [0, 2])
def test_padding_changes_nothing(lags):
    x = jax.random.normal(jax.random.key(1), (2, 6, 3))
    policy = BoundaryPolicy(8, 5, lags)
    variables = policy.init(jax.random.key(2), x, LENGTHS)
    one = policy.apply(variables, x, LENGTHS)
    other = policy.apply(variables, x.at[1, 4:].set(50.0), LENGTHS)
    np.testing.assert_allclose(one[1, :4], other[1, :4], rtol=1e-5)
    longer = policy.apply(variables, jnp.pad(x, ((0, 0), (0, 5), (0, 0))), LENGTHS)
    np.testing.assert_allclose(one[0], longer[0, :6], rtol=1e-4, atol=1e-5)
