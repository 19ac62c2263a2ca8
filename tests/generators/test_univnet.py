"""UnivNet: the paper's sizes, output length, noise that follows the mels, and refusals."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from vocoder_checks import check_gradients, check_precisions

from ganspeech.audio import AudioSpec
from ganspeech.generators.univnet import UNIVNET_C16, UNIVNET_C32, UnivNet

PAPER = AudioSpec(sample_rate=24000, n_mels=100, fmax=12000.0)
SPEC = AudioSpec(n_fft=64, hop_length=12, win_length=64, n_mels=5)
TINY = UnivNet(4, 6, (4, 3), (3, 5), ((1, 3), (1,)), 8, 1)
MEL = jax.random.normal(jax.random.key(0), (2, 9, 5))
VARIABLES = jax.jit(TINY.init, static_argnums=2)(jax.random.key(1), MEL, SPEC)
APPLY = jax.jit(TINY.apply, static_argnums=2)


@pytest.mark.parametrize(
    ("generator", "plain", "published"),
    [(UNIVNET_C16, 3_977_009, 4.00), (UNIVNET_C32, 14_789_153, 14.86)],
)
def test_sizes_of_the_paper(generator, plain, published):
    mel = jax.ShapeDtypeStruct((1, 4, 100), jnp.float32)
    shapes = jax.eval_shape(lambda mel: generator.init(jax.random.key(0), mel, PAPER), mel)
    leaves = jax.tree_util.tree_leaves_with_path(shapes)
    assert plain == sum(math.prod(leaf.shape) for path, leaf in leaves if path[-1].key != "gain")
    # The paper counts the gains of weight normalization too.
    count = sum(math.prod(leaf.shape) for _, leaf in leaves)
    assert count / 1e6 == pytest.approx(published, abs=0.01)
    audio = jax.eval_shape(lambda v, mel: generator.apply(v, mel, PAPER), shapes, mel)
    assert audio.shape == (1, 4 * 256)


def test_audio_in_either_precision():
    check_precisions(TINY, VARIABLES, MEL, SPEC, within_one=0.03)


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_an_utterance_may_be_short(frames):
    audio = APPLY(VARIABLES, MEL[:, :frames], SPEC)
    assert audio.shape == (2, frames * 12) and np.isfinite(audio).all()


def test_a_frame_sounds_the_same_wherever_it_stands():
    mel = jax.random.normal(jax.random.key(2), (1, 60, 5))
    whole = APPLY(VARIABLES, mel, SPEC)
    window = APPLY(VARIABLES, mel[:, 7:47], SPEC)
    inner = slice(15 * 12, 25 * 12)
    np.testing.assert_allclose(window[:, inner], whole[:, 7 * 12 :][:, inner], atol=1e-5)
    np.testing.assert_allclose(
        APPLY(VARIABLES, MEL, SPEC)[1:], APPLY(VARIABLES, MEL[1:], SPEC), atol=1e-5
    )


def test_given_noise_is_used():
    noise = jax.random.normal(jax.random.key(3), (2, 9, 6))
    audio = APPLY(VARIABLES, MEL, SPEC, noise)
    assert np.abs(audio - APPLY(VARIABLES, MEL, SPEC)).max() > 1e-3
    np.testing.assert_array_equal(audio, APPLY(VARIABLES, MEL, SPEC, noise))


def test_every_weight_gets_a_gradient():
    check_gradients(TINY, VARIABLES, MEL, SPEC)


def test_refuses_another_hop_number_of_bands_or_noise():
    spec = AudioSpec(n_fft=64, hop_length=16, win_length=64, n_mels=5)
    with pytest.raises(ValueError, match=r"strides \(4, 3\).*12.*hop_length is 16"):
        TINY.init(jax.random.key(0), MEL, spec)
    with pytest.raises(ValueError, match="n_mels is 5"):
        TINY.init(jax.random.key(0), MEL[..., :4], SPEC)
    with pytest.raises(ValueError, match=r"noise must be \[2, 9, 6\], not \[2, 9, 5\]"):
        TINY.apply(VARIABLES, MEL, SPEC, MEL)
