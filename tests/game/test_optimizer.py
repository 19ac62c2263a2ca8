"""The optimizer's settings and what they mean."""

import jax.numpy as jnp
import optax
import pytest

from ganspeech.game.optimizer import Optimizer


def test_schedules_rise_fall_and_end_where_they_say():
    flat = Optimizer(learning_rate=0.1, warmup=10).steps(100)
    assert [float(flat(n)) for n in (0, 5, 10, 99)] == pytest.approx([0, 0.05, 0.1, 0.1])
    cosine = Optimizer(learning_rate=0.1, schedule="cosine", final=0.2).steps(100)
    assert [float(cosine(n)) for n in (0, 50, 100)] == pytest.approx([0.1, 0.06, 0.02])
    both = Optimizer(learning_rate=0.1, warmup=20, schedule="cosine").steps(100)
    assert [float(both(n)) for n in (10, 20, 60, 100)] == pytest.approx([0.05, 0.1, 0.05, 0])
    falling = Optimizer(learning_rate=0.1, schedule="exponential", final=0.01).steps(100)
    assert [float(falling(n)) for n in (0, 50, 100)] == pytest.approx([0.1, 0.01, 0.001])


def test_an_exponential_needs_an_end():
    with pytest.raises(ValueError, match="final > 0"):
        Optimizer(schedule="exponential")


def test_gradients_are_clipped_by_their_global_norm():
    # With a first moment that is the gradient and hardly any second, Adam's direction shows it.
    params = {"a": jnp.zeros(2), "b": jnp.zeros(1)}
    gradients = {"a": jnp.array([3.0, 0.0]), "b": jnp.array([4.0])}
    for clip, norm in ((0.0, 5.0), (10.0, 5.0), (1.0, 1.0)):
        transformation = Optimizer(b1=0.0, clip=clip).transformation(10)
        _, state = transformation.update(gradients, transformation.init(params), params)
        assert float(optax.tree.norm(optax.tree.get(state, "mu"))) == pytest.approx(norm)
