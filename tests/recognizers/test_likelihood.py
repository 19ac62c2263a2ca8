"""CTC's likelihood: the sum over all paths, and optax's loss."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ganspeech.recognizers.likelihood import likeliest_timing, log_likelihood


def log_probs(steps, symbols, seed=0):
    logits = np.random.default_rng(seed).normal(size=(steps, symbols))
    return np.asarray(jax.nn.log_softmax(jnp.asarray(logits)))


def collapsed(path):
    return tuple(s for n, s in enumerate(path) if s and (n == 0 or s != path[n - 1]))


@pytest.mark.parametrize("ids", [(), (1,), (2, 2), (1, 2), (1, 2, 1)])
def test_it_is_the_sum_over_all_paths(ids):
    rows = log_probs(4, 3)
    paths = (p for p in itertools.product(range(3), repeat=4) if collapsed(p) == ids)
    expected = sum(np.exp(sum(rows[t, s] for t, s in enumerate(path))) for path in paths)
    assert log_likelihood(rows, ids) == pytest.approx(np.log(expected), rel=1e-5)


def test_it_is_the_loss_that_was_minimized():
    rows, ids = log_probs(30, 6), [3, 3, 1, 5]
    loss = optax.ctc_loss(
        rows[None], jnp.zeros((1, 30)), jnp.array([ids]), jnp.zeros((1, 4)), blank_id=0
    )
    assert log_likelihood(rows, ids) == pytest.approx(-float(loss[0]), rel=1e-4)


@pytest.mark.parametrize("ids", [(1,), (2, 2), (1, 2), (1, 2, 1)])
@pytest.mark.parametrize("seed", range(3))
def test_the_timing_is_that_of_the_best_of_all_paths(ids, seed):
    rows = log_probs(5, 3, seed)
    paths = (p for p in itertools.product(range(3), repeat=5) if collapsed(p) == ids)
    best = max(paths, key=lambda path: sum(rows[t, s] for t, s in enumerate(path)))
    firsts = [n for n, s in enumerate(best) if s and (n == 0 or s != best[n - 1])]
    assert likeliest_timing(rows, ids).tolist() == firsts


def test_no_symbols_have_no_timing():
    assert likeliest_timing(log_probs(3, 3), ()).tolist() == []


def test_too_few_steps_are_impossible():
    with pytest.raises(ValueError, match="2 steps are too few for 2 symbols"):
        likeliest_timing(log_probs(2, 3), (1, 1))
    assert log_likelihood(log_probs(2, 3), (1, 1)) == -np.inf
    assert log_likelihood(log_probs(1, 3), (1, 2)) == -np.inf
