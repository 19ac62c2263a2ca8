"""Noise from a hash: standard normal, and a function of each vector alone."""

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.nn.hashed_noise import hashed_normal

FEATURES = jax.random.normal(jax.random.key(0), (4, 500, 20))


def test_it_is_standard_normal_and_independent_along_both_axes():
    noise = np.asarray(hashed_normal(FEATURES, 64)).reshape(-1, 64)
    count = noise.size
    assert abs(noise.mean()) < 5 / np.sqrt(count)
    assert abs(noise.var() - 1) < 5 * np.sqrt(2 / count)
    assert abs((noise**4).mean() - 3) < 5 * np.sqrt(96 / count)
    between = np.corrcoef(noise, rowvar=False) - np.eye(64)
    assert np.abs(between).max() < 6 / np.sqrt(len(noise))
    assert abs((noise[1:] * noise[:-1]).mean()) < 5 / np.sqrt(count)


def test_one_bit_or_another_order_gives_other_noise():
    x = np.asarray(FEATURES[0])
    bit = np.nextafter(x, np.float32(np.inf))
    one = x.copy()
    one[:, 7] = bit[:, 7]
    for other in (one, bit, np.flip(x, 1)):
        product = hashed_normal(x, 64) * hashed_normal(other, 64)
        assert abs(float(product.mean())) < 5 / np.sqrt(product.size)


def test_neither_place_nor_batch_nor_compilation_matters():
    whole = hashed_normal(FEATURES, 64)
    np.testing.assert_array_equal(hashed_normal(FEATURES[2, 10:13], 64), whole[2, 10:13])
    np.testing.assert_array_equal(jax.jit(hashed_normal, static_argnums=1)(FEATURES, 64), whole)
    silence = hashed_normal(jnp.full((3, 20), -11.5), 64)
    np.testing.assert_array_equal(silence[0], silence[2])


def test_extremes_are_finite_and_nothing_has_a_gradient():
    strange = jnp.array([[jnp.nan] * 20, [jnp.inf] * 20, [0.0] * 20])
    assert np.isfinite(hashed_normal(strange, 1000)).all()
    gradient = jax.grad(lambda x: hashed_normal(x, 64).sum())(FEATURES)
    assert not np.any(gradient)
