"""The network of the encoders: padding, layers, buckets of distances."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.recognizers.encoders.attention import bucket_of
from ganspeech.recognizers.encoders.encoder import SpeechEncoder

SMALL = SpeechEncoder(
    widths=(8, 12),
    kernels=(10, 8),
    strides=(5, 8),
    width=16,
    layers=2,
    heads=2,
    inner=20,
    position_kernel=5,
    position_groups=2,
    buckets=8,
    farthest=20,
)
LARGE = dataclasses.replace(SMALL, norm="layer", conv_bias=True, norm_first=True, buckets=0)


def drawn(network):
    audio = jnp.zeros((1, 400))
    init = jax.jit(lambda key: network.init(key, audio, jnp.array([400]), 0))
    return init(jax.random.key(0))


def test_sizes_of_the_published_convolutions():
    assert (SpeechEncoder().hop, SpeechEncoder().span) == (320, 400)
    assert SpeechEncoder().frames(16000) == 49
    assert [SMALL.frames(n) for n in (44, 45, 84, 85)] == [0, 1, 1, 2]


@pytest.mark.parametrize("network", [SMALL, LARGE])
def test_what_follows_the_end_changes_nothing(network):
    variables = drawn(network)
    audio = jax.random.normal(jax.random.key(1), (2, 700))
    lengths = jnp.array([700, 333])
    states = network.apply(variables, audio, lengths, 2)
    alone = network.apply(variables, audio[1:, :333], jnp.array([333]), 2)
    np.testing.assert_allclose(states[1, : alone.shape[1]], alone[0], atol=1e-5)


def test_a_layer_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="layer must be from 0 to 2, not 3"):
        SMALL.apply(drawn(SMALL), jnp.ones((1, 400)), jnp.array([400]), 3)


def test_layers_beyond_are_not_computed():
    variables = drawn(SMALL)
    audio, lengths = jax.random.normal(jax.random.key(1), (1, 400)), jnp.array([400])
    expected = SMALL.apply(variables, audio, lengths, 1)
    params = {name: part for name, part in variables["params"].items() if name != "layer_1"}
    np.testing.assert_array_equal(SMALL.apply({"params": params}, audio, lengths, 1), expected)


def test_buckets_are_exact_when_near_and_logarithmic_when_far():
    places = bucket_of(200, 16, 64)
    assert places.shape == (200, 200) and (np.diag(places) == 0).all()
    assert places[5, [4, 3, 2]].tolist() == [1, 2, 3]
    assert places[5, [6, 7, 8]].tolist() == [9, 10, 11]
    assert (places[199, :135] == 7).all() and (places[0, 64:] == 15).all()
    assert (np.diff(places[0, 1:]) >= 0).all()
