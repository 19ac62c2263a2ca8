"""The discriminator of phones: padding counts nothing, and nothing is seen before it is read."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.discriminators.phone_sequences import PhoneDiscriminator
from ganspeech.losses.penalties import gradient_penalty

TEXT = jax.nn.softmax(jax.random.normal(jax.random.key(0), (3, 9, 5)))


@pytest.fixture(scope="module")
def judge():
    return PhoneDiscriminator(width=8, kernel=3, layers=3)


@pytest.fixture(scope="module")
def variables(judge):
    variables = judge.init(jax.random.key(1), TEXT, None)
    # Biases are zero at first, which would hide what padding adds.
    return jax.tree.map(lambda leaf: leaf + 0.1, variables)


def test_rows_of_zeros_at_the_end_change_nothing(judge, variables):
    longer = jnp.pad(TEXT, ((0, 0), (0, 6), (0, 0)))
    (maps,), (of_longer,) = (judge.apply(variables, x, None) for x in (TEXT, longer))
    assert len(maps) == 3 and maps[-1].shape == (3, 1) and maps[0].shape == (3, 9, 8)
    np.testing.assert_allclose(maps[-1], of_longer[-1], rtol=1e-5, atol=1e-6)
    for ours, theirs in zip(maps[:-1], of_longer[:-1]):
        np.testing.assert_allclose(ours, theirs[:, :9], rtol=1e-5, atol=1e-6)


def test_a_batch_is_read_row_by_row(judge, variables):
    lengths = (9, 4, 1)
    rows = [TEXT[n, :length][None] for n, length in enumerate(lengths)]
    padded = jnp.stack([row.at[length:].set(0.0) for row, length in zip(TEXT, lengths)])
    together = judge.apply(variables, padded, None)[0][-1]
    alone = jnp.concatenate([judge.apply(variables, row, None)[0][-1] for row in rows])
    np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-6)


def test_nothing_later_is_seen(judge, variables):
    changed = TEXT.at[:, 5].set(jnp.roll(TEXT[:, 5], 1, axis=-1))
    (ours,), (theirs,) = (judge.apply(variables, x, None) for x in (TEXT, changed))
    for one, other in zip(ours[:-1], theirs[:-1]):
        np.testing.assert_array_equal(one[:, :5], other[:, :5])
        assert (one[:, 5] != other[:, 5]).any()


def test_an_empty_text_has_a_finite_score_and_penalty(judge, variables):
    empty = jnp.zeros_like(TEXT)
    assert judge.apply(variables, empty, None)[0][-1].tolist() == [[0.0]] * 3
    keys = jax.random.split(jax.random.key(2), 3)

    def penalty(variables):
        def logits(x):
            return [judge.apply(variables, x, None)[0][-1]]

        return gradient_penalty(logits, TEXT, empty, keys)

    slopes = jax.tree.leaves(jax.grad(penalty)(variables))
    assert all(np.isfinite(slope).all() for slope in slopes) and any(s.any() for s in slopes)
