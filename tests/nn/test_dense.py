"""The dense layer's product and its gradients, written out, are those of `@`."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.nn.dense import product

SHAPES = [(3,), (4, 3), (2, 5, 3), (2, 2, 2, 3)]


def operands(shape, dtype=jnp.float32):
    rng = np.random.default_rng(0)
    return jnp.asarray(rng.normal(size=shape), dtype), jnp.asarray(rng.normal(size=(3, 6)), dtype)


def loss(multiply, x, kernel):
    return jnp.sum(jnp.tanh(multiply(x, kernel)))


def penalized(multiply, x, kernel):
    """A loss of the gradient by the input, as gradient penalties have it."""
    return jnp.sum(jax.grad(lambda x: loss(multiply, x, kernel))(x) ** 2)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("value", [loss, penalized])
def test_gradients_are_those_of_the_matrix_product(value, shape):
    x, kernel = operands(shape)
    ours = jax.value_and_grad(lambda x, k: value(product, x, k), (0, 1))(x, kernel)
    plain = jax.value_and_grad(lambda x, k: value(jnp.matmul, x, k), (0, 1))(x, kernel)
    for one, other in zip(jax.tree.leaves(ours), jax.tree.leaves(plain)):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_gradients_keep_the_dtype_and_map_over_members():
    x, kernel = operands((4, 3), jnp.bfloat16)
    by_x, by_kernel = jax.grad(lambda x, k: loss(product, x, k), (0, 1))(x, kernel)
    assert by_x.dtype == by_kernel.dtype == jnp.bfloat16
    assert by_kernel.shape == kernel.shape
    x, kernel = operands((4, 3))
    kernels = jnp.stack([kernel, 2 * kernel])
    each = jax.vmap(jax.grad(lambda k: loss(product, x, k)))(kernels)
    one = jax.grad(lambda k: loss(product, x, k))(kernels[1])
    np.testing.assert_allclose(each[1], one, rtol=1e-5)
