"""The sub-band constant-Q discriminator: its octaves, the rates it can judge."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.discriminators.sub_band_cqt import (
    SUB_BAND_CQT_SMALL,
    SubBandCQTDiscriminator,
)

AUDIO = 0.1 * jax.random.normal(jax.random.key(0), (2, 4096))


def test_the_small_one_has_these_shapes():
    outputs = jax.eval_shape(SUB_BAND_CQT_SMALL.init_with_output, jax.random.key(0), AUDIO)[0]
    # 8,192 samples at twice the rate, and eight octaves of 12 and of 24 bins.
    assert [maps[0].shape for maps in outputs] == [(2, 17, 96, 8), (2, 17, 192, 8)]
    assert [maps[-1].shape for maps in outputs] == [(2, 17, 12, 1), (2, 17, 24, 1)]


def test_every_weight_of_every_octave_and_every_sample_gets_a_gradient():
    judge = SubBandCQTDiscriminator(
        sample_rate=400, hop_lengths=(64,), bins_per_octave=(6,), octaves=3, channels=4
    )
    variables = jax.jit(judge.init)(jax.random.key(0), AUDIO)

    def loss(variables, x):
        return sum(jnp.mean(maps[-1] ** 2) for maps in judge.apply(variables, x))

    gradients, pull = jax.jit(jax.grad(loss, argnums=(0, 1)))(variables, AUDIO)
    assert all(np.any(g != 0) and np.all(np.isfinite(g)) for g in jax.tree.leaves(gradients))
    assert np.all(pull != 0)


def test_a_tone_shows_in_its_octave():
    judge = SubBandCQTDiscriminator(hop_lengths=(512,), bins_per_octave=(12,), octaves=6)
    time = jnp.arange(2 * 22050)[None] / 22050
    variables = jax.jit(judge.init)(jax.random.key(0), time)

    @jax.jit
    def first_layer(x):
        return judge.apply(variables, x)[0][0][0, 40].reshape(6, 12, -1)

    heard = jnp.abs(first_layer(0.5 * jnp.sin(2 * jnp.pi * 440 * time)) - first_layer(0 * time))
    by_octave = np.asarray(jnp.max(heard, axis=(1, 2)))
    # 440 Hz is the tenth bin of the fourth octave; nine taps see four bins across its edge.
    assert by_octave.argmax() == 3 and by_octave[[0, 1, 5]].max() < 0.01 * by_octave[3]


def test_octaves_above_the_rate_are_refused():
    judge = SubBandCQTDiscriminator(sample_rate=16000)
    with pytest.raises(
        ValueError, match=r"9 octaves of 24 bins .* half the sample rate is 16000 Hz; lower octaves"
    ):
        jax.eval_shape(judge.init, jax.random.key(0), AUDIO)
