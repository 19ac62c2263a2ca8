"""A table of n-grams says what the model says, also of transcripts that are padded."""

import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.recognizers.phone_decoding import phone_model
from ganspeech.recognizers.phone_language import language_table, surprise

PHONES = ("<SIL>", "a", "b", "c", "d", "rare")
NEVER = 5
"""A phone of the inventory that no text has."""


@pytest.mark.parametrize("order", [2, 3, 4])
def test_the_table_is_the_model(order):
    rng = np.random.default_rng(0)
    # Some n-grams are never seen, others often.
    texts = [rng.choice(5, rng.integers(1, 9), p=(0.2, 0.4, 0.2, 0.1, 0.1)) for _ in range(40)]
    model = phone_model(texts, PHONES, order)
    table = language_table(model, PHONES)
    assert table.shape == (len(PHONES),) * order and table.dtype == np.float32
    rows = np.zeros((30, 12), np.int32)
    lengths = rng.integers(0, 13, 30)
    for row, length in zip(rows, lengths):
        row[:length] = rng.integers(1, len(PHONES), length)
    assert (rows == NEVER).any() and {0, 12} <= set(lengths.tolist())
    found = surprise(jnp.asarray(table), jnp.asarray(rows), jnp.asarray(lengths))
    expected = [
        -model.score_sentence([PHONES[phone] for phone in row[:length]]) * np.log(10) / (length + 1)
        for row, length in zip(rows, lengths)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_probabilities_sum_to_one():
    texts = [[1, 2, 3], [1, 2], [2, 2, 4], [0, 3, 1]]
    table = language_table(phone_model(texts, PHONES[:5], 3), PHONES[:5])
    # What no text has may come, too, so that there is a little less for what is listed.
    np.testing.assert_array_less(np.exp(table).sum(-1), 1 + 1e-6)
    np.testing.assert_array_less(0.8, np.exp(table).sum(-1))
