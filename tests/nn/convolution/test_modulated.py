import jax
import numpy as np
import pytest

from ganspeech.nn.convolution.modulated import ModulatedConv1d

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 10, 4)).astype(np.float32)
STYLE = RNG.normal(size=(3, 5)).astype(np.float32)


@pytest.mark.parametrize("demodulate", [True, False])
def test_every_example_has_a_kernel_of_its_own(demodulate):
    layer = ModulatedConv1d(6, demodulate=demodulate)
    variables = layer.init(jax.random.key(0), X, STYLE)
    bias = RNG.normal(size=6).astype(np.float32)
    variables["params"]["bias"] = bias
    made = layer.apply(variables, X, STYLE)
    params = jax.tree.map(np.asarray, variables["params"])
    scales = 1 + STYLE @ params["style"]["kernel"] + params["style"]["bias"]
    for x, scale, y in zip(X, scales, made):
        own = params["kernel"] * scale[:, None]
        if demodulate:
            own /= np.sqrt((own**2).sum((0, 1)))
        padded = np.pad(x, ((1, 1), (0, 0)))
        expected = sum(padded[tap : tap + len(x)] @ own[tap] for tap in range(3)) + bias
        np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)


def test_a_demodulated_style_does_not_make_it_louder():
    layer = ModulatedConv1d(6)
    variables = layer.init(jax.random.key(0), X, STYLE)
    variables["params"]["style"]["bias"] = np.full(4, -1, np.float32)
    quiet, loud = (layer.apply(variables, X, factor * STYLE) for factor in (1, 10))
    np.testing.assert_allclose(quiet, loud, rtol=1e-4, atol=1e-5)
