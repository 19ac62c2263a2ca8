"""Losses beside the game of reading, against values by hand; padding counts nothing."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.losses.unpaired import cluster_loss, smoothness, unused_phones

VALID = jnp.array([[True, True, True], [True, True, False]])


def padded(rows):
    """Rows `[batch, steps, phones]` with a wild value where there is padding."""
    return jnp.where(VALID[..., None], jnp.array(rows, jnp.float32), 1e3)


def test_smoothness_is_a_mean_over_pairs_of_neighbors_and_phones():
    logits = padded([[[0, 0], [1, 2], [1, 0]], [[3, 0], [0, 0], [0, 0]]])
    expected = ((1 + 4) + (0 + 4) + (9 + 0)) / (3 * 2)
    assert float(smoothness(logits, VALID)) == pytest.approx(expected)
    assert float(smoothness(logits[:, :1], VALID[:, :1])) == 0.0


def test_phones_that_are_never_read_are_a_share_of_the_inventory():
    every = padded([[[9, 0, 0], [0, 9, 0], [0, 0, 9]], [[9, 9, 9], [0, 0, 0], [0, 0, 0]]]) * 100
    one = padded(np.tile([99.0, 0, 0], (2, 3, 1)))
    assert float(unused_phones(every, VALID)) == pytest.approx(0.0, abs=1e-4)
    assert float(unused_phones(one, VALID)) == pytest.approx(2 / 3, abs=1e-4)
    assert 0 < float(unused_phones(padded(np.tile([1.0, 0, 0], (2, 3, 1))), VALID)) < 2 / 3


def test_the_cross_entropy_of_clusters_is_a_mean_over_inputs():
    logits = padded([[[0, 0], [5, 0], [0, 2]], [[1, 0], [0, 1], [0, 0]]])
    clusters = jnp.array([[0, 0, 1], [1, 1, 0]])
    logs = np.log(1 + np.exp([0.0, -5, -2, 1, -1]))
    assert float(cluster_loss(logits, clusters, VALID)) == pytest.approx(logs.mean(), rel=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_all_are_finite_float32_numbers_without_any_step(dtype):
    logits, none = jnp.ones((2, 3, 2), dtype), jnp.zeros((2, 3), bool)
    clusters = jnp.zeros((2, 3), jnp.int32)
    losses = (smoothness, unused_phones, lambda x, v: cluster_loss(x, clusters, v))
    for loss in losses:
        value, slope = jax.value_and_grad(loss)(logits, none)
        assert value.dtype == jnp.float32 and np.isfinite(value) and np.isfinite(slope).all()
