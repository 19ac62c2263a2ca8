"""UnivNet against Hugging Face transformers: waveforms, features, and files that do not fit."""

import json
import re

import jax
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="parity needs the extra: pip install -e .[parity]")
transformers = pytest.importorskip(
    "transformers", reason="parity needs the extra: pip install -e .[parity]"
)

from torch_weight_norm import SPELLINGS, normalize  # noqa: E402

from ganspeech.audio import AudioSpec, log_mel  # noqa: E402
from ganspeech.formats.tensors import ForeignFileError  # noqa: E402
from ganspeech.generators.univnet import UNIVNET_C32  # noqa: E402
from ganspeech.interop.vocoders import univnet  # noqa: E402
from ganspeech.models.files import read_safetensors  # noqa: E402
from ganspeech.models.vocoder import Vocoder  # noqa: E402

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=12, win_length=64, n_mels=10, fmax=4000.0)
NEAREST = AudioSpec(sample_rate=24000, n_mels=100, fmax=12000.0)
PLAIN = {
    "model_in_channels": 6,
    "model_hidden_channels": 4,
    "num_mel_bins": 10,
    "resblock_kernel_sizes": [3, 3],
    "resblock_stride_sizes": [4, 3],
    "resblock_dilation_sizes": [[1, 3, 9, 27], [1, 3, 9, 27]],
    "kernel_predictor_num_blocks": 2,
    "kernel_predictor_hidden_channels": 6,
}
SIZES = {
    "plain": PLAIN,
    "every size": PLAIN
    | {
        "resblock_kernel_sizes": [3, 5],
        "resblock_dilation_sizes": [[1, 3], [2, 4, 1]],
        "kernel_predictor_num_blocks": 1,
        "kernel_predictor_conv_size": 5,
        "kernel_predictor_dropout": 0.1,
    },
}


def random_model(settings):
    """Theirs, with weights that are large enough for every layer to be heard."""
    torch.manual_seed(0)
    model = transformers.UnivNetModel(transformers.UnivNetConfig(**settings)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            # With 0.9 float32 is not enough: theirs is 3e-4 from its own float64.
            parameter.normal_(
                0.0, 0.6 / np.sqrt(parameter[0].numel() if parameter.ndim > 1 else 16)
            )
    return model


def saved(model, folder):
    """What a download of theirs holds: tensors by name, and the config."""
    model.save_pretrained(folder)
    tensors, _ = read_safetensors(folder / "model.safetensors")
    return tensors, json.loads((folder / "config.json").read_text())


def assert_same_audio(theirs, ours, frames=11):
    draw = np.random.default_rng(0).normal
    mel = draw(-3, 2, (2, frames, ours.spec.n_mels)).astype("f4")
    noise = draw(size=(2, frames, ours.generator.noise_channels)).astype("f4")
    with torch.no_grad():
        expected = theirs(torch.from_numpy(mel), torch.from_numpy(noise)).waveforms.numpy()
    audio = jax.jit(ours.generator.apply, static_argnums=2)(ours.variables, mel, ours.spec, noise)
    assert np.abs(expected).std() > 0.01 and np.abs(expected).max() < 1
    np.testing.assert_allclose(audio, expected, atol=1e-4)


@pytest.mark.parametrize("settings", SIZES.values(), ids=SIZES.keys())
def test_waveforms_are_theirs(settings, tmp_path):
    theirs = random_model(settings)
    tensors, config = saved(theirs, tmp_path)
    assert univnet.recognizes(tensors)
    ours = univnet.read(tensors, config, SPEC, "some/folder/model.safetensors")
    assert_same_audio(theirs, ours)
    assert ours.about == "UnivNet, imported from model.safetensors."
    ours.save(tmp_path / "ours.safetensors")
    assert Vocoder.read(tmp_path / "ours.safetensors").generator == ours.generator


def test_the_published_size_needs_no_config(tmp_path):
    theirs = random_model({})
    tensors, _ = saved(theirs, tmp_path)
    ours = univnet.read(tensors, None, NEAREST, "model.safetensors")
    assert ours.generator == UNIVNET_C32
    assert_same_audio(theirs, ours, frames=4)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
def test_weight_norm_in_either_spelling(spelling, tmp_path):
    theirs = random_model(PLAIN)
    folded = univnet.read(saved(theirs, tmp_path)[0], PLAIN, SPEC, "folded")
    normalize(theirs, spelling)
    tensors, _ = saved(theirs, tmp_path)
    assert any(name.endswith(spelling) for name in tensors)
    ours = univnet.read(tensors, PLAIN, SPEC, "normalized")
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7),
        ours.variables,
        folded.variables,
    )


def test_their_features_are_nearly_ours():
    time = np.arange(24000) / 24000
    audio = (0.3 * np.sin(2 * np.pi * 200 * time * (1 + time)) * time**6).astype("f4")
    extractor = transformers.UnivNetFeatureExtractor()
    theirs = extractor(audio, sampling_rate=24000, return_noise=False)["input_features"][0]
    ours = np.asarray(log_mel(audio, NEAREST))
    np.testing.assert_allclose(ours, theirs, atol=0.14)
    loud = theirs > -6
    np.testing.assert_allclose(ours[loud], theirs[loud], atol=1e-4)


NAME = "resblocks.1.kernel_predictor.kernel_conv"
SPOILT = {
    "missing": (lambda t: t.pop(f"{NAME}.bias"), {}, f"no tensor '{NAME}.bias'"),
    "layer missing": (
        lambda t: t.pop("resblocks.0.convt_pre.weight"),
        {},
        "no tensor 'resblocks.0.convt_pre.weight'",
    ),
    "left over": (
        lambda t: t.update({"strange.weight": t["conv_pre.bias"]}),
        {},
        "1 tensors belong to no layer of this architecture, the first is 'strange.weight'",
    ),
    "shape": (
        lambda t: t.update({"conv_post.weight": t["conv_post.weight"][:, :3]}),
        {},
        "params/after/kernel is [7, 3, 1], but this architecture has [7, 4, 1]",
    ),
    "no convolution": (
        lambda t: t.update({"conv_pre.weight": t["conv_pre.bias"]}),
        {},
        "conv_pre.weight is [4], but a convolution over time has 3 axes",
    ),
    "kernels": (
        lambda t: t.update(
            {f"{NAME}.{part}": t[f"{NAME}.{part}"][:-1] for part in ("weight", "bias")}
        ),
        {},
        "kernel_conv.bias is [383], but 4 kernels of 3 taps and 4 channels take 384",
    ),
    "channels": (None, {"model_hidden_channels": 8}, "model_hidden_channels of its config is 8, "),
    "strides": (
        None,
        {"resblock_stride_sizes": [8, 8]},
        "resblock_stride_sizes of its config is [8, 8], but that of the tensors is (4, 3)",
    ),
    "slope": (None, {"leaky_relu_slope": 0.1}, "leaky_relu_slope of its config is 0.1, but"),
    "dilations": (
        None,
        {"resblock_dilation_sizes": [[1, 3], [1, 3]]},
        "resblock_dilation_sizes of its config must be 2 lists of positive whole numbers, of the "
        "lengths [4, 4]",
    ),
    "not dilations": (
        None,
        {"resblock_dilation_sizes": "many"},
        "resblock_dilation_sizes of its config must be",
    ),
    "bands": (
        None,
        {"num_mel_bins": 80},
        "num_mel_bins of its config is 80, but n_mels of the audio spec is 10",
    ),
}


@pytest.mark.parametrize("spoil, changes, told", SPOILT.values(), ids=SPOILT.keys())
def test_what_does_not_fit_is_named(spoil, changes, told):
    tensors = {n: tensor.numpy() for n, tensor in random_model(PLAIN).state_dict().items()}
    if spoil:
        spoil(tensors)
    with pytest.raises(ForeignFileError, match=f"^file: .*{re.escape(told)}") as caught:
        univnet.read(tensors, PLAIN | changes, SPEC, "file")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "field, value, told",
    [
        ("hop_length", 16, "12 samples of a frame, but hop_length of the audio spec is 16"),
        ("n_mels", 8, "takes 10 mel bands, but n_mels of the audio spec is 8"),
    ],
)
def test_another_spec_is_refused_without_a_config_too(field, value, told):
    tensors = {n: tensor.numpy() for n, tensor in random_model(PLAIN).state_dict().items()}
    spec = AudioSpec(**(json.loads(SPEC.to_json()) | {field: value}))
    with pytest.raises(ForeignFileError, match=f"^file: it .*{told}"):
        univnet.read(tensors, None, spec, "file")
