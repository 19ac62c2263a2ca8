"""Vocos against its definition in PyTorch: waveforms, published buffers, what does not fit."""

import dataclasses
import re

import jax
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="parity needs the extra: pip install -e .[parity]")

from peers import vocos as peer  # noqa: E402

from ganspeech.audio import VOCOS_24K, AudioSpec  # noqa: E402
from ganspeech.audio.mel import mel_filterbank  # noqa: E402
from ganspeech.formats.tensors import ForeignFileError  # noqa: E402
from ganspeech.generators.vocos import VOCOS  # noqa: E402
from ganspeech.interop.vocoders import vocos  # noqa: E402
from ganspeech.interop.vocoders.foreign import import_vocoder  # noqa: E402

SPEC = AudioSpec(
    sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=10, fmax=4000.0,
    mel_scale="htk", mel_norm="none", log_floor=1e-7, padding="center",
)  # fmt: skip
SMALL = {"mels": 10, "width": 12, "hidden": 36, "blocks": 2, "n_fft": 64, "hop": 16}
CONFIG = """
feature_extractor:
  class_path: vocos.feature_extractors.MelSpectrogramFeatures
  init_args: {sample_rate: 8000, n_fft: 64, hop_length: 16, n_mels: 10, padding: center}
head:
  class_path: vocos.heads.ISTFTHead
  init_args: {dim: 12, n_fft: 64, hop_length: 16, padding: center}
"""


def random_vocos(**settings):
    """Theirs, with weights large enough for each to be heard."""
    torch.manual_seed(0)
    model = peer.Vocos(**settings).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            fan = parameter[0].numel() if parameter.ndim > 1 else 4
            parameter.normal_(float("norm.weight" in name), 1 / np.sqrt(fan))
    return model


def published(model, spec):
    """The state dict as it is published, with the buffers of the feature extractor."""
    features = {
        "feature_extractor.mel_spec.spectrogram.window": torch.hann_window(spec.n_fft),
        "feature_extractor.mel_spec.mel_scale.fb": torch.from_numpy(np.array(mel_filterbank(spec))),
    }
    return features | model.state_dict()


def arrays(model, spec=SPEC):
    return {name: tensor.numpy() for name, tensor in published(model, spec).items()}


def assert_same_audio(theirs, ours, frames=9):
    mel = np.random.default_rng(0).normal(-3, 2, (2, frames, ours.spec.n_mels)).astype("f4")
    with torch.no_grad():
        expected = theirs(torch.from_numpy(mel).mT).numpy()
    audio = jax.jit(ours.generator.apply, static_argnums=2)(ours.variables, mel, ours.spec)
    # Theirs stops where the last frame is centerd, ours one hop later.
    assert expected.std() > 0.01 and audio.shape[1] - expected.shape[1] in (0, ours.spec.hop_length)
    np.testing.assert_allclose(audio[:, : expected.shape[1]], expected, atol=1e-4)


@pytest.mark.parametrize("padding", ["center", "same"])
def test_waveforms_are_theirs(padding, tmp_path):
    theirs = random_vocos(**SMALL, padding=padding)
    spec = dataclasses.replace(SPEC, padding=padding)
    torch.save(published(theirs, spec), tmp_path / "pytorch_model.bin")
    (tmp_path / "config.yaml").write_text(CONFIG.replace("center", padding))
    assert_same_audio(theirs, import_vocoder(tmp_path / "pytorch_model.bin", spec))


def test_the_published_size_and_its_magnitudes_clipped():
    theirs = random_vocos()
    ours = vocos.read(arrays(theirs, VOCOS_24K), None, VOCOS_24K, "file")
    assert ours.generator == VOCOS
    with torch.no_grad():
        theirs.head.out.bias[100] = 6.0  # a magnitude above 100
    ours.variables["params"]["head"]["spectrum"]["bias"] = theirs.head.out.bias.detach().numpy()
    assert_same_audio(theirs, ours, frames=5)


SPOILT = {
    "missing": (lambda t: t.pop("backbone.convnext.1.gamma"), {}, "no tensor 'backbone.convnext.1"),
    "left over": (lambda t: t.update(strange=t["head.out.bias"]), {}, "the first is 'strange'"),
    "shape": (
        lambda t: t.update({"backbone.convnext.1.gamma": np.ones(3, "f4")}),
        {},
        "params/block_1/gain is [3], but this architecture has [12]",
    ),
    "axes": (
        lambda t: t.update({"backbone.embed.weight": t["backbone.embed.weight"][..., None]}),
        {},
        "backbone.embed.weight is [12, 10, 7, 1], but a convolution over time has 3 axes",
    ),
    "empty": (
        lambda t: t.update({"head.istft.window": np.ones(0, "f4")}),
        {},
        "head.istft.window is [0], which is empty",
    ),
    "codec": (
        lambda t: t.update({"backbone.norm.scale.weight": np.ones((4, 12), "f4")}),
        {},
        "a Vocos of EnCodec's tokens",
    ),
    "filters": (None, {"mel_scale": "slaney"}, "mel_scale.fb differs from the audio spec's mel"),
    "bands": (None, {"n_mels": 12}, "fb is [33, 10], but the audio spec's mel filters"),
    "window": (None, {"win_length": 32}, "window is [64], but the audio spec's Hann window"),
    "hop": (None, {"hop_length": 8}, "hop_length of its config is 16, but hop_length of the audio"),
    "padding": (None, {"padding": "same"}, "padding of its config is 'center', but padding of"),
}


@pytest.mark.parametrize("spoil, changes, told", SPOILT.values(), ids=SPOILT.keys())
def test_what_does_not_fit_is_named(spoil, changes, told):
    import yaml

    tensors = arrays(random_vocos(**SMALL))
    if spoil:
        spoil(tensors)
    spec = dataclasses.replace(SPEC, **changes)
    with pytest.raises(ForeignFileError, match=f"^file: .*{re.escape(told)}") as caught:
        vocos.read(tensors, yaml.safe_load(CONFIG), spec, "file")
    assert "\n" not in str(caught.value)


def test_without_buffers_the_sizes_are_held_to_the_spec():
    tensors = {n: t.numpy() for n, t in random_vocos(**SMALL).state_dict().items()}
    tensors.pop("head.istft.window")
    for changes, told in (
        ({"n_mels": 12}, "takes 10 mel bands, but n_mels"),
        ({"n_fft": 128}, "spectra of 33 bins, but n_fft of the audio spec is 128"),
    ):
        with pytest.raises(ForeignFileError, match=told):
            vocos.read(tensors, None, dataclasses.replace(SPEC, **changes), "file")


def test_what_training_keeps_beside_it_is_passed_over():
    tensors = arrays(random_vocos(**SMALL))
    judges = {"multiperioddisc.discriminators.0.conv.bias": np.zeros(3, "f4")}
    assert_same_audio(random_vocos(**SMALL), vocos.read(tensors | judges, None, SPEC, "file"))
