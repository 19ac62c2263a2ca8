"""Duration predictors: the flow's inverse and volume, the bound, masks, and what they teach."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.generators.vits.durations import (
    DeterministicDurations,
    StochasticDurations,
    _through,
)
from ganspeech.nn.masked import valid_places

STOCHASTIC = StochasticDurations(
    width=6, kernel=3, flows=2, layers=2, bins=4, bound=3.0, dropout=0.5
)
DETERMINISTIC = DeterministicDurations(width=5, kernel=3, dropout=0.5)
OF_MEAN = dataclasses.replace(DETERMINISTIC, of_mean=True)
rng = np.random.default_rng(0)
HIDDEN, SPEAKER = (jnp.asarray(rng.normal(size=s).astype("f4")) for s in ((2, 5, 6), (2, 3)))
NOISE = jnp.asarray(rng.normal(size=(2, 5, 2)).astype("f4"))
VALID = valid_places(jnp.array([5, 3]), 5)
FRAMES = jnp.asarray([[1.0, 4, 2, 7, 1], [3, 1, 2, 0, 0]])


def drawn_weights(module):
    shapes = jax.eval_shape(
        lambda: module.init(
            jax.random.key(0), HIDDEN, VALID, SPEAKER, FRAMES, NOISE, method=type(module).loss
        )
    )
    return jax.tree.map(lambda leaf: rng.normal(0, 0.4, leaf.shape).astype("f4"), shapes)


WEIGHTS = {module: drawn_weights(module) for module in (STOCHASTIC, DETERMINISTIC)}


def loss(module, weights, hidden=HIDDEN, frames=FRAMES, noise=NOISE, valid=VALID):
    return module.apply(weights, hidden, valid, SPEAKER, frames, noise, method=type(module).loss)


def to_noise(module, x, hidden, valid):
    """The flow of durations, forward, and its log-determinant."""
    condition = module._condition(hidden, valid, SPEAKER)
    return _through(x, module.affine, module.coupling, condition, valid)


forward = jax.jit(
    lambda x: STOCHASTIC.apply(WEIGHTS[STOCHASTIC], x, HIDDEN, VALID, method=to_noise)
)


def test_reverse_is_the_inverse_of_forward():
    logarithms = jnp.stack([jnp.log(jnp.maximum(FRAMES, 1)), NOISE[..., 1]], axis=-1)
    noise, _ = forward(logarithms)
    found = jax.jit(STOCHASTIC.apply)(WEIGHTS[STOCHASTIC], HIDDEN, VALID, SPEAKER, noise)
    np.testing.assert_allclose(found[VALID], logarithms[VALID][:, 0], atol=1e-3)
    np.testing.assert_array_equal(found[~VALID], 0)


def test_its_log_determinant_is_that_of_autodiff():
    jacobian = jax.jit(jax.jacobian(lambda x: forward(x)[0]))(NOISE)
    for example, length in enumerate((5, 3)):
        block = np.asarray(jacobian[example, :length, :, example, :length], np.float64)
        _, wanted = np.linalg.slogdet(block.reshape(2 * length, 2 * length))
        np.testing.assert_allclose(forward(NOISE)[1][example], wanted, atol=1e-3)


def test_the_loss_is_the_bound_by_its_definition():
    """log q(u, v | d) - log p(d - u, v), by changes of variables that autodiff measures."""
    weights, d = WEIGHTS[STOCHASTIC], FRAMES[:1]

    def posterior(noise):
        """Fractions of frames and second numbers, of noise."""

        def run(module, noise):
            condition = module._condition(HIDDEN, VALID, SPEAKER)
            heard = module.posterior_convolutions(module.posterior_enter(FRAMES[..., None]), VALID)
            condition = condition + module.posterior_leave(heard) * VALID[..., None]
            x, _ = _through(
                noise, module.posterior_affine, module.posterior_coupling, condition, VALID
            )
            return jnp.stack([jax.nn.sigmoid(x[..., 0]), x[..., 1]], -1)

        return STOCHASTIC.apply(weights, jnp.concatenate([noise, NOISE[1:]]), method=run)[:1]

    def prior(pair):
        x = jnp.stack([jnp.log(jnp.maximum(pair[..., 0], 1e-5)), pair[..., 1]], -1)
        return forward(jnp.concatenate([x, NOISE[1:]]))[0][:1]

    def stretch(function, x):
        return np.linalg.slogdet(np.float64(jax.jit(jax.jacobian(function))(x)).reshape(10, 10))[1]

    def log_normal(x):
        return np.sum(-0.5 * (math.log(2 * math.pi) + np.float64(x) ** 2))

    drawn = jax.jit(posterior)(NOISE[:1])
    # Fractions so large that a frame is left of none would be clipped, with no slope to measure.
    pair = jnp.stack([d - drawn[..., 0], drawn[..., 1]], -1)
    assert pair[..., 0].min() > 1e-5
    log_q = log_normal(NOISE[:1]) - stretch(posterior, NOISE[:1])
    log_p = log_normal(jax.jit(prior)(pair)) + stretch(prior, pair)
    bound = jax.jit(lambda: loss(STOCHASTIC, weights))()[0]
    np.testing.assert_allclose(bound, log_q - log_p, rtol=1e-3)


@pytest.mark.parametrize("module", WEIGHTS, ids=lambda m: type(m).__name__)
def test_padding_changes_nothing(module):
    both = jax.jit(
        lambda hidden, noise, frames: (
            loss(module, WEIGHTS[module], hidden, frames, noise),
            module.apply(WEIGHTS[module], hidden, VALID, SPEAKER, noise),
        )
    )
    plain = both(HIDDEN, NOISE, FRAMES)
    spoiled = jnp.where(VALID[..., None], 0.0, 7.0)
    again = both(HIDDEN + spoiled, NOISE + spoiled[..., :2], FRAMES)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-5), plain, again)


@pytest.mark.parametrize("module", WEIGHTS, ids=lambda m: type(m).__name__)
def test_it_learns_and_teaches_nobody(module):
    def total(weights, hidden):
        return loss(module, weights, hidden).sum()

    of_weights, of_hidden = jax.jit(jax.grad(total, (0, 1)))(WEIGHTS[module], HIDDEN)
    np.testing.assert_array_equal(of_hidden, 0)
    gradients = jax.tree_util.tree_leaves_with_path(of_weights)
    assert all(np.isfinite(g).all() and np.any(g != 0) for _, g in gradients)


def test_the_published_deterministic_loss_is_a_squared_error():
    weights = WEIGHTS[DETERMINISTIC]
    found = DETERMINISTIC.apply(weights, HIDDEN, VALID, SPEAKER, None)
    errors = np.square(found - np.log(np.maximum(FRAMES, 1))) * VALID
    np.testing.assert_allclose(loss(DETERMINISTIC, weights), errors.sum(1), rtol=1e-5)


def test_the_loss_of_means_is_a_deviance_whose_best_prediction_is_the_mean():
    weights = WEIGHTS[DETERMINISTIC]
    found = DETERMINISTIC.apply(weights, HIDDEN, VALID, SPEAKER, None)
    ratio = np.where(VALID, FRAMES, 1) / np.exp(found)
    deviances = 2 * (ratio - 1 - np.log(ratio)) * VALID
    np.testing.assert_allclose(loss(OF_MEAN, weights), deviances.sum(1), rtol=1e-5)

    # With one prediction for all tokens, the mean is best.
    constant = jax.tree.map(jnp.zeros_like, weights)
    constant["params"]["leave"]["bias"] = jnp.log(FRAMES.sum() / VALID.sum())[None]
    slope = jax.grad(lambda weights: loss(OF_MEAN, weights).sum())(constant)
    assert abs(slope["params"]["leave"]["bias"].item()) < 1e-4
