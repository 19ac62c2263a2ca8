"""Vocos: the paper's size, output length under both paddings, a head that inverts the STFT."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from vocoder_checks import check_gradients, check_precisions, initial

from ganspeech.audio import SPEECH_16K, VOCOS_24K, AudioSpec, stft
from ganspeech.generators.vocos import VOCOS, VOCOS_SMALL, Vocos
from ganspeech.nn.istft_head import audio_from_polar

SPEC = AudioSpec(n_fft=64, hop_length=16, win_length=64, n_mels=5)
CENTER = dataclasses.replace(SPEC, padding="center")
TINY = Vocos(width=8, blocks=2)
MEL = jax.random.normal(jax.random.key(0), (2, 7, 5))


@pytest.mark.parametrize(
    ("generator", "spec", "millions"), [(VOCOS, VOCOS_24K, 13.53), (VOCOS_SMALL, SPEECH_16K, 1.65)]
)
def test_sizes(generator, spec, millions):
    mel = jax.ShapeDtypeStruct((1, 4, spec.n_mels), jnp.float32)
    shapes = jax.eval_shape(lambda mel: generator.init(jax.random.key(0), mel, spec), mel)
    count = sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(shapes))
    assert count / 1e6 == pytest.approx(millions, abs=0.006)


@pytest.mark.parametrize("spec", [SPEC, CENTER], ids=["same", "center"])
def test_audio_in_either_precision(spec):
    check_precisions(TINY, initial(TINY, MEL, spec), MEL, spec)


def test_every_weight_gets_a_gradient():
    check_gradients(TINY, initial(TINY, MEL, SPEC), MEL, SPEC)


def test_refuses_another_number_of_bands():
    with pytest.raises(ValueError, match="n_mels is 5"):
        TINY.init(jax.random.key(0), MEL[..., :4], SPEC)


def test_polar_inverts_the_transform():
    audio = 0.1 * jax.random.normal(jax.random.key(1), (2, 160))
    spectrum = stft(audio, SPEC)
    back = audio_from_polar(jnp.log(jnp.abs(spectrum)), jnp.angle(spectrum) + 20 * jnp.pi, SPEC)
    np.testing.assert_allclose(back, audio, atol=1e-4)


def test_huge_magnitudes_stay_finite():
    huge = jnp.full((1, 4, SPEC.bins), 1e4)

    def loss(log_magnitude):
        return jnp.sum(audio_from_polar(log_magnitude, jnp.zeros_like(huge), SPEC) ** 2)

    value, gradient = jax.value_and_grad(loss)(huge)
    assert np.isfinite(value) and np.all(np.isfinite(gradient))
