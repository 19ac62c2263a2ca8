"""Layers whose largest singular value is 1."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.nn.convolution.conv import Conv1d, Conv2d
from ganspeech.nn.dense import Dense
from ganspeech.nn.normalization.spectral_norm import COLLECTION


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Dense(7, bias=False, spectral_norm=True), (4, 5)),
        (Conv1d(6, 3, spectral_norm=True), (2, 9, 4)),
        (Conv2d(6, (3, 3), (2, 2), spectral_norm=True), (2, 8, 8, 2)),
    ],
    ids=["dense", "conv1d", "conv2d"],
)
def test_the_largest_singular_value_becomes_one(layer, shape):
    x = jax.random.normal(jax.random.key(0), shape)
    variables = layer.init(jax.random.key(1), x)
    for _ in range(60):
        _, changed = layer.apply(variables, x, mutable=[COLLECTION])
        variables = variables | changed
    plain = layer.clone(spectral_norm=False)
    kernel = variables["params"]["kernel"]
    largest = np.linalg.norm(np.asarray(kernel).reshape(-1, kernel.shape[-1]), 2)
    expected = plain.apply({"params": variables["params"] | {"kernel": kernel / largest}}, x)
    np.testing.assert_allclose(layer.apply(variables, x), expected, atol=1e-4)


def test_the_direction_moves_only_where_it_may():
    layer, x = Dense(4, spectral_norm=True), jnp.ones((1, 3))
    variables = layer.init(jax.random.key(0), x)
    layer.apply(variables, x)
    _, changed = layer.apply(variables, x, mutable=[COLLECTION])
    before = variables[COLLECTION]["direction"]
    assert np.any(changed[COLLECTION]["direction"] != before)
    # A kernel twice as large gives the same layer, so its gradient is across it.
    loss = lambda params: jnp.sum(layer.apply(variables | {"params": params}, x) ** 2)  # noqa: E731
    gradient = jax.grad(loss)(variables["params"])["kernel"]
    assert float(jnp.sum(gradient * variables["params"]["kernel"])) == pytest.approx(0, abs=1e-5)
