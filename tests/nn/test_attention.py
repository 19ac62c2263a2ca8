"""Relative attention: the shift is the definition, and places are told by distance alone."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.nn import attention
from ganspeech.nn.attention import RelativeAttention, aligned, distances
from ganspeech.nn.axis import AXIS
from ganspeech.nn.draws import STREAM
from ganspeech.nn.masked import valid_places


def test_scores_are_aligned_with_their_distances():
    time = 5
    by_distance = np.random.default_rng(0).normal(size=(2, 3, time, 2 * time - 1)).astype("f4")
    scores = np.asarray(aligned(by_distance))
    for i in range(time):
        for j in range(time):
            np.testing.assert_array_equal(scores[..., i, j], by_distance[..., i, time - 1 - i + j])
    # That column's wave is the one of distance i - j.
    np.testing.assert_allclose(distances(5, 4)[4 - 3 + 1], distances(9, 4)[8 - 3 + 1])


def heard(x, lengths, width=8):
    layer = RelativeAttention(heads=2)
    variables = layer.init(jax.random.key(1), jnp.zeros((1, 4, width)), jnp.ones((1, 4), bool))
    variables = jax.tree.map(lambda p: p + 0.1, variables)  # biases that are not zero
    return np.asarray(layer.apply(variables, x, valid_places(jnp.asarray(lengths), x.shape[1])))


def test_padding_and_position_change_nothing():
    x = jax.random.normal(jax.random.key(0), (1, 6, 8))
    alone = heard(x, [6])
    longer = heard(jnp.pad(x, ((0, 0), (0, 5), (0, 0)), constant_values=50.0), [6])
    np.testing.assert_allclose(longer[:, :6], alone, atol=1e-5)
    # The same content twice as far into an empty past would need a mask before it, so the parts
    # are compared by what distances do: reversing time must matter, shifting all alike must not.
    assert np.abs(heard(x[:, ::-1], [6])[:, ::-1] - alone).max() > 1e-3


def test_many_scores_are_attended_in_groups_to_the_same_end(monkeypatch):
    layer = RelativeAttention(heads=2, dropout=0.4)
    x, valid = jax.random.normal(jax.random.key(0), (7, 6, 8)), jnp.ones((7, 6), bool)
    variables = layer.init(jax.random.key(1), x, valid)

    def learned():
        def loss(variables, x):
            y = layer.apply(variables, x, valid, rngs={STREAM: jax.random.key(2)})
            return jnp.sum(y**2), y

        whole = jax.vmap(jax.grad(loss, has_aux=True), (None, 0), axis_name=AXIS)
        return jax.jit(whole)(variables, x[None])

    at_once = learned()
    monkeypatch.setattr(attention, "MOST_SCORES", 2 * 2 * 6 * 6)  # two examples, and one is left
    for ours, theirs in zip(*map(jax.tree.leaves, (learned(), at_once)), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_nothing_is_no_nan():
    assert np.isfinite(heard(jnp.ones((1, 4, 8)), [0])).all()


def test_heads_share_the_width():
    with pytest.raises(ValueError, match="width 7 is not divisible by 2 heads"):
        heard(jnp.zeros((1, 4, 7)), [4], width=7)
