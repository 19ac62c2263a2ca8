"""Attention with a window of distances: the shifts are the definition, padding changes nothing."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.nn.masked import valid_places
from ganspeech.nn.windowed_attention import WindowedAttention, placed, windowed


@pytest.mark.parametrize("time", [1, 2, 7])
def test_shifts_are_their_definition(time):
    window = 2
    rng = np.random.default_rng(0)
    by_distance = rng.normal(size=(2, 3, time, 2 * window + 1)).astype("f4")
    attention = rng.normal(size=(2, 3, time, time)).astype("f4")
    scores = np.asarray(placed(by_distance))
    near = np.asarray(windowed(attention, window))
    for i in range(time):
        for j in range(time):
            inside = abs(j - i) <= window
            wanted = by_distance[..., i, j - i + window] if inside else 0
            np.testing.assert_array_equal(scores[..., i, j], wanted)
        for o in range(2 * window + 1):
            j = i + o - window
            wanted = attention[..., i, j] if 0 <= j < time else 0
            np.testing.assert_array_equal(near[..., i, o], wanted)


def heard(x, lengths, width=8):
    layer = WindowedAttention(heads=2, window=2)

    @jax.jit
    def run(x, valid):
        variables = layer.init(jax.random.key(1), jnp.zeros((1, 4, width)), valid[:, :4])
        return layer.apply(variables, x, valid)

    return np.asarray(run(x, valid_places(jnp.asarray(lengths), x.shape[1])))


def test_padding_changes_nothing_and_order_does():
    x = jax.random.normal(jax.random.key(0), (1, 6, 8))
    alone = heard(x, [6])
    longer = heard(jnp.pad(x, ((0, 0), (0, 5), (0, 0)), constant_values=50.0), [6])
    np.testing.assert_allclose(longer[:, :6], alone, atol=1e-5)
    assert np.abs(heard(x[:, ::-1], [6])[:, ::-1] - alone).max() > 1e-3


def test_nothing_is_no_nan_and_heads_share_the_width():
    assert np.isfinite(heard(jnp.ones((1, 4, 8)), [0])).all()
    with pytest.raises(ValueError, match="width 7 is not divisible by 2 heads"):
        heard(jnp.zeros((1, 4, 7)), [4], width=7)
