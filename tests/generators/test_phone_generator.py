"""The generator that reads speech: runs of a phone, lengths, and padding."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.generators.phone_generator import (
    PHONES_STRIDED,
    PhoneGenerator,
    best_phones,
    mean_of_runs,
)
from ganspeech.nn.axis import AXIS
from ganspeech.tasks.unlabeled.phone_reading import greedy_phones

WIDTH, PHONES = 6, 5
SPEECH = jax.random.normal(jax.random.key(0), (2, 10, WIDTH))
LENGTHS = jnp.array([10, 7])


def variables_of(generator, clusters=0):
    return generator.init(jax.random.key(1), SPEECH, LENGTHS, PHONES, clusters)


def test_runs_of_one_best_phone_become_their_mean():
    logits = np.array(
        [
            [[2, 0], [4, 1], [0, 3], [1, 0], [9, 0]],  # runs of 2, 1 and 1; the last is padding
            [[0, 1], [0, 2], [0, 6], [5, 0], [5, 0]],  # a run of 3; the others are padding
        ],
        np.float32,
    )
    means, count = mean_of_runs(jnp.array(logits), jnp.array([4, 3]))
    assert count.tolist() == [3, 1]
    np.testing.assert_allclose(means[0], [[3, 0.5], [0, 3], [1, 0], [0, 0], [0, 0]])
    np.testing.assert_allclose(means[1], [[0, 3], [0, 0], [0, 0], [0, 0], [0, 0]])


def test_best_phones_are_those_that_are_read_on_the_host():
    rng = np.random.default_rng(0)
    # Few phones, so that there are runs, and silence between phones that are the same.
    logits = rng.normal(size=(40, 12, 3)).astype(np.float32)
    lengths = rng.integers(1, 13, 40)
    phones, count = best_phones(jnp.asarray(logits), jnp.asarray(lengths))
    for row, steps, said, many in zip(logits, lengths, phones.tolist(), count.tolist()):
        assert said[:many] == greedy_phones(row[:steps]) and not any(said[many:])


def test_runs_keep_the_gradient_of_all_their_steps():
    logits = jnp.array([[[2.0, 0.0], [4.0, 1.0], [0.0, 3.0]]])
    slope = jax.grad(lambda x: mean_of_runs(x, jnp.array([3]))[0][0, 0, 0])(logits)
    np.testing.assert_allclose(slope[0], [[0.5, 0], [0.5, 0], [0, 0]])


@pytest.mark.parametrize("generator", [PhoneGenerator(), PHONES_STRIDED], ids=["plain", "strided"])
def test_padding_changes_nothing(generator):
    variables = variables_of(generator)
    noisy = SPEECH.at[1, 7:].set(100.0)
    one, other = (generator.apply(variables, x, LENGTHS, PHONES) for x in (SPEECH, noisy))
    longer = jnp.pad(SPEECH, ((0, 0), (0, 8), (0, 0)))
    third = generator.apply(variables, longer, LENGTHS, PHONES)
    assert (
        one.lengths.tolist()
        == third.lengths.tolist()
        == [-(-n // generator.stride) for n in (10, 7)]
    )
    for row, steps in enumerate(one.lengths):
        np.testing.assert_allclose(one.logits[row, :steps], other.logits[row, :steps], rtol=1e-5)
        np.testing.assert_allclose(
            one.logits[row, :steps], third.logits[row, :steps], rtol=1e-4, atol=1e-5
        )
    assert one.clusters is None and one.logits.shape[1] == -(-10 // generator.stride)


def test_features_are_normalized_by_their_batch_and_scaled():
    generator = PhoneGenerator(kernel=1, dropout=0.0, gain=30.0)
    scaled = 7 * SPEECH + 3

    def logits(x):
        def apply(x):
            return generator.apply(variables, x, LENGTHS, PHONES, mutable=["batch_stats"])

        (read, _) = jax.vmap(apply, axis_name=AXIS)(x[None])
        return read.logits[0, 0]

    variables = variables_of(generator)
    assert set(variables) == {"params", "batch_stats"}
    np.testing.assert_allclose(logits(SPEECH), logits(scaled), rtol=1e-2, atol=0.05)
    read = variables["params"]["read"]
    valid = jnp.concatenate([SPEECH[0], SPEECH[1, :7]])
    deviation = jnp.sqrt(valid.var(0) + 1e-3)
    expected = 30 * ((SPEECH[0] - valid.mean(0)[None]) / deviation[None]) @ read["kernel"][0]
    expected = expected + read["bias"][None]
    np.testing.assert_allclose(logits(SPEECH), expected, rtol=1e-3, atol=1e-3)


def test_clusters_are_read_from_every_input():
    generator = PHONES_STRIDED
    variables = variables_of(generator, clusters=3)
    read = generator.apply(variables, SPEECH, LENGTHS, PHONES, 3)
    assert read.clusters.shape == (2, 10, 3) and read.logits.shape == (2, 4, PHONES)
    plain = PhoneGenerator()
    assert "inner" not in variables_of(plain)["params"]
    assert "inner" in variables_of(plain, clusters=3)["params"]


def test_dropout_draws_only_with_a_stream():
    generator = PhoneGenerator(dropout=0.5)
    variables = variables_of(generator)
    one, two = (generator.apply(variables, SPEECH, LENGTHS, PHONES).logits for _ in range(2))

    def apply(x):
        rngs = {"draws": jax.random.key(3)}
        return generator.apply(variables, x, LENGTHS, PHONES, rngs=rngs).logits

    drawn = jax.vmap(apply, axis_name=AXIS)(SPEECH[None])[0]
    np.testing.assert_array_equal(one, two)
    assert (drawn != one).any()
