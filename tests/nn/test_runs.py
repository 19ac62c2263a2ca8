"""Means of runs that begin where they are told to."""

import jax.numpy as jnp
import numpy as np

from ganspeech.nn.masked import valid_places
from ganspeech.nn.runs import means_of_runs


def test_runs_are_averaged_and_padding_is_left_out():
    x = jnp.arange(12.0).reshape(2, 6, 1)
    starts = jnp.array([[1, 0, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0]], bool)
    means, count = means_of_runs(x, starts, valid_places(jnp.array([6, 3]), 6))
    assert count.tolist() == [3, 1]
    np.testing.assert_allclose(means[..., 0], [[0.5, 2, 4, 0, 0, 0], [7, 0, 0, 0, 0, 0]])
