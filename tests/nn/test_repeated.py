"""Blocks in a loop: the same variables, results, statistics and gradients as one by one."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.audio import AudioSpec
from ganspeech.generators.cmgan import CMGANGenerator
from ganspeech.nn.axis import AXIS
from ganspeech.nn.draws import STREAM
from ganspeech.nn.spec_augment import Masks
from ganspeech.recognizers.conformer import Conformer

SPEC = AudioSpec(sample_rate=16000, n_fft=64, hop_length=32, win_length=64, padding="center")
CMGAN = CMGANGenerator(channels=4, blocks=2, heads=1, kernel=1, depth=1)
CONFORMER = Conformer(width=8, blocks=2, heads=1, kernel=3, stem=2, masks=Masks(0, 0.0, 0, 0.0))
AUDIO = np.zeros((3, 320), np.float32), SPEC
FEATURES = np.zeros((3, 24, 6), np.float32), np.array([24, 17, 9]), 5, 2
each = pytest.mark.parametrize(
    "network, inputs", [(CMGAN, AUDIO), (CONFORMER, FEATURES)], ids=["CMGAN", "Conformer"]
)


def drawn(inputs):
    """The arguments of a network, noise in the first place."""
    shape = inputs[0].shape
    return jax.random.normal(jax.random.key(0), shape) / 2, *inputs[1:]


def started(network, inputs):
    x, *others = drawn(inputs)
    return jax.jit(lambda key: network.init(key, x, *others))(jax.random.key(1))


def learning(network, inputs):
    """Gradients, and changed statistics and output, in training with draws, `(variables, seed)`."""
    x, *others = drawn(inputs)

    def learn(variables, seed):
        def loss(params, x):
            y, changed = network.apply(
                variables | {"params": params},
                x,
                *others,
                mutable=["batch_stats"],
                rngs={STREAM: jax.random.key(seed)},
            )
            y = jax.tree.leaves(y)[0]
            return jnp.sum(y**2), (changed, y)

        whole = jax.vmap(jax.grad(loss, has_aux=True), (None, 0), axis_name=AXIS)
        return whole(variables["params"], x[None])

    return jax.jit(learn)


@pytest.mark.parametrize(
    "network, inputs",
    [pytest.param(CMGAN, AUDIO, marks=pytest.mark.slow), (CONFORMER, FEATURES)],
    ids=["CMGAN", "Conformer"],
)
def test_a_loop_is_learned_like_blocks_one_by_one(network, inputs):
    still = dataclasses.replace(network, dropout=0.0)
    looped = dataclasses.replace(still, remat=True)
    variables, same = (started(n, inputs) for n in (still, looped))
    jax.tree.map(np.testing.assert_array_equal, variables, same)
    ours, theirs = (learning(n, inputs)(variables, 0) for n in (looped, still))
    assert jax.tree.structure(ours) == jax.tree.structure(theirs)
    # A bias before a normalization has no gradient but rounding's.
    least = 1e-5 * max(np.abs(leaf).max() for leaf in jax.tree.leaves(theirs))
    for mine, other in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs)):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=least)


def test_a_loop_draws_as_its_key_says():
    looped = dataclasses.replace(CONFORMER, remat=True, dropout=0.5)
    variables, learn = started(CONFORMER, FEATURES), learning(looped, FEATURES)
    first, again, other = (learn(variables, seed)[1][1] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3
