"""Location-variable convolution against a convolution of each sample's own."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.nn.convolution.forms import convolve, same_padding
from ganspeech.nn.convolution.location_variable import location_variable_convolution

pytestmark = pytest.mark.accelerator


def draw(*shape, seed):
    return jax.random.normal(jax.random.key(seed), shape)


@pytest.mark.parametrize(("hop", "taps"), [(4, 3), (1, 3), (2, 5), (3, 1)])
def test_each_frame_hears_its_own_kernel(hop, taps):
    x, kernels = draw(2, 5 * hop, 4, seed=0), draw(2, 5, taps, 4, 6, seed=1)
    biases = draw(2, 5, 6, seed=2)
    y = location_variable_convolution(x, kernels, biases)
    assert y.shape == (2, 5 * hop, 6)
    padding = same_padding((taps,), (1,))
    for b in range(2):
        for frame in range(5):
            kept = slice(frame * hop, (frame + 1) * hop)
            kernel = kernels[b, frame]
            whole = convolve(x[b : b + 1], kernel, strides=(1,), padding=padding, dilation=(1,))
            expected = whole[0, kept] + biases[b, frame][None]
            np.testing.assert_allclose(y[b, kept], expected, atol=1e-5)


def test_the_kernels_decide_the_precision():
    x, kernels, biases = draw(1, 8, 4, seed=0), draw(1, 2, 3, 4, 6, seed=1), draw(1, 2, 6, seed=2)
    half = [jnp.bfloat16(a) for a in (kernels, biases)]
    assert location_variable_convolution(x, *half).dtype == jnp.bfloat16
