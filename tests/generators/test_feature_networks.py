"""Networks from features to features: any length, no leaks, and what they promise untrained."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.generators.feature_enhancer import FeatureEnhancer
from ganspeech.generators.feature_generator import FeatureGenerator
from ganspeech.generators.noise_maker import NoiseMaker

LENGTHS = jnp.array([19, 7])
FEATURES = jax.random.normal(jax.random.key(0), (2, 19, 6))
KEYS = jax.random.split(jax.random.key(1), 2)


def with_rubbish(more=0):
    inside = (jnp.arange(19)[None] < LENGTHS[:, None])[..., None]
    x = jnp.where(inside, FEATURES, 9.0)
    return jnp.pad(x, ((0, 0), (0, more), (0, 0)), constant_values=-9.0)


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_an_enhancer_starts_near_its_input_and_padding_stays_out(depth):
    enhancer = FeatureEnhancer(8, depth=depth)
    variables = jax.jit(enhancer.init)(jax.random.key(0), FEATURES, LENGTHS)
    apply = jax.jit(enhancer.apply)
    enhanced = apply(variables, FEATURES, LENGTHS)
    assert enhanced.shape == FEATURES.shape and not enhanced[1, 7:].any()
    assert 0 < float(jnp.abs(enhanced - FEATURES)[0].max()) < 0.5
    longer = apply(variables, with_rubbish(13), LENGTHS)
    np.testing.assert_allclose(longer[:, :19], enhanced, atol=1e-5)
    alone = apply(variables, FEATURES[1:, :7], LENGTHS[1:])
    np.testing.assert_allclose(alone[0], enhanced[1, :7], atol=1e-5)


def test_a_noise_maker_raises_what_is_faint_by_its_keys_alone():
    maker = NoiseMaker(8, lasting=3, passing=2)
    variables = jax.jit(maker.init)(jax.random.key(0), FEATURES, LENGTHS, KEYS)
    apply = jax.jit(maker.apply)
    noisy = apply(variables, FEATURES, LENGTHS, KEYS)
    assert (noisy[0] > FEATURES[0]).all() and not noisy[1, 7:].any()
    # What is far above any noise stays as it is.
    loud = apply(variables, FEATURES + 50, LENGTHS, KEYS)
    np.testing.assert_allclose(loud[0], FEATURES[0] + 50, atol=1e-4)
    longer = apply(variables, with_rubbish(13), LENGTHS, KEYS)
    np.testing.assert_allclose(longer[:, :19], noisy, atol=1e-5)
    others = apply(variables, FEATURES, LENGTHS, KEYS[::-1])
    assert float(jnp.abs(others - noisy)[0].max()) > 1e-2


@pytest.mark.parametrize(("frames", "channels"), [(48, 40), (13, 9)])
def test_a_generator_makes_what_is_asked_for(frames, channels):
    generator = FeatureGenerator(widths=(8, 4))
    noise = jax.random.normal(jax.random.key(0), (3, 5))
    init = jax.jit(generator.init, static_argnums=(2, 3))
    variables = init(jax.random.key(1), noise, frames, channels)
    made = jax.jit(generator.apply, static_argnums=(2, 3))(variables, noise, frames, channels)
    assert made.shape == (3, frames, channels) and made.dtype == jnp.float32
    assert float(jnp.abs(made[0] - made[1]).max()) > 1e-3
