"""The policy's gradient is that of the expected reward, which a tiny case can enumerate."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.losses.policy_gradient import advantages, cloned, reinforced

LOGITS = jnp.array([[0.3, -1.0, 0.7, 2.0], [1.0, 0.2, -0.4, -3.0]])
FREE = jnp.array([[False, True, True, True], [False, True, True, False]])
EVERY = np.array(list(itertools.product((False, True), repeat=4)))
REWARD = np.random.default_rng(0).normal(size=len(EVERY)).astype(np.float32)
"""A reward of each way to decide at four places, but for the first."""


def reward_of(decisions):
    return REWARD[decisions[..., 1:] @ np.array([4, 2, 1])]


def probability_of(logits, decisions, free):
    chance = jax.nn.sigmoid(logits)
    return jnp.prod(jnp.where(free, jnp.where(decisions, chance, 1 - chance), 1.0), axis=-1)


def test_its_expectation_is_the_gradient_of_the_expected_reward():
    rewards = jnp.asarray(reward_of(EVERY))

    def expected_reward(logits):
        # Of the places that are not free each decision is as good as the other.
        total = jnp.zeros(())
        for row, free in zip(logits, FREE):
            chances = probability_of(row, EVERY, free) / 2.0 ** (~free).sum()
            total += jnp.sum(chances * rewards)
        return total / len(logits)

    def expected_slope(logits):
        slopes = jnp.zeros_like(logits)
        for n, free in enumerate(FREE):
            chances = probability_of(LOGITS[n], EVERY, free) / 2.0 ** (~free).sum()
            for decisions, chance, reward in zip(EVERY, chances, rewards):
                every = jnp.broadcast_to(jnp.asarray(decisions), (2, 1, 4))
                credit = jnp.zeros((2, 1)).at[n].set(reward)
                slopes += chance * jax.grad(reinforced)(logits, every, credit, FREE)
        return slopes

    exact = -jax.grad(expected_reward)(LOGITS) / LOGITS.shape[1]
    np.testing.assert_allclose(expected_slope(LOGITS), exact, atol=1e-5)
    assert float(jnp.abs(exact).max()) > 1e-3 and not exact[~FREE].any()


def test_draws_approach_it():
    """The mean over many draws, with the mean reward as a baseline."""
    rng = np.random.default_rng(1)
    chances = np.asarray(jax.nn.sigmoid(LOGITS))
    drawn = rng.random((2, 20000, 4)) < chances[:, None]
    rewards = jnp.asarray(reward_of(drawn))
    slope = jax.grad(reinforced)(LOGITS, jnp.asarray(drawn), rewards, FREE)
    centered = rewards - rewards.mean(-1, keepdims=True)
    quieter = jax.grad(reinforced)(LOGITS, jnp.asarray(drawn), centered, FREE)
    np.testing.assert_allclose(slope, quieter, atol=3e-3)
    assert float(jnp.abs(quieter).max()) > 0.01


def test_advantages_are_parts_of_standardized_rewards():
    rng = np.random.default_rng(2)
    rewards = {name: jnp.asarray(rng.normal(size=(3, 5))) for name in "ab"}
    rewards["a"] = rewards["a"].at[2].set(1.0)
    rewards["b"] = rewards["b"].at[2].set(-2.0)
    found = advantages(rewards)
    total = np.asarray(found["a"] + found["b"])
    np.testing.assert_allclose(total.mean(-1), 0, atol=1e-5)
    np.testing.assert_allclose(total[:2].std(-1), 1, rtol=1e-3)
    assert not total[2].any()  # equal rewards teach nothing
    order = np.asarray(rewards["a"] + rewards["b"])[:2].argsort(-1)
    np.testing.assert_array_equal(total[:2].argsort(-1), order)


def test_cloning_pulls_to_what_is_given():
    given = jnp.array([[True, True, False, True], [True, False, False, True]])
    slope = jax.grad(lambda logits: cloned(logits, given, FREE).sum())(LOGITS)
    assert not slope[~FREE].any()
    np.testing.assert_array_equal(jnp.sign(slope)[FREE], jnp.where(given, -1.0, 1.0)[FREE])
    assert float(cloned(jnp.where(given, 9.0, -9.0), given, FREE).max()) < 1e-3
    unsure = cloned(LOGITS * 0, given, FREE)
    assert np.asarray(unsure) == pytest.approx(np.log(2) * np.asarray(FREE).mean(-1))
