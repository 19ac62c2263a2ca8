"""SpeechT5's vocoder against Hugging Face transformers: waveforms, features, files that do not
fit."""

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

from ganspeech.audio import SPEECHT5_16K, AudioSpec, log_mel  # noqa: E402
from ganspeech.formats.tensors import ForeignFileError  # noqa: E402
from ganspeech.interop.vocoders import speecht5  # noqa: E402
from ganspeech.models.files import read_safetensors  # noqa: E402
from ganspeech.models.vocoder import Vocoder  # noqa: E402

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=12, win_length=64, n_mels=10, fmax=4000.0)
PLAIN = {
    "model_in_dim": 10,
    "sampling_rate": 8000,
    "upsample_initial_channel": 16,
    "upsample_rates": [4, 3],
    "upsample_kernel_sizes": [8, 7],
    "resblock_kernel_sizes": [3, 5],
    "resblock_dilation_sizes": [[1, 3], [1, 2]],
}
SIZES = {
    "plain": PLAIN,
    "not standardized": PLAIN | {"normalize_before": False},
    "every size": PLAIN
    | {
        "upsample_initial_channel": 32,
        "upsample_rates": [3, 2, 2],
        "upsample_kernel_sizes": [3, 4, 8],
        "resblock_kernel_sizes": [7, 3, 11],
        "resblock_dilation_sizes": [[1, 5, 2], [2], [1, 3]],
    },
}


def random_model(settings):
    """Theirs, with weights and statistics that are large enough for each to be heard."""
    torch.manual_seed(0)
    model = transformers.SpeechT5HifiGan(transformers.SpeechT5HifiGanConfig(**settings)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            fan = parameter[0].numel() if parameter.ndim > 1 else 100
            parameter.normal_(0.0, 1 / np.sqrt(fan))
        model.mean.normal_(-3.0, 1.0)
        model.scale.uniform_(1.0, 3.0)
    return model


def saved(model, folder):
    """What a download of theirs holds: tensors by name, and the config."""
    model.save_pretrained(folder)
    tensors, _ = read_safetensors(folder / "model.safetensors")
    return tensors, json.loads((folder / "config.json").read_text())


def assert_same_audio(theirs, ours, frames=9):
    mel = np.random.default_rng(0).normal(-3, 2, (2, frames, ours.spec.n_mels)).astype("f4")
    with torch.no_grad():
        expected = theirs(torch.from_numpy(mel)).numpy()
    audio = jax.jit(ours.generator.apply, static_argnums=2)(ours.variables, mel, ours.spec)
    assert np.abs(expected).std() > 0.01 and np.median(np.abs(expected)) < 0.9
    np.testing.assert_allclose(audio, expected, atol=1e-4)


@pytest.mark.parametrize("settings", SIZES.values(), ids=SIZES.keys())
def test_waveforms_are_theirs(settings, tmp_path):
    theirs = random_model(settings)
    tensors, config = saved(theirs, tmp_path)
    assert speecht5.recognizes(tensors)
    ours = speecht5.read(tensors, config, SPEC, "some/folder/model.safetensors")
    assert ours.generator.standardize == settings.get("normalize_before", True)
    assert_same_audio(theirs, ours)
    assert ours.about == "SpeechT5's HiFi-GAN, imported from model.safetensors."
    ours.save(tmp_path / "ours.safetensors")
    again = Vocoder.read(tmp_path / "ours.safetensors")
    jax.tree.map(np.testing.assert_array_equal, again.variables, ours.variables)


def test_the_published_size_needs_no_config(tmp_path):
    theirs = random_model({})
    tensors, _ = saved(theirs, tmp_path)
    ours = speecht5.read(tensors, None, SPEECHT5_16K, "model.safetensors")
    assert_same_audio(theirs, ours, frames=4)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
def test_weight_norm_in_either_spelling(spelling, tmp_path):
    theirs = random_model(PLAIN)
    folded = speecht5.read(saved(theirs, tmp_path)[0], PLAIN, SPEC, "folded")
    normalize(theirs, spelling)
    tensors, _ = saved(theirs, tmp_path)
    assert any(name.endswith(spelling) for name in tensors)
    ours = speecht5.read(tensors, PLAIN, SPEC, "normalized")
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7),
        ours.variables,
        folded.variables,
    )


def test_their_features_are_ours():
    time = np.arange(16000) / 16000
    noise = np.random.default_rng(0).normal(size=16000) * np.sin(3 * time) ** 2
    audio = (0.3 * np.sin(2 * np.pi * 200 * time * (1 + time)) + 0.01 * noise).astype("f4")
    audio[4000:7000] = 0
    extractor = transformers.SpeechT5FeatureExtractor()
    theirs = extractor(audio_target=audio, sampling_rate=16000)["input_values"][0]
    assert theirs.min() == -10
    np.testing.assert_allclose(log_mel(audio, SPEECHT5_16K), theirs, atol=1e-3)


SPOILT = {
    "missing": (
        lambda t: t.pop("resblocks.1.convs2.0.bias"),
        {},
        "no tensor 'resblocks.1.convs2.0.bias'",
    ),
    "statistics missing": (lambda t: t.pop("mean"), {}, "no tensor 'mean'"),
    "upsampling missing": (
        lambda t: t.pop("upsampler.0.weight"),
        {},
        "no tensor 'upsampler.0.weight'",
    ),
    "left over": (
        lambda t: t.update({"strange.weight": t["mean"]}),
        {},
        "1 tensors belong to no layer of this architecture, the first is 'strange.weight'",
    ),
    "shape": (
        lambda t: t.update({"conv_post.weight": t["conv_post.weight"][:, :3]}),
        {},
        "params/after/kernel is [7, 3, 1], but this architecture has [7, 4, 1]",
    ),
    "statistics' shape": (
        lambda t: t.update({"mean": t["mean"][:3]}),
        {},
        "statistics/standardize/mean is [3], but this architecture has [10]",
    ),
    "blocks": (
        lambda t: [t.pop(name) for name in list(t) if name.startswith("resblocks.3.")],
        {},
        "3 residual blocks cannot be shared by 2 upsamplings",
    ),
    "sample rate": (
        None,
        {"sampling_rate": 16000},
        "sampling_rate of its config is 16000, but sample_rate of the audio spec is 8000",
    ),
    "bands": (
        None,
        {"model_in_dim": 80},
        "model_in_dim of its config is 80, but n_mels of the audio spec is 10",
    ),
    "hop": (
        None,
        {"upsample_rates": [4, 5]},
        "makes 20 samples of a frame, but hop_length of the audio spec is 12",
    ),
    "odd": (None, {"upsample_rates": [4, 4]}, "upsample_rates of its config must be 2 whole"),
    "rates": (None, {"upsample_rates": [4]}, "upsample_rates of its config must be 2 whole"),
    "taps": (None, {"upsample_kernel_sizes": [8, 9]}, "upsample_kernel_sizes of its config is"),
    "kernels": (None, {"resblock_kernel_sizes": [3]}, "resblock_kernel_sizes of its config is"),
    "channels": (None, {"upsample_initial_channel": 8}, "upsample_initial_channel of its config"),
    "slope": (None, {"leaky_relu_slope": 0.2}, "leaky_relu_slope of its config is 0.2, but"),
    "dilations": (
        None,
        {"resblock_dilation_sizes": [[1, 3, 5], [1, 2]]},
        "resblock_dilation_sizes of its config must be 2 lists of positive whole numbers, of the "
        "lengths [2, 2]",
    ),
}


@pytest.mark.parametrize("spoil, changes, told", SPOILT.values(), ids=SPOILT.keys())
def test_what_does_not_fit_is_named(spoil, changes, told):
    tensors = {n: tensor.numpy() for n, tensor in random_model(PLAIN).state_dict().items()}
    if spoil:
        spoil(tensors)
    with pytest.raises(ForeignFileError, match=f"^file: .*{re.escape(told)}") as caught:
        speecht5.read(tensors, PLAIN | changes, SPEC, "file")
    assert "\n" not in str(caught.value)


def test_blocks_of_equal_taps_are_refused():
    settings = PLAIN | {"resblock_kernel_sizes": [3, 3]}
    tensors = {n: tensor.numpy() for n, tensor in random_model(settings).state_dict().items()}
    with pytest.raises(ForeignFileError, match=r"^file: residual blocks of \(3, 3\) taps"):
        speecht5.read(tensors, settings, SPEC, "file")


def test_without_a_config_unpublished_rates_are_asked_for():
    tensors = {n: tensor.numpy() for n, tensor in random_model(PLAIN).state_dict().items()}
    with pytest.raises(ForeignFileError, match=r"^file: upsample_rates .*absent"):
        speecht5.read(tensors, None, SPEC, "file")
