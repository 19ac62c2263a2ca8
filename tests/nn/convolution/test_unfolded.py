"""A convolution as one product equals XLA's."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from ganspeech.nn.convolution.unfolded import Unfolded1d


@pytest.mark.parametrize("features", [3, 8], ids=["narrower out", "narrower in"])
@pytest.mark.parametrize("kernel", [1, 4, 9])
@pytest.mark.parametrize("stride, causal", [(1, False), (3, False), (1, True), (2, True)])
def test_it_is_a_convolution(features, kernel, stride, causal):
    layer = Unfolded1d(features, kernel, stride, causal)
    x = jax.random.normal(jax.random.key(0), (2, 11, 5))
    variables = layer.init(jax.random.key(1), x)
    bias = jax.random.normal(jax.random.key(2), (features,))
    params = variables["params"] | {"bias": bias}
    before = kernel - 1 if causal else (kernel - 1) // 2
    expected = lax.conv_general_dilated(
        x,
        params["kernel"],
        (stride,),
        [(before, kernel - 1 - before)],
        dimension_numbers=("NWC", "WIO", "NWC"),
    )
    found = layer.apply({"params": params}, x)
    assert found.shape == (2, -(-11 // stride), features)
    np.testing.assert_allclose(found, expected + bias[None, None], rtol=1e-4, atol=1e-5)


def test_causal_outputs_see_nothing_later():
    layer = Unfolded1d(4, 5, causal=True)
    x = jax.random.normal(jax.random.key(0), (1, 9, 3))
    variables = layer.init(jax.random.key(1), x)
    one, other = (layer.apply(variables, y) for y in (x, x.at[:, 6].add(1.0)))
    np.testing.assert_array_equal(one[:, :6], other[:, :6])
    assert (one[:, 6] != other[:, 6]).all()


def test_the_weights_decide_the_precision():
    layer = Unfolded1d(4, 3)
    x = jnp.ones((1, 5, 2))
    half = jax.tree.map(lambda leaf: leaf.astype("bfloat16"), layer.init(jax.random.key(0), x))
    assert layer.apply(half, x).dtype == jnp.bfloat16
