"""iSTFTNet: sizes, the short inverse STFT, output length, refusal of a spec it cannot serve."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from vocoder_checks import check_gradients, check_precisions, initial

from ganspeech.audio import HIFIGAN_22K, AudioSpec
from ganspeech.generators.istftnet import ISTFTNET_V1, ISTFTNET_V2, ISTFTNET_V3, ISTFTNet

SPEC = AudioSpec(n_fft=64, hop_length=24, win_length=64, n_mels=5)
TINY = {
    "C4C3I": ISTFTNet((4, 3), (8, 6), 4, 8, "1", (3, 5), ((1, 2), (1, 3))),
    "C4I": ISTFTNet((4,), (8,), 4, 8, "2", (3, 5), ((1, 2), (1, 3)), math.pi),
}
MEL = jax.random.normal(jax.random.key(0), (2, 7, 5))


def layers(generator, n_fft):
    """Taps, inputs, outputs of every convolution, by hand."""
    width = generator.channels
    yield 7, 80, width
    for taps in generator.upsample_kernels:
        yield taps, width, width // 2
        width //= 2
        for kernel, dilations in zip(generator.kernels, generator.dilations):
            steps = len(dilations) * (2 if generator.resblock == "1" else 1)
            yield from [(kernel, width, width)] * steps
    yield 7, width, n_fft + 2


@pytest.mark.parametrize(
    ("generator", "n_fft", "millions"),
    [
        # With a gain for each output the first has the 13.26 million that are given for V1-C8C8I;
        # the others were counted by hand from HiFi-GAN's table with the last upsampling(s) gone.
        (ISTFTNET_V1, 16, 13.254),
        (ISTFTNET_V2, 16, 0.887),
        (ISTFTNET_V3, 16, 1.423),
        (ISTFTNet(upsample_rates=(8,), upsample_kernels=(16,)), 128, 10.880),
        (ISTFTNet(upsample_rates=(8, 8, 2), upsample_kernels=(16, 16, 4)), 8, 13.792),
    ],
    ids=["V1-C8C8I", "V2-C8C8I", "V3-C8C8I", "V1-C8I", "V1-C8C8C2I"],
)
def test_sizes(generator, n_fft, millions):
    mel = jax.ShapeDtypeStruct((1, 4, 80), jnp.float32)
    shapes = jax.eval_shape(lambda mel: generator.init(jax.random.key(0), mel, HIFIGAN_22K), mel)
    leaves = jax.tree_util.tree_leaves_with_path(shapes)
    gains = sum(math.prod(leaf.shape) for path, leaf in leaves if path[-1].key == "gain")
    count = sum(math.prod(leaf.shape) for _, leaf in leaves) - gains
    table = list(layers(generator, n_fft))
    assert count == sum(taps * inputs * outputs + outputs for taps, inputs, outputs in table)
    assert count / 1e6 == pytest.approx(millions, abs=0.0005)
    if generator is ISTFTNET_V1:
        assert (count + gains) / 1e6 == pytest.approx(13.26, abs=0.005)
    audio = jax.eval_shape(lambda v, mel: generator.apply(v, mel, HIFIGAN_22K), shapes, mel)
    assert audio.shape == (1, 4 * 256)


def test_the_short_transform_of_the_paper():
    short = ISTFTNET_V1.short_spec(HIFIGAN_22K)
    assert (short.n_fft, short.hop_length, short.win_length, short.padding) == (16, 4, 16, "center")


@pytest.mark.parametrize("generator", TINY.values(), ids=TINY.keys())
def test_audio_in_either_precision(generator):
    check_precisions(generator, initial(generator, MEL, SPEC), MEL, SPEC)


@pytest.mark.parametrize("generator", TINY.values(), ids=TINY.keys())
def test_every_weight_gets_a_gradient(generator):
    check_gradients(generator, initial(generator, MEL, SPEC), MEL, SPEC)


def test_a_window_of_frames_gives_that_window_of_audio():
    generator = TINY["C4C3I"]
    mel = jax.random.normal(jax.random.key(1), (1, 60, 5))
    variables = jax.jit(generator.init, static_argnums=2)(jax.random.key(0), mel, SPEC)
    apply = jax.jit(generator.apply, static_argnums=2)
    whole, part = apply(variables, mel, SPEC), apply(variables, mel[:, 10:50], SPEC)
    middle = slice(15 * 24, 25 * 24)
    np.testing.assert_allclose(part[:, middle], whole[:, 10 * 24 :][:, middle], atol=1e-5)


def test_refuses_another_hop_or_number_of_bands():
    spec = AudioSpec(n_fft=64, hop_length=16, win_length=64, n_mels=5)
    with pytest.raises(ValueError, match=r"upsample_rates \(4, 3\).*12.*hop_length, 16"):
        TINY["C4C3I"].init(jax.random.key(0), MEL, spec)
    with pytest.raises(ValueError, match="n_mels is 5"):
        TINY["C4C3I"].init(jax.random.key(0), MEL[..., :4], SPEC)
    with pytest.raises(ValueError, match="overlap must be at least 2 and n_fft even"):
        ISTFTNet(upsample_rates=(8, 3), overlap=3).short_spec(SPEC)
