"""Fronts: padding stays out, frozen weights stay, noise is drawn only while a recognizer learns."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.discriminators.feature_patch import FeaturePatchDiscriminator
from ganspeech.generators.feature_enhancer import FeatureEnhancer
from ganspeech.generators.noise_maker import NoiseMaker
from ganspeech.nn.axis import AXIS
from ganspeech.nn.draws import STREAM
from ganspeech.nn.spec_augment import NO_MASKS
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.recognizers.front import Enhanced, Fronted, MadeNoisy, Maps

CHANNELS, SYMBOLS, STRIDE = 12, 5, 4
RECOGNIZER = ConvolutionalRecognizer(width=8, blocks=1, dropout=0.0, masks=NO_MASKS)
PATCH = FeaturePatchDiscriminator((4, 8))
FRONTS = {
    "enhanced": Enhanced(FeatureEnhancer(8)),
    "hybrid": Enhanced(FeatureEnhancer(8), beside=True),
    "made-noisy": MadeNoisy(NoiseMaker(8)),
    "first-maps": Maps(PATCH, layer=0),
    "maps": Maps(PATCH, layer=1),
    "normed": Maps(PATCH.clone(spectral_norm=True)),
}
LENGTHS = jnp.array([21, 13])
FEATURES = jax.random.normal(jax.random.key(0), (2, 21, CHANNELS))
each = pytest.mark.parametrize("front", FRONTS.values(), ids=FRONTS.keys())


def first(network):
    init = jax.jit(lambda key: network.init(key, FEATURES, LENGTHS, SYMBOLS, STRIDE))
    return init(jax.random.key(1))


def heard(network, variables, features, keys=None):
    """What a recognizer says; with a key as while it learns."""
    rngs = None if keys is None else {STREAM: keys}

    def hear(features):
        return network.apply(variables, features, LENGTHS, SYMBOLS, STRIDE, rngs=rngs)

    if rngs is None:
        return jax.jit(hear)(features)
    return jax.jit(jax.vmap(hear, axis_name=AXIS))(features[None])


@each
def test_padding_changes_nothing(front):
    network = Fronted(front, RECOGNIZER)
    variables = first(network)
    inside = (jnp.arange(21)[None] < LENGTHS[:, None])[..., None]
    rubbish = jnp.where(inside, FEATURES, 30.0)
    longer = jnp.pad(rubbish, ((0, 0), (0, 18), (0, 0)), constant_values=-30.0)
    short, long = (heard(network, variables, x) for x in (FEATURES, longer))
    assert list(short.lengths) == list(long.lengths) == [6, 4]
    for n, steps in enumerate(short.lengths):
        np.testing.assert_allclose(
            short.logits[n, :steps], long.logits[n, :steps], rtol=1e-4, atol=1e-5
        )


@each
def test_its_weights_are_kept_apart_and_can_be_exchanged(front):
    for learns in (False, True):
        network = Fronted(front, RECOGNIZER, learns)
        variables = first(network)
        assert ("front" in variables["params"]) == learns
        assert ("frozen" in variables) == (not learns or front is FRONTS["normed"])
        inner = network.front_of(variables)
        others = jax.tree.map(lambda leaf: leaf + 1, inner)
        changed = network.with_front(variables, others)
        assert jax.tree.structure(changed) == jax.tree.structure(variables)
        assert jax.tree.all(jax.tree.map(jnp.array_equal, network.front_of(changed), others))
        same = changed["params"]["recognizer"], variables["params"]["recognizer"]
        assert jax.tree.all(jax.tree.map(jnp.array_equal, *same))


@pytest.mark.parametrize("learns", [False, True])
def test_only_a_front_that_learns_has_a_gradient(learns):
    network = Fronted(FRONTS["maps"], RECOGNIZER, learns)
    variables = first(network)

    @jax.grad
    def gradient(features):
        return jnp.sum(heard(network, variables, features).logits ** 2)

    assert bool(jnp.any(gradient(FEATURES))) == learns


def test_noise_is_laid_over_its_share_of_what_is_learned_from():
    plain, keys = {}, jax.random.key(5)
    for share in (0.0, 1.0):
        network = Fronted(MadeNoisy(NoiseMaker(8), share), RECOGNIZER)
        variables = first(network)
        plain[share] = heard(network, variables, FEATURES).logits
        learning = heard(network, variables, FEATURES, keys).logits[0]
        again = heard(network, variables, FEATURES, keys).logits[0]
        np.testing.assert_array_equal(learning, again)
        differs = np.abs(learning - plain[share]).max((1, 2)) > 1e-3
        assert differs.all() if share else not differs.any()
    np.testing.assert_array_equal(plain[0.0], plain[1.0])


def test_impossible_fronts_are_named():
    with pytest.raises(ValueError, match=r"front\.share must be from 0 to 1, not 2"):
        MadeNoisy(NoiseMaker(8), 2)
    with pytest.raises(ValueError, match=r"front\.layer must be at least 0"):
        Maps(PATCH, -1)
    with pytest.raises(ValueError, match=r"front\.layer is 2, but the discriminator has 2 layers"):
        first(Fronted(Maps(PATCH, 2), RECOGNIZER))
