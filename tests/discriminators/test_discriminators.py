"""Every discriminator: the papers' sizes, shapes, precision and second derivatives."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.config.registry import WAVEFORM_DISCRIMINATORS
from ganspeech.discriminators.multi_period import MULTI_PERIOD_SMALL, MultiPeriodDiscriminator
from ganspeech.discriminators.multi_resolution import (
    MULTI_RESOLUTION_SMALL,
    MultiResolutionDiscriminator,
)
from ganspeech.discriminators.multi_scale import MULTI_SCALE_SMALL, MultiScaleDiscriminator
from ganspeech.discriminators.sub_band_cqt import SUB_BAND_CQT_SMALL, SubBandCQTDiscriminator
from ganspeech.discriminators.wavegan import WaveGANDiscriminator
from ganspeech.losses.penalties import r1_penalty

TINY = {
    "period": MultiPeriodDiscriminator(periods=(2, 7), channels=2, max_channels=4),
    "scale": MultiScaleDiscriminator(scales=2, channels=16, max_channels=16),
    "resolution": MultiResolutionDiscriminator(
        resolutions=((128, 32, 100), (64, 16, 64)), channels=2, stride=(2, 2)
    ),
    "cqt": SubBandCQTDiscriminator(
        sample_rate=400, hop_lengths=(128, 64), bins_per_octave=(4, 6), octaves=3, channels=4
    ),
}
AUDIO = 0.1 * jax.random.normal(jax.random.key(0), (3, 700))


@pytest.fixture(scope="module", params=TINY.values(), ids=TINY.keys())
def judge(request):
    return request.param


@pytest.fixture(scope="module")
def params(judge):
    return jax.jit(judge.init)(jax.random.key(0), AUDIO)["params"]


@pytest.fixture(scope="module")
def outputs(judge, params):
    return jax.jit(judge.apply)({"params": params}, AUDIO)


def count(judge):
    """Parameters without the gains of weight normalization."""
    x = jax.ShapeDtypeStruct((1, 8192), jnp.float32)
    leaves = jax.tree_util.tree_leaves_with_path(jax.eval_shape(judge.init, jax.random.key(0), x))
    return sum(math.prod(leaf.shape) for path, leaf in leaves if path[-1].key != "gain")


def test_the_tiny_ones_cover_the_menu():
    classes = {type(part) for part in WAVEFORM_DISCRIMINATORS.values()}
    assert {type(part) for part in TINY.values()} == classes - {WaveGANDiscriminator}


def test_sizes_of_the_papers():
    # Taps times inputs of a group times outputs, plus biases, from the papers' tables.
    period = [(5, 1, 32), (5, 32, 128), (5, 128, 512), (5, 512, 1024), (5, 1024, 1024)]
    scale = [(15, 1, 128), (41, 32, 128), (41, 8, 256), (41, 16, 512), (41, 32, 1024)]
    scale += [(41, 64, 1024), (5, 1024, 1024)]
    resolution = [(27, 1, 32), *[(27, 32, 32)] * 3, (9, 32, 32)]
    # The layers of the code that Amphion and BigVGAN published; their papers give no count.
    cqt = [*[(27, 2, 2)] * 9, (27, 2, 32), *[(27, 32, 32)] * 3, (9, 32, 32)]

    def total(layers):
        return sum(taps * inputs * outputs + outputs for taps, inputs, outputs in layers)

    assert count(MultiPeriodDiscriminator()) == 5 * total([*period, (3, 1024, 1)])
    assert count(MultiScaleDiscriminator()) == 3 * total([*scale, (3, 1024, 1)])
    assert count(MultiResolutionDiscriminator()) == 3 * total([*resolution, (9, 32, 1)])
    assert count(SubBandCQTDiscriminator()) == 3 * total([*cqt, (9, 32, 1)]) == 285_981


def test_small_ones_are_small():
    small = (MULTI_PERIOD_SMALL, MULTI_SCALE_SMALL, MULTI_RESOLUTION_SMALL, SUB_BAND_CQT_SMALL)
    assert [round(count(judge) / 1000) for judge in small] == [265, 300, 18, 14]


def test_maps_lead_with_the_batch_and_end_with_logits(outputs):
    assert len(outputs) == 2
    for maps in outputs:
        assert len(maps) >= 6
        assert all(y.shape[0] == 3 and y.dtype == jnp.float32 for y in maps)
        assert all(bool(jnp.all(jnp.isfinite(y))) and bool(jnp.any(y != 0)) for y in maps)
        assert maps[-1].shape[-1] == 1


def test_examples_do_not_see_each_other_and_the_condition_is_not_read(judge, params, outputs):
    order = jnp.array([2, 0, 1])
    changed = AUDIO[order].at[1].set(0)
    others = jax.jit(judge.apply)({"params": params}, changed, jnp.ones((3, 5)))
    for before, after in zip(jax.tree.leaves(outputs), jax.tree.leaves(others), strict=True):
        np.testing.assert_allclose(before[jnp.array([2, 1])], after[jnp.array([0, 2])], atol=1e-6)


def test_the_weights_decide_the_precision(judge, params, outputs):
    half = jax.tree.map(lambda a: a.astype(jnp.bfloat16), params)
    for full, rounded in zip(
        jax.tree.leaves(outputs), jax.tree.leaves(jax.jit(judge.apply)({"params": half}, AUDIO))
    ):
        assert rounded.dtype == jnp.bfloat16
        difference = float(jnp.max(jnp.abs(full - rounded.astype(jnp.float32))))
        assert difference < 0.03 * (0.2 + float(jnp.max(jnp.abs(full))))


def test_r1_has_a_gradient_under_pmap(judge, params):
    def penalty(params, x):
        return r1_penalty(lambda x: [maps[-1] for maps in judge.apply({"params": params}, x)], x)

    def mean_gradient(params, x):
        return jax.lax.pmean(jax.value_and_grad(penalty)(params, x), "devices")

    value, gradients = jax.pmap(
        mean_gradient, axis_name="devices", in_axes=(None, 0), out_axes=None
    )(params, AUDIO[None])
    assert np.isfinite(value) and value > 0
    for path, gradient in jax.tree_util.tree_leaves_with_path(gradients):
        assert np.all(np.isfinite(gradient))
        assert path[-1].key == "bias" or np.any(gradient != 0)


def test_a_period_sees_every_period_th_sample():
    judge = MultiPeriodDiscriminator(periods=(3,), channels=2, max_channels=4)
    variables = judge.init(jax.random.key(0), AUDIO)

    def energy_of_one_column(x):
        return jnp.sum(judge.apply(variables, x)[0][-1][:, 1] ** 2)

    touched = np.flatnonzero(jax.jit(jax.grad(energy_of_one_column))(AUDIO[:1])[0])
    # 700 samples are reflected at the end to 702, which brings in two more just before it.
    assert len(touched) > 0 and set(touched[touched < 697] % 3) == {1}
