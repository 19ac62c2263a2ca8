"""Multi-band MelGAN: the paper's size, output length, refusal of a spec it cannot serve."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from vocoder_checks import check_gradients, check_precisions, initial

from ganspeech.audio import HIFIGAN_22K, AudioSpec
from ganspeech.generators.multiband_melgan import (
    MULTIBAND_MELGAN,
    MULTIBAND_MELGAN_16K,
    MultiBandMelGAN,
)

HOP_200 = AudioSpec(sample_rate=16000, hop_length=200)
SPEC = AudioSpec(n_fft=64, hop_length=24, win_length=64, n_mels=5)
TINY = {
    shortcut: MultiBandMelGAN(band_rates=(3, 2), channels=16, layers=2, shortcut=shortcut)
    for shortcut in ("identity", "convolution")
}
MEL = jax.random.normal(jax.random.key(0), (2, 7, 5))


@pytest.mark.parametrize(
    ("generator", "spec", "millions"),
    [
        # 1.91 is the paper's. It gives neither the second layer's taps nor the shortcut; three
        # taps and no weights in the shortcut, as in the MelGAN paper, are what makes this number.
        (MULTIBAND_MELGAN_16K, HOP_200, 1.91),
        # Counted from the layers below: the paper has no size for a hop of 256.
        (MULTIBAND_MELGAN, HIFIGAN_22K, 2.73),
        (MultiBandMelGAN(shortcut="convolution"), HIFIGAN_22K, 2.53),
    ],
    ids=["paper", "hop 256", "convolution"],
)
def test_sizes(generator, spec, millions):
    mel = jax.ShapeDtypeStruct((1, 16, 80), jnp.float32)
    shapes = jax.eval_shape(lambda mel: generator.init(jax.random.key(0), mel, spec), mel)
    leaves = jax.tree_util.tree_leaves_with_path(shapes)
    count = sum(math.prod(leaf.shape) for path, leaf in leaves if path[-1].key != "gain")
    table = [(7, 80, 384), (7, 48, 4)]
    for rate, inputs in zip(generator.band_rates, (384, 192, 96)):
        width = inputs // 2
        layer = [(3, width, width)] * 2
        if generator.shortcut == "convolution":
            layer = [(3, width, width), (1, width, width), (1, width, width)]
        table += [(2 * rate, inputs, width), *layer * 4]
    assert count == sum(taps * inputs * outputs + outputs for taps, inputs, outputs in table)
    assert count / 1e6 == pytest.approx(millions, abs=0.005)
    audio = jax.eval_shape(lambda v, mel: generator.apply(v, mel, spec), shapes, mel)
    assert audio.shape == (1, 16 * spec.hop_length)


@pytest.mark.parametrize("generator", TINY.values(), ids=TINY.keys())
def test_audio_in_either_precision(generator):
    # The small first weights are for many channels; with few they would leave next to nothing.
    variables = jax.tree.map(lambda a: 5 * a, initial(generator, MEL, SPEC))
    check_precisions(generator, variables, MEL, SPEC)


@pytest.mark.parametrize("generator", TINY.values(), ids=TINY.keys())
def test_every_weight_gets_a_gradient(generator):
    check_gradients(generator, initial(generator, MEL, SPEC), MEL, SPEC)


def test_a_window_of_frames_gives_that_window_of_audio():
    generator = TINY["identity"]
    mel = jax.random.normal(jax.random.key(1), (1, 60, 5))
    variables = jax.jit(generator.init, static_argnums=2)(jax.random.key(0), mel, SPEC)
    variables = jax.tree.map(lambda a: 5 * a, variables)
    apply = jax.jit(generator.apply, static_argnums=2)
    whole, part = apply(variables, mel, SPEC), apply(variables, mel[:, 10:50], SPEC)
    middle = slice(15 * 24, 25 * 24)
    assert jnp.max(jnp.abs(whole)) > 1e-3
    np.testing.assert_allclose(part[:, middle], whole[:, 10 * 24 :][:, middle], atol=1e-5)


def test_very_short_features_are_mirrored_more_than_once():
    generator = dataclasses.replace(TINY["identity"], layers=4)
    variables = generator.init(jax.random.key(0), MEL[:, :2], SPEC)
    assert generator.apply(variables, MEL[:, :2], SPEC).shape == (2, 2 * 24)


def test_refuses_another_hop_or_number_of_bands():
    spec = AudioSpec(n_fft=64, hop_length=16, win_length=64, n_mels=5)
    with pytest.raises(ValueError, match=r"band_rates \(3, 2\) times 4.*24.*hop_length is 16"):
        TINY["identity"].init(jax.random.key(0), MEL, spec)
    with pytest.raises(ValueError, match="n_mels is 5"):
        TINY["identity"].init(jax.random.key(0), MEL[..., :4], SPEC)
