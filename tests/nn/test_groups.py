"""Rows in groups: the same results and gradients, whatever is left for the last group."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.nn.groups import in_groups


@pytest.mark.parametrize("most", [1, 3, 4, 9])
def test_groups_change_nothing(most):
    x = jax.random.normal(jax.random.key(0), (7, 5))
    keys = jax.random.split(jax.random.key(1), 7)
    largest = []

    def function(rows):
        x, keys, nothing = rows
        assert nothing is None
        largest.append(len(x))
        return jnp.sin(x) * jax.vmap(jax.random.normal)(keys)[:, None]

    @functools.partial(jax.jit, static_argnums=1)
    def learned(x, most):
        def loss(x):
            y = in_groups(function, (x, keys, None), most)
            return jnp.sum(y**2), y

        return jax.grad(loss, has_aux=True)(x)

    at_once, in_parts = learned(x, 7), learned(x, most)
    assert min(largest) <= most
    for ours, theirs in zip(in_parts, at_once):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
