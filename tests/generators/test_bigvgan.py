"""BigVGAN: the published sizes, its switches, and refusal of a spec it cannot serve."""

import dataclasses
import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from vocoder_checks import check_gradients, check_precisions, initial

from ganspeech.audio import AudioSpec
from ganspeech.generators.bigvgan import (
    BIGVGAN,
    BIGVGAN_BASE,
    BIGVGAN_V2,
    BIGVGAN_V2_512X,
    BigVGAN,
)

SPEC = AudioSpec(n_fft=64, hop_length=12, win_length=64, n_mels=5)
TINY = BigVGAN((4, 3), (8, 5), 8, (3, 3), ((1, 2), (3,)))
PLAIN = dataclasses.replace(TINY, activation="snake", log_scale=False, tanh=False, final_bias=False)
MEL = jax.random.normal(jax.random.key(0), (2, 7, 5))


@functools.cache
def variables_of(generator):
    return initial(generator, MEL, SPEC)


@pytest.mark.parametrize(
    ("generator", "bands", "hop", "millions", "tolerance"),
    [
        (BIGVGAN_BASE, 100, 256, 14.01, 0.01),
        (BIGVGAN, 100, 256, 112.4, 0.05),
        (BIGVGAN_V2, 80, 256, 112, 0.5),
        (BIGVGAN_V2_512X, 128, 512, 122, 0.5),
    ],
)
def test_published_sizes(generator, bands, hop, millions, tolerance):
    spec = AudioSpec(hop_length=hop, n_mels=bands)
    mel = jax.ShapeDtypeStruct((1, 4, bands), jnp.float32)
    audio, shapes = jax.eval_shape(
        lambda mel: generator.init_with_output(jax.random.key(0), mel, spec), mel
    )
    leaves = jax.tree_util.tree_leaves_with_path(shapes)
    count = sum(math.prod(leaf.shape) for path, leaf in leaves if path[-1].key != "gain")
    assert count / 1e6 == pytest.approx(millions, abs=tolerance)
    assert audio.shape == (1, 4 * hop)


@pytest.mark.parametrize("generator", [TINY, PLAIN], ids=["snakebeta", "snake"])
def test_audio_in_either_precision(generator):
    variables = variables_of(generator)
    check_precisions(generator, variables, MEL, SPEC, within_one=0.02)
    names = {path[-1].key for path, _ in jax.tree_util.tree_leaves_with_path(variables)}
    assert ("beta" in names) == (generator.activation == "snakebeta")
    assert ("bias" in variables["params"]["after"]) == generator.final_bias


def test_every_weight_gets_a_gradient():
    check_gradients(TINY, variables_of(TINY), MEL, SPEC)


def test_loud_audio_is_bent_or_clipped():
    params = variables_of(TINY)["params"]
    loud = {"params": params | {"after": params["after"] | {"gain": jnp.full(1, 10.0)}}}
    bent, clipped = (
        np.asarray(jax.jit(generator.apply, static_argnums=2)(loud, MEL, SPEC))
        for generator in (TINY, dataclasses.replace(TINY, tanh=False))
    )
    inside = np.abs(clipped) < 1
    assert np.abs(clipped).max() == 1 and 0 < inside.mean() < 1
    np.testing.assert_allclose(np.tanh(clipped[inside]), bent[inside], atol=1e-5)


def test_refuses_another_hop_or_number_of_bands():
    spec = AudioSpec(n_fft=64, hop_length=16, win_length=64, n_mels=5)
    with pytest.raises(ValueError, match=r"upsample_rates \(4, 3\).*12.*hop_length is 16"):
        TINY.init(jax.random.key(0), MEL, spec)
    with pytest.raises(ValueError, match="n_mels is 5"):
        TINY.init(jax.random.key(0), MEL[..., :4], SPEC)
