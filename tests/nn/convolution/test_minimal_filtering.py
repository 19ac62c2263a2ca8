"""Convolutions with fewer products equal plain ones."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn
from jax import lax

from ganspeech.nn.convolution.conv import MINIMAL, Conv1d
from ganspeech.nn.convolution.laid_out import FEWEST_CHANNELS, laid_out
from ganspeech.nn.convolution.minimal_filtering import MOST_TAPS, convolve_minimal, transformed

WIDE = FEWEST_CHANNELS


def plain(x, kernel, padding, dilation):
    return lax.conv_general_dilated(
        x,
        kernel,
        (1,),
        [padding],
        rhs_dilation=(dilation,),
        dimension_numbers=("NWC", "WIO", "NWC"),
    )


@pytest.mark.parametrize("taps", range(2, MOST_TAPS + 1))
@pytest.mark.parametrize("dilation", [1, 3])
def test_it_equals_a_plain_convolution_at_every_length(taps, dilation):
    rng = np.random.default_rng(taps)
    kernel = rng.normal(size=(taps, 16, 24)).astype(np.float32) / np.sqrt(16 * taps)
    span = (taps - 1) * dilation
    for time in range(1, 20, 3):
        x = rng.normal(size=(2, time, 16)).astype(np.float32)
        for padding in [(span // 2, span - span // 2), (span, 0)]:
            found = convolve_minimal(x, transformed(kernel), padding=padding, dilation=dilation)
            wanted = plain(x, kernel, padding, dilation)
            assert found.shape == wanted.shape
            np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_rounding_is_that_of_float32():
    rng = np.random.default_rng(0)
    for taps, worst in [(3, 1e-5), (5, 2e-5), (7, 6e-5)]:
        kernel = rng.normal(size=(taps, 192, 192)) / np.sqrt(192 * taps)
        x = rng.normal(size=(1, 400, 192))
        with jax.enable_x64(True):
            exact = np.asarray(plain(x, kernel, (0, 0), 1))
        found = convolve_minimal(
            x.astype(np.float32), transformed(kernel.astype(np.float32)), padding=(0, 0)
        )
        assert np.abs(np.asarray(found) - exact).max() < worst


def test_more_taps_than_points_are_refused():
    with pytest.raises(ValueError, match=f"needs 2 to {MOST_TAPS} taps, not {MOST_TAPS + 1}"):
        transformed(np.zeros((MOST_TAPS + 1, 2, 2), np.float32))


class Several(nn.Module):
    """Layers of which some gain."""

    @nn.compact
    def __call__(self, x):
        for name, width, settings in [
            ("gains", WIDE, {}),
            ("dilated", WIDE, {"dilation": 2}),
            ("without_bias", WIDE, {"bias": False}),
            ("strided", WIDE, {"stride": 2}),
            ("grouped", WIDE, {"groups": 2}),
            ("narrow", WIDE // 2, {}),
        ]:
            x = Conv1d(width, 5, name=name, **settings)(x)
        return Conv1d(WIDE, 1, name="one_tap")(x)

    @nn.compact
    def other(self, x):
        return Conv1d(WIDE, 5, name="elsewhere")(x)


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="kernels are laid out for CPUs")
def test_layers_that_gain_get_other_kernels_and_give_the_same():
    network, x = Several(), jax.random.normal(jax.random.key(0), (2, 37, WIDE))
    variables = network.init(jax.random.key(1), x)
    elsewhere = network.init(jax.random.key(2), x, method="other")["params"]
    variables = {"params": {**variables["params"], **elsewhere}}
    for layer in variables["params"].values():
        if "bias" in layer:
            layer["bias"] += 0.5
    before = jax.tree.map(jnp.shape, variables)
    laid = laid_out(variables, lambda variables: network.apply(variables, x))
    assert jax.tree.map(jnp.shape, variables) == before
    changed = {name for name, layer in laid["params"].items() if MINIMAL in layer}
    assert changed == {"gains", "dilated", "without_bias"}
    assert not any("kernel" in laid["params"][name] for name in changed)
    found, wanted = network.apply(laid, x), network.apply(variables, x)
    np.testing.assert_allclose(found, wanted, atol=1e-4)


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="kernels are laid out for CPUs")
def test_kernels_with_a_gain_stay():
    network, x = Conv1d(WIDE, 5, weight_norm=True), jnp.zeros((1, 8, WIDE))
    variables = network.init(jax.random.key(0), x)
    laid = laid_out(variables, lambda variables: network.apply(variables, x))
    assert "kernel" in laid["params"] and MINIMAL not in laid["params"]
