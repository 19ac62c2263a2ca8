"""Rational-quadratic splines: rising, inverted exactly, with the slopes that autodiff finds."""

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.nn.flows.splines import rational_quadratic

BOUND, PIECES, COUNT = 3.0, 6, 400
rng = np.random.default_rng(0)
SHAPE = tuple(rng.normal(0, 1, (COUNT, n)).astype("f4") for n in (PIECES, PIECES, PIECES - 1))
X = jnp.asarray(rng.uniform(-1.5 * BOUND, 1.5 * BOUND, COUNT).astype("f4"))


@jax.jit
def forward(x):
    return rational_quadratic(x, *SHAPE, bound=BOUND)


@jax.jit
def back(x):
    return rational_quadratic(x, *SHAPE, bound=BOUND, inverse=True)


def slope_of(function):
    """Each number's own slope: no number sees another."""
    return jax.jit(jax.grad(lambda x: function(x)[0].sum()))


def test_the_inverse_comes_back_with_the_opposite_slope():
    y, log_slope = forward(X)
    x, inverse_log_slope = back(y)
    np.testing.assert_allclose(x, X, atol=2e-3)
    np.testing.assert_allclose(forward(x)[0], y, atol=1e-4)
    flat = np.abs(log_slope) < 3  # where rounding of x does not move the slope
    np.testing.assert_allclose(inverse_log_slope[flat], -log_slope[flat], atol=2e-2)


def test_slopes_are_those_of_autodiff():
    for function in (forward, back):
        _, log_slope = function(X)
        np.testing.assert_allclose(np.exp(log_slope), slope_of(function)(X), rtol=5e-3)


def test_it_rises_and_is_the_identity_outside():
    y, log_slope = forward(X)
    outside = np.abs(X) > BOUND
    assert outside.any()
    np.testing.assert_array_equal(y[outside], X[outside])
    np.testing.assert_array_equal(log_slope[outside], 0)
    assert np.abs(y[~outside]).max() <= BOUND
    grid = jnp.linspace(-4, 4, COUNT)
    one = [jnp.broadcast_to(part[:1], part.shape) for part in map(jnp.asarray, SHAPE)]
    rising = jax.jit(lambda grid: rational_quadratic(grid, *one, bound=BOUND)[0])(grid)
    assert (np.diff(rising) > 0).all()


def test_equal_pieces_of_slope_one_are_the_identity():
    zeros = jnp.zeros((COUNT, PIECES))
    one = jnp.full((COUNT, PIECES - 1), np.log(np.expm1(1 - 1e-3)), jnp.float32)
    y, log_slope = rational_quadratic(X, zeros, zeros, one, bound=BOUND)
    np.testing.assert_allclose(y, X, atol=1e-5)
    np.testing.assert_allclose(log_slope, 0, atol=1e-5)


def test_gradients_are_finite_on_knots_and_far_outside():
    x = jnp.asarray([-BOUND, BOUND, 0.0, 1e4, -1e4])
    shape = [jnp.asarray(part[:5]) for part in SHAPE]

    def total(x, shape, inverse):
        return sum(
            part.sum() for part in rational_quadratic(x, *shape, bound=BOUND, inverse=inverse)
        )

    gradient = jax.jit(jax.grad(total, (0, 1)), static_argnums=2)
    for inverse in (False, True):
        gradients = gradient(x, shape, inverse)
        assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(gradients))
