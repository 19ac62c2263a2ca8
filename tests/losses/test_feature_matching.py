"""Feature matching against hand-made maps."""

import jax
import jax.numpy as jnp
import pytest

from ganspeech.losses.feature_matching import feature_matching

REAL = [
    [jnp.zeros((2, 3)), jnp.ones((2, 2)), jnp.zeros((2, 1))],
    [jnp.zeros((2, 4)), jnp.ones((2, 1))],
]
FAKE = [
    [jnp.full((2, 3), 1.0), jnp.full((2, 2), -1.0), jnp.full((2, 1), 100.0)],
    [jnp.full((2, 4), 6.0), jnp.full((2, 1), 50.0)],
]


def test_means_over_layers_without_logits():
    assert float(feature_matching(REAL, FAKE)) == pytest.approx((1 + 2 + 6) / 3)


def test_only_the_fake_maps_get_a_gradient():
    real, fake = jax.grad(feature_matching, (0, 1))(REAL, FAKE)
    assert not any(jnp.any(g) for g in jax.tree.leaves(real))
    assert jnp.allclose(fake[0][0], 1 / 6 / 3)


def test_in_float32():
    half = jax.tree.map(lambda a: a.astype(jnp.bfloat16), FAKE)
    assert feature_matching(REAL, half).dtype == jnp.float32


def test_refuses_maps_of_another_discriminator():
    with pytest.raises(ValueError):
        feature_matching(REAL, FAKE[:1])
