"""Gradient penalties against judges whose gradients are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.losses.penalties import gradient_penalty, r1_penalty

WEIGHTS = jnp.array([3.0, 0.0, 4.0])


def linear(x):
    return [x @ WEIGHTS]


def quadratic(x):
    return [0.5 * jnp.sum(x**2, axis=1)]


REAL = jnp.array([[1.0, 2.0, 2.0], [0.0, 3.0, 4.0]])
KEYS = jax.random.split(jax.random.key(0), 2)


def test_r1_of_a_linear_judge_is_its_squared_norm():
    assert float(r1_penalty(linear, REAL)) == pytest.approx(25.0)


def test_r1_is_a_mean_over_examples():
    assert float(r1_penalty(quadratic, REAL)) == pytest.approx((9 + 25) / 2)


def test_judges_and_positions_average():
    def judge(x):
        return [*linear(x), jnp.stack([x @ WEIGHTS, 3 * x @ WEIGHTS], axis=1)]

    assert float(r1_penalty(judge, REAL)) == pytest.approx((5 * 1.5) ** 2)


def test_gradient_penalty_of_a_linear_judge():
    assert float(gradient_penalty(linear, REAL, -REAL, KEYS)) == pytest.approx(16.0)


def test_gradient_penalty_lies_between_real_and_fake():
    # On the line from the origin to an example of norm n, the norm is u * n for its own uniform u.
    u = jax.vmap(jax.random.uniform)(KEYS)
    want = jnp.mean((u * jnp.array([3.0, 5.0]) - 1) ** 2)
    got = gradient_penalty(quadratic, REAL, jnp.zeros_like(REAL), KEYS)
    assert float(got) == pytest.approx(float(want), rel=1e-5)


def test_an_example_draws_by_its_own_key():
    both = gradient_penalty(quadratic, REAL, -REAL, KEYS)
    one_by_one = [
        gradient_penalty(quadratic, REAL[i : i + 1], -REAL[i : i + 1], KEYS[i : i + 1])
        for i in range(2)
    ]
    assert float(both) == pytest.approx(float(sum(one_by_one)) / 2, rel=1e-5)


def test_gradient_is_finite_where_the_judge_is_flat():
    def penalty(weights):
        return gradient_penalty(lambda x: [x @ weights], REAL, -REAL, KEYS)

    assert np.all(np.isfinite(jax.grad(penalty)(jnp.zeros(3))))
