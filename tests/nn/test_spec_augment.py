"""SpecAugment: stretches within bounds, within the utterance, alike on any number of devices."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.nn.axis import AXIS
from ganspeech.nn.draws import STREAM
from ganspeech.nn.spec_augment import NO_MASKS, Masks, SpecAugment

LENGTHS = jnp.array([20, 40, 60, 80] * 16)
X = jnp.ones((64, 80, 10))


def covered(masks, devices=1):
    def apply(x, lengths):
        layer = SpecAugment(masks)
        return layer.apply({}, x, lengths, rngs={STREAM: jax.random.key(0)})

    parts = X.reshape(devices, -1, 80, 10), LENGTHS.reshape(devices, -1)
    return np.asarray(jax.vmap(apply, axis_name=AXIS)(*parts)).reshape(X.shape) == 0


def test_nothing_is_covered_without_a_key_or_masks():
    np.testing.assert_array_equal(SpecAugment(Masks()).apply({}, X, LENGTHS), X)
    assert not covered(NO_MASKS).any()


def test_stretches_of_time_lie_within_the_utterance():
    hidden = covered(Masks(frequency=0, time=1, time_share=0.25))
    assert (hidden.all(2) == hidden.any(2)).all()
    counts = hidden[..., 0].sum(1)
    assert all(set(counts[n::4]) <= set(range(int(5 * (n + 1)) + 1)) for n in range(4))
    assert counts[3::4].max() >= 15
    assert not (hidden[..., 0] & (np.arange(80)[None] >= np.asarray(LENGTHS)[:, None])).any()
    edges = np.diff(hidden[..., 0].astype(int), axis=1, prepend=0, append=0)
    assert ((edges == 1).sum(1) <= 1).all()


def test_stretches_of_frequency_are_as_wide_as_said():
    hidden = covered(Masks(frequency=2, frequency_share=0.3, time=0))
    assert (hidden.all(1) == hidden.any(1)).all()
    assert set(range(6)) <= set(hidden[:, 0].sum(1)) <= set(range(7))


def test_devices_do_not_matter_and_examples_differ():
    one = covered(Masks())
    np.testing.assert_array_equal(covered(Masks(), devices=4), one)
    assert len({example.tobytes() for example in one[3::4]}) == 16


def test_impossible_masks_are_named():
    with pytest.raises(ValueError, match=r"masks\.time_share must be from 0 to 1, not 1\.5"):
        Masks(time_share=1.5)
    with pytest.raises(ValueError, match=r"masks\.frequency must not be negative, but is -1"):
        Masks(frequency=-1)
