"""HiFi-GAN: the paper's sizes, output length, and refusal of a spec it cannot serve."""

import math

import jax
import jax.numpy as jnp
import pytest
from vocoder_checks import check_gradients, check_precisions, initial

from ganspeech.audio import HIFIGAN_22K, AudioSpec
from ganspeech.generators.hifigan import HIFIGAN_V1, HIFIGAN_V2, HIFIGAN_V3, HiFiGAN

SPEC = AudioSpec(n_fft=64, hop_length=12, win_length=64, n_mels=5)
TINY = {
    "1": HiFiGAN((4, 3), (8, 6), 8, "1", (3, 5), ((1, 2), (1, 3))),
    "2": HiFiGAN((4, 3), (8, 6), 8, "2", (3, 5), ((1, 2), (1, 3))),
}
MEL = jax.random.normal(jax.random.key(0), (2, 7, 5))


@pytest.mark.parametrize(
    ("generator", "millions"), [(HIFIGAN_V1, 13.92), (HIFIGAN_V2, 0.92), (HIFIGAN_V3, 1.46)]
)
def test_sizes_of_the_paper(generator, millions):
    mel = jax.ShapeDtypeStruct((1, 4, 80), jnp.float32)
    shapes = jax.eval_shape(lambda mel: generator.init(jax.random.key(0), mel, HIFIGAN_22K), mel)
    leaves = jax.tree_util.tree_leaves_with_path(shapes)
    count = sum(math.prod(leaf.shape) for path, leaf in leaves if path[-1].key != "gain")
    assert count / 1e6 == pytest.approx(millions, abs=0.01)
    audio = jax.eval_shape(lambda v, mel: generator.apply(v, mel, HIFIGAN_22K), shapes, mel)
    assert audio.shape == (1, 4 * 256)


@pytest.mark.parametrize("generator", TINY.values(), ids=TINY.keys())
def test_audio_in_either_precision(generator):
    check_precisions(generator, initial(generator, MEL, SPEC), MEL, SPEC, within_one=0.02)


def test_every_weight_gets_a_gradient():
    check_gradients(TINY["1"], initial(TINY["1"], MEL, SPEC), MEL, SPEC)


def test_refuses_another_hop_or_number_of_bands():
    spec = AudioSpec(n_fft=64, hop_length=16, win_length=64, n_mels=5)
    with pytest.raises(ValueError, match=r"upsample_rates \(4, 3\).*12.*hop_length is 16"):
        TINY["1"].init(jax.random.key(0), MEL, spec)
    with pytest.raises(ValueError, match="n_mels is 5"):
        TINY["1"].init(jax.random.key(0), MEL[..., :4], SPEC)
