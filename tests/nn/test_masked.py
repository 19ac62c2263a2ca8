"""Statistics of padded sequences: padding and the number of devices change nothing."""

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.nn.axis import AXIS, common_key
from ganspeech.nn.masked import MaskedBatchNorm, masked, normalized_over_time, valid_places

LENGTHS = jnp.array([5, 3, 7, 1])


def padded(time=7, seed=0):
    """Sequences with rubbish beyond their ends."""
    x = jax.random.normal(jax.random.key(seed), (4, 7, 3)) * 3 + 1
    x = jnp.pad(x, ((0, 0), (0, time - 7), (0, 0)), constant_values=99.0)
    return jnp.where(valid_places(LENGTHS, time)[..., None], x, 99.0)


def test_places_before_the_end_are_valid():
    np.testing.assert_array_equal(valid_places(LENGTHS, 7).sum(1), LENGTHS)
    assert masked(padded(), valid_places(LENGTHS, 7)).max() < 99


def test_each_sequence_is_normalized_over_its_own_time():
    y = np.asarray(normalized_over_time(padded(), valid_places(LENGTHS, 7)))
    for sequence, length, raw in zip(y, LENGTHS.tolist(), np.asarray(padded())):
        own = raw[:length]
        expected = (own - own.mean(0)) / np.sqrt(own.var(0) + 1e-2)
        np.testing.assert_allclose(sequence[:length], expected, rtol=1e-4, atol=1e-5)
        assert not sequence[length:].any()


def test_batch_statistics_are_those_of_what_is_valid_on_any_number_of_devices():
    norm = MaskedBatchNorm(momentum=0.5)
    variables = norm.init(jax.random.key(0), padded(), valid_places(LENGTHS, 7))
    own = np.concatenate([x[:n] for x, n in zip(np.asarray(padded()), LENGTHS.tolist())])
    for devices, time in ((1, 7), (1, 9), (2, 9), (4, 7)):
        x, lengths = padded(time).reshape(devices, -1, time, 3), LENGTHS.reshape(devices, -1)

        def apply(x, lengths):
            valid = valid_places(lengths, x.shape[1])
            return norm.apply(variables, x, valid, mutable=["batch_stats"])

        y, changed = jax.vmap(apply, axis_name=AXIS)(x, lengths)
        heard = np.concatenate([a[:n] for a, n in zip(y.reshape(4, time, 3), LENGTHS.tolist())])
        expected = (own - own.mean(0)) / np.sqrt(own.var(0) + 1e-3)
        np.testing.assert_allclose(heard, expected, rtol=1e-4, atol=1e-5)
        for name, first, new in (("mean", 0, own.mean(0)), ("variance", 1, own.var(0))):
            kept = changed["batch_stats"][name][0]
            np.testing.assert_allclose(kept, (first + new) / 2, rtol=1e-4)


def test_running_averages_are_used_where_nothing_may_change():
    norm = MaskedBatchNorm(epsilon=0.0)
    statistics = {"mean": jnp.array([1.0, 2.0, 3.0]), "variance": jnp.array([4.0, 9.0, 16.0])}
    params = {"scale": jnp.ones(3), "bias": jnp.zeros(3)}
    x = jnp.ones((1, 1, 3)) * jnp.array([3.0, 5.0, 7.0])[None, None]
    y = norm.apply({"params": params, "batch_stats": statistics}, x, jnp.ones((1, 1), bool))
    np.testing.assert_allclose(y[0, 0], 1.0)


def test_all_devices_share_the_first_examples_key():
    for keys in (
        jax.random.split(jax.random.key(0), 8),
        jax.random.split(jax.random.PRNGKey(0), 8),
    ):
        shared = jax.vmap(common_key, axis_name=AXIS)(keys.reshape(4, 2, *keys.shape[1:]))
        draws = [jax.random.uniform(key) for key in (*shared, keys[0])]
        assert len(set(map(float, draws))) == 1
