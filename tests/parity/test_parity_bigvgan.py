"""BigVGAN against PyTorch: waveforms, features of the config, and files that do not fit."""

import dataclasses
import re

import jax
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="parity needs the extra: pip install -e .[parity]")

from peers import bigvgan as peer  # noqa: E402
from peers.hifigan import fold  # noqa: E402

from ganspeech.audio import AudioSpec  # noqa: E402
from ganspeech.formats.tensors import ForeignFileError  # noqa: E402
from ganspeech.generators.bigvgan import BIGVGAN, BIGVGAN_BASE, BIGVGAN_V2  # noqa: E402
from ganspeech.interop.vocoders import bigvgan, hifigan  # noqa: E402
from ganspeech.models.vocoder import Vocoder  # noqa: E402

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=12, win_length=64, n_mels=10, fmax=4000.0)
SMALL = peer.BASE | {
    "upsample_rates": [4, 3],
    "upsample_kernel_sizes": [8, 5],
    "upsample_initial_channel": 16,
    "resblock_kernel_sizes": [3, 3],
    "resblock_dilation_sizes": [[1, 2], [3]],
    "num_mels": 10,
}
SIZES = {
    "snakebeta": SMALL,
    "snake": SMALL | {"activation": "snake"},
    "not logarithms": SMALL | {"snake_logscale": False},
    "v2": SMALL | {"use_tanh_at_final": False, "use_bias_at_final": False},
    "v2 with a bias": SMALL | {"use_tanh_at_final": False},
}
FEATURES = {
    "n_fft": 64,
    "hop_size": 12,
    "win_size": 64,
    "sampling_rate": 8000,
    "fmin": 0,
    "fmax": None,
}
"""What the authors' config says of the features; null is half the sample rate."""


def random_model(settings):
    """Theirs, with weights that are large enough for every layer to be heard."""
    torch.manual_seed(0)
    model = peer.Generator(**settings).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if ".act." in name:
                parameter.add_(torch.rand_like(parameter) - 0.5)
        # To amplitudes that the tanh bends and the clipping cuts a little.
        model.conv_post.weight_g.mul_(1e-3)
        if model.conv_post.bias is not None:
            model.conv_post.bias.zero_()
        model.conv_post.weight_g.mul_(1.2 / audio_of(model, mels(11, model)).abs().max())
        if model.conv_post.bias is not None:
            model.conv_post.bias.fill_(0.05)
    return model


def mels(frames, model):
    bands = model.conv_pre.in_channels
    return np.random.default_rng(0).normal(-3, 2, (2, frames, bands)).astype("f4")


def audio_of(model, mel):
    with torch.no_grad():
        return model(torch.from_numpy(mel).mT)[:, 0]


def tensors_of(model):
    return {name: tensor.numpy().copy() for name, tensor in model.state_dict().items()}


def assert_same_audio(theirs, ours, frames=11):
    mel = mels(frames, theirs)
    expected = audio_of(theirs, mel).numpy()
    audio = jax.jit(ours.generator.apply, static_argnums=2)(ours.variables, mel, ours.spec)
    assert expected.std() > 0.02 and (np.abs(expected) < 1).mean() > 0.9
    np.testing.assert_allclose(audio, expected, atol=1e-4)


@pytest.mark.parametrize("settings", SIZES.values(), ids=SIZES.keys())
def test_waveforms_are_theirs(settings, tmp_path):
    theirs = random_model(settings)
    tensors = tensors_of(theirs)
    assert bigvgan.recognizes(tensors) and not hifigan.recognizes(tensors)
    ours = bigvgan.read(tensors, settings | FEATURES, SPEC, "some/folder/g_05000000")
    assert_same_audio(theirs, ours)
    assert ours.about == "BigVGAN, imported from g_05000000."
    ours.save(tmp_path / "ours.safetensors")
    assert Vocoder.read(tmp_path / "ours.safetensors").generator == ours.generator


def test_weight_norm_may_be_folded():
    theirs = random_model(SMALL)
    with_norm = bigvgan.read(tensors_of(theirs), SMALL, SPEC, "with")
    without = bigvgan.read(tensors_of(fold(theirs)), SMALL, SPEC, "without")
    assert with_norm.generator == without.generator
    pairs = zip(*map(jax.tree.leaves, (with_norm.variables, without.variables)), strict=True)
    assert all(np.allclose(a, b, atol=1e-5) for a, b in pairs)


V24K = AudioSpec(sample_rate=24000, n_mels=100, fmax=12000.0)


def test_the_published_base_needs_no_config():
    theirs = random_model(peer.BASE)
    ours = bigvgan.read(tensors_of(theirs), None, V24K, "g_05000000")
    assert ours.generator == BIGVGAN_BASE
    assert_same_audio(theirs, ours, frames=4)


@pytest.mark.parametrize("layers, known", [(peer.LARGE, BIGVGAN), (peer.V2, BIGVGAN_V2)])
def test_the_large_models_need_none_either(layers, known):
    narrow = peer.Generator(**layers | {"upsample_initial_channel": 64})
    ours = bigvgan.read(tensors_of(narrow), None, V24K, "g_05000000")
    assert dataclasses.replace(ours.generator, channels=1536) == known


UP, DOWN = "activation_post.upsample.filter", "activation_post.downsample.lowpass.filter"
SPOILT = {
    "missing": (
        lambda t: t.pop("resblocks.0.convs2.1.bias"),
        {},
        "no tensor 'resblocks.0.convs2.1",
    ),
    "left over": (
        lambda t: t.update({"strange.weight": t["conv_pre.bias"]}),
        {},
        "1 tensors belong to no layer of this architecture, the first is 'strange.weight'",
    ),
    "shape": (
        lambda t: t.update({"activation_post.act.beta": np.zeros(3, "f4")}),
        {},
        "params/snake/beta is [3], but this architecture has [4]",
    ),
    "filter": (lambda t: t[UP].__imul__(1.01), {}, f"{UP} is another filter than ours"),
    "filter size": (
        lambda t: t.update({DOWN: t[DOWN][..., 1:]}),
        {},
        f"{DOWN} is another filter than ours",
    ),
    "blocks": (
        lambda t: [t.pop(name) for name in list(t) if name.startswith("resblocks.3")],
        {},
        "3 residual blocks cannot be shared by 2 upsamplings",
    ),
    "channels": (
        None,
        {"upsample_initial_channel": 8},
        "upsample_initial_channel of its config is 8",
    ),
    "rates": (None, {"upsample_rates": [4, 4]}, "upsample_rates of its config must be 2 whole"),
    "dilations": (
        None,
        {"resblock_dilation_sizes": [[1, 2], [1, 2]]},
        "resblock_dilation_sizes of its config must be 2 lists of positive whole numbers, of the "
        "lengths [2, 1]",
    ),
    "kind": (None, {"activation": "snake"}, "activation of its config is 'snake', but"),
    "resblock": (None, {"resblock": "2"}, "resblock of its config is '2', but"),
    "bias": (None, {"use_bias_at_final": False}, "use_bias_at_final of its config is False, but"),
    "bands": (None, {"num_mels": 80}, "num_mels of its config is 80, but n_mels of the audio spec"),
    "fmax": (
        None,
        {"fmax": 3000},
        "fmax of its config is 3000, but fmax of the audio spec is 4000",
    ),
    "rate": (None, {"sampling_rate": 24000}, "sample_rate of the audio spec is 8000"),
}


@pytest.mark.parametrize("spoil, changes, told", SPOILT.values(), ids=SPOILT.keys())
def test_what_does_not_fit_is_named(spoil, changes, told):
    tensors = tensors_of(peer.Generator(**SMALL))
    if spoil:
        spoil(tensors)
    with pytest.raises(ForeignFileError, match=f"^file: .*{re.escape(told)}") as caught:
        bigvgan.read(tensors, SMALL | FEATURES | changes, SPEC, "file")
    assert "\n" not in str(caught.value)


def test_other_layers_need_a_config():
    tensors = tensors_of(peer.Generator(**SMALL))
    with pytest.raises(ForeignFileError, match=r"upsample_rates of its config .* not absent"):
        bigvgan.read(tensors, None, SPEC, "file")


def test_another_hop_is_refused():
    tensors = tensors_of(peer.Generator(**SMALL))
    spec = AudioSpec(n_fft=64, hop_length=16, win_length=64, n_mels=10)
    with pytest.raises(ForeignFileError, match=r"12 samples of a frame, but hop_length .* is 16"):
        bigvgan.read(tensors, SMALL, spec, "file")
