"""A reader behind a policy: it reads the means of segments, and never changes."""

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.generators.phone_generator import PhoneGenerator
from ganspeech.recognizers.boundary_policy import BoundaryPolicy, likely_starts
from ganspeech.recognizers.divided_reader import DividedReader

WIDTH, PHONES = 3, 4
X = jax.random.normal(jax.random.key(0), (2, 7, WIDTH))
LENGTHS = jnp.array([7, 5])
# A generator that has statistics of batches, as that of wav2vec-U 2.0.
READER = PhoneGenerator(kernel=3, stride=2, gain=30.0, residual=True)
NETWORK = DividedReader(BoundaryPolicy(8, 3), READER, order=2)


def variables_of(network):
    return jax.jit(network.init, static_argnums=3)(jax.random.key(1), X, LENGTHS, PHONES)


def test_only_the_policy_is_trained():
    variables = variables_of(NETWORK)
    assert set(variables) == {"params", "frozen"} and set(variables["params"]) == {"policy"}
    frozen = variables["frozen"]
    assert frozen["language"].shape == (PHONES,) * 2
    assert set(frozen["weights"]) == {"params", "batch_stats"}


def test_segments_are_read_by_their_means():
    variables = variables_of(NETWORK)
    reader = variables["frozen"]["weights"]
    starts = jnp.array([[1, 0, 0, 1, 0, 1, 0], [1, 1, 0, 0, 1, 0, 0]], bool)
    means = np.zeros_like(X)
    for row, ends in enumerate(([3, 5, 7], [1, 4, 5])):
        for n, (start, end) in enumerate(zip([0, *ends], ends)):
            means[row, n] = X[row, start:end].mean(0)
    count = jnp.array([3, 3])
    expected = READER.apply(reader, jnp.asarray(means), count, PHONES)
    found = NETWORK.read(reader, X, starts, LENGTHS, PHONES)
    np.testing.assert_allclose(found.logits, expected.logits, rtol=1e-4, atol=1e-4)
    assert found.lengths.tolist() == [2, 2]  # two segments a step

    chances = NETWORK.chances(variables, X, LENGTHS)
    likely = likely_starts(chances, LENGTHS)
    whole = NETWORK.apply(variables, X, LENGTHS, PHONES)
    divided = NETWORK.read(reader, X, likely, LENGTHS, PHONES)
    np.testing.assert_allclose(whole.logits, divided.logits, rtol=1e-5)


def test_another_reader_and_language_take_their_place():
    variables, other = variables_of(NETWORK), READER.init(jax.random.key(9), X, LENGTHS, PHONES)
    table = np.ones((PHONES, PHONES), np.float32)
    changed = NETWORK.with_reader(variables, other, table)
    assert jax.tree.structure(changed) == jax.tree.structure(variables)
    jax.tree.map(np.testing.assert_array_equal, changed["frozen"]["weights"], other)
    np.testing.assert_array_equal(changed["frozen"]["language"], table)
    jax.tree.map(np.testing.assert_array_equal, changed["params"], variables["params"])
