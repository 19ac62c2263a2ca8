"""Objectives against values worked out by hand."""

import math

import jax
import jax.numpy as jnp
import pytest

from ganspeech.config.registry import MENUS
from ganspeech.losses.adversarial import (
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    Wasserstein,
)

REAL = jnp.array([[0.0, 2.0]])
FAKE = jnp.array([[-1.0, 0.5]])


def log_sigmoid(x):
    return -math.log(1 + math.exp(-x))


CROSS_ENTROPY = (
    -(log_sigmoid(0.0) + log_sigmoid(2.0)) / 2 - (log_sigmoid(1.0) + log_sigmoid(-0.5)) / 2
)
OBJECTIVES = [type(objective) for objective in MENUS["objective"].values()]
VALUES = {
    Minimax(): (CROSS_ENTROPY, (log_sigmoid(1.0) + log_sigmoid(-0.5)) / 2),
    NonSaturating(): (CROSS_ENTROPY, -(log_sigmoid(-1.0) + log_sigmoid(0.5)) / 2),
    LeastSquares(): ((1 + 1) / 2 + (1 + 0.25) / 2, (4 + 0.25) / 2),
    Hinge(): ((1 + 0) / 2 + (0 + 1.5) / 2, 0.25),
    Wasserstein(): (-0.25 - 1.0, 0.25),
}


@pytest.mark.parametrize("objective", VALUES, ids=lambda objective: type(objective).__name__)
def test_values(objective):
    discriminator, generator = VALUES[objective]
    assert float(objective.discriminator_loss(REAL, FAKE)) == pytest.approx(discriminator, rel=1e-6)
    assert float(objective.generator_loss(FAKE)) == pytest.approx(generator, rel=1e-6)


def test_every_objective_is_tested():
    assert {type(objective) for objective in VALUES} == set(OBJECTIVES)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_stays_finite_on_extreme_half_precision_logits(objective):
    real, fake = jnp.full((4,), -1e4, jnp.bfloat16), jnp.full((4,), 1e4, jnp.bfloat16)
    gradient = jax.grad(objective().discriminator_loss, (0, 1))(real, fake)
    loss = objective().discriminator_loss(real, fake)
    assert loss.dtype == jnp.float32
    for value in (loss, objective().generator_loss(-fake), *gradient):
        assert bool(jnp.all(jnp.isfinite(value)))
