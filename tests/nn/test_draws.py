"""Dropout and phase shuffle: off without a key, right with one, alike on any number of devices."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.nn.axis import AXIS
from ganspeech.nn.draws import STREAM, Dropout, PhaseShuffle


def drawn(layer, x, devices=1, seed=0):
    """The layer's output in an update, the batch cut among devices."""
    parts = x.reshape(devices, -1, *x.shape[1:])

    def apply(part):
        return layer.apply({}, part, rngs={STREAM: jax.random.key(seed)})

    return np.asarray(jax.vmap(apply, axis_name=AXIS)(parts)).reshape(x.shape)


@pytest.mark.parametrize("layer", [Dropout(0.3), PhaseShuffle(2)], ids=lambda x: type(x).__name__)
def test_nothing_is_drawn_without_a_key_and_devices_do_not_matter(layer):
    x = jax.random.normal(jax.random.key(1), (8, 64, 3))
    np.testing.assert_array_equal(layer.apply({}, x), x)
    one = drawn(layer, x)
    assert np.any(one != x)
    np.testing.assert_array_equal(drawn(layer, x, devices=4), one)
    assert np.any(drawn(layer, x, seed=1) != one)


def test_dropout_keeps_its_share_and_the_mean():
    y = drawn(Dropout(0.3), jnp.ones((16, 1000)))
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.7)}
    assert np.mean(y == 0) == pytest.approx(0.3, abs=0.015)
    assert len({row.tobytes() for row in y}) == 16


def test_phases_move_whole_examples_and_reflect():
    x = jnp.broadcast_to(jnp.arange(10.0)[None, :, None], (200, 10, 2))
    y = drawn(PhaseShuffle(2), x)
    reflected = np.array([2, 1, *range(10), 8, 7])
    allowed = {tuple(reflected[start : start + 10]) for start in range(5)}
    assert {tuple(example[:, 0]) for example in y} == allowed
    np.testing.assert_array_equal(y[..., 0], y[..., 1])


def test_phase_shuffle_has_two_derivatives():
    def slope(x):
        shuffled = jax.vmap(
            lambda part: PhaseShuffle(1).apply({}, part, rngs={STREAM: jax.random.key(0)}),
            axis_name=AXIS,
        )(x[None])[0]
        return jnp.sum(shuffled**3)

    x = jax.random.normal(jax.random.key(2), (2, 6, 1))
    second = jax.grad(lambda x: jnp.sum(jax.grad(slope)(x) ** 2))(x)
    assert np.isfinite(second).all() and np.any(second != 0)
