"""Stored statistics: used, not learned."""

import jax
import numpy as np

from ganspeech.nn.normalization.standardize import Standardize


def test_it_takes_out_the_stored_statistics():
    x = jax.random.normal(jax.random.key(0), (2, 7, 3))
    variables = Standardize().init(jax.random.key(0), x)
    assert set(variables) == {"statistics"}
    np.testing.assert_array_equal(Standardize().apply(variables, x), x)
    mean, scale = np.float32([1, 2, 3]), np.float32([0.5, 2, 4])
    variables = {"statistics": {"mean": mean, "scale": scale}}
    expected = (np.asarray(x) - mean) / scale
    np.testing.assert_allclose(Standardize().apply(variables, x), expected, rtol=1e-6)
