"""Importing by content: which family, which config, and one line for what cannot be imported."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from small_vocoders import make_model

from ganspeech.audio import HIFIGAN_22K, AudioSpec
from ganspeech.commands.cli import main
from ganspeech.formats.tensors import ForeignFileError
from ganspeech.formats.torch_writer import write_state_dict
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.generators.vocos import Vocos
from ganspeech.interop.vocoders import foreign, hifigan
from ganspeech.interop.vocoders.foreign import FAMILIES, import_vocoder
from ganspeech.models.vocoder import Vocoder

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000.0)
HIFIGAN = HiFiGAN((4, 4), (8, 8), 8, kernels=(3, 5), dilations=((1, 3), (1, 2)))


@pytest.fixture(scope="module")
def weights() -> tuple[dict[str, np.ndarray], dict]:
    """A HiFi-GAN in its authors' format."""
    return hifigan.write(make_model(HIFIGAN, SPEC))


@pytest.fixture(scope="module")
def vocos_weights() -> dict[str, np.ndarray]:
    """A Vocos under its published names."""
    params = make_model(Vocos(width=8, blocks=1), SPEC).variables["params"]
    block = params["block_0"]
    found = {
        "backbone.embed.weight": params["embed"]["kernel"].transpose(2, 1, 0),
        "backbone.embed.bias": params["embed"]["bias"],
        "backbone.convnext.0.dwconv.weight": block["depthwise"]["kernel"].T[:, None],
        "backbone.convnext.0.dwconv.bias": block["depthwise"]["bias"],
        "backbone.convnext.0.gamma": block["gain"],
    }
    for name, dense in (
        ("head.out", params["head"]["spectrum"]),
        ("backbone.convnext.0.pwconv1", block["expand"]),
        ("backbone.convnext.0.pwconv2", block["contract"]),
    ):
        found |= {f"{name}.weight": dense["kernel"].T, f"{name}.bias": dense["bias"]}
    for name, norm in (
        ("backbone.norm", params["embed_norm"]),
        ("backbone.convnext.0.norm", block["norm"]),
        ("backbone.final_layer_norm", params["norm"]),
    ):
        found |= {f"{name}.weight": norm["scale"], f"{name}.bias": norm["bias"]}
    return {name: np.ascontiguousarray(tensor) for name, tensor in found.items()}


def test_the_content_decides_and_not_the_suffix(weights, vocos_weights, tmp_path):
    tensors, config = weights
    (tmp_path / "config.json").write_text(json.dumps(config))
    write_state_dict(tmp_path / "a.safetensors", tensors)
    safetensors.numpy.save_file(tensors, tmp_path / "b.pth")
    for name in ("a.safetensors", "b.pth"):
        model = import_vocoder(tmp_path / name, SPEC)
        assert model.generator == HIFIGAN and model.spec == SPEC
        assert model.about == f"HiFi-GAN, imported from {name}."
    (tmp_path / "config.json").unlink()
    write_state_dict(tmp_path / "c", vocos_weights, wrap="state_dict")
    assert import_vocoder(tmp_path / "c", SPEC).generator == Vocos(width=8, blocks=1)


def test_each_family_recognizes_its_own_alone(weights, vocos_weights):
    for family, tensors in (("HiFi-GAN", weights[0]), ("Vocos", vocos_weights)):
        assert [name for name, known in FAMILIES.items() if known.recognizes(tensors)] == [family]


def test_a_config_is_given_or_lies_beside(weights, tmp_path):
    tensors, config = weights
    path = tmp_path / "voice.pth"
    write_state_dict(path, tensors)
    with pytest.raises(ForeignFileError, match=r"voice\.pth: upsample_rates of its config"):
        import_vocoder(path, SPEC)
    other = tmp_path / "settings.yml"
    other.write_text("\n".join(f"{name}: {json.dumps(value)}" for name, value in config.items()))
    assert import_vocoder(path, SPEC, other).generator == HIFIGAN
    beside = tmp_path / "config.json"
    for text, told in (
        ("{", "config.json is no JSON or YAML: Expecting"),
        ("[1]", "config.json must hold an object"),
        ("[" * 100_000, "config.json is no JSON or YAML"),
    ):
        beside.write_text(text)
        with pytest.raises(ForeignFileError, match=told) as error:
            import_vocoder(path, SPEC)
        assert "\n" not in str(error.value)
        assert import_vocoder(path, SPEC, other).generator == HIFIGAN
    for text, told in (
        ("a: &a [1, 1]\nb: [*a, *a]", r"settings\.yml: aliases \(&, \*\) are not read$"),
        ("a: " + "[" * 5000, r"settings\.yml is no JSON or YAML"),
    ):
        other.write_text(text)
        with pytest.raises(ForeignFileError, match=told):
            import_vocoder(path, SPEC, other)
    other.write_text("a: [1\nb: }")
    with pytest.raises(ForeignFileError, match=r"settings\.yml is no JSON or YAML") as error:
        import_vocoder(path, SPEC, other)
    assert "\n" not in str(error.value)
    with pytest.raises(ForeignFileError, match=r"no such file: .*absent\.json"):
        import_vocoder(path, SPEC, tmp_path / "absent.json")


def test_lists_that_were_parsed_can_be_too_deep(weights, tmp_path, monkeypatch):
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    write_state_dict(tmp_path / "voice.pth", weights[0])
    monkeypatch.setattr(foreign, "_config", lambda *_: {"upsample_rates": deep})
    with pytest.raises(ForeignFileError, match=r"voice\.pth: its config has lists too deep"):
        import_vocoder(tmp_path / "voice.pth", SPEC)


def test_files_that_are_no_vocoder(tmp_path):
    path = tmp_path / "voice"
    make_model(Vocos(width=8, blocks=1), SPEC).save(tmp_path / "ours")
    write_state_dict(tmp_path / "other", {"fc.weight": np.zeros((2, 2), np.float32)})
    whole = (tmp_path / "ours").read_bytes()
    for content, told in (
        (b"", "neither a safetensors file nor one of torch.save"),
        (b"RIFF" + bytes(100), "neither a safetensors file nor one of torch.save"),
        (whole, "is a model file of ganspeech already"),
        (whole[:500], "is not a valid safetensors file"),
        ((tmp_path / "other").read_bytes(), "1 tensors (fc.weight, ...) are of no vocoder that"),
        (b"\x80\x02cos\nsystem\n", "names os.system, which no state dict needs; nothing in it"),
    ):
        path.write_bytes(content)
        with pytest.raises(
            ValueError, match=f"^{re.escape(str(path))}.*{re.escape(told)}"
        ) as error:
            import_vocoder(path, SPEC)
        assert "\n" not in str(error.value)
    write_state_dict(path, {"\x1b[2J\n" + "x" * 999: np.zeros(2, np.float32)})
    with pytest.raises(ForeignFileError, match=r"tensors \(\\x1b\[2J\\nx{55}, \.\.\.\) are of"):
        import_vocoder(path, SPEC)
    for absent in (tmp_path / "absent", tmp_path):
        with pytest.raises(ForeignFileError, match="no such file"):
            import_vocoder(absent, SPEC)


def test_weights_that_are_no_numbers_are_named(weights, tmp_path):
    tensors, config = weights
    (tmp_path / "config.json").write_text(json.dumps(config))
    spoiled = tensors | {"conv_post.bias": np.array([np.nan], np.float32)}
    write_state_dict(tmp_path / "voice.pth", spoiled)
    with pytest.raises(ForeignFileError, match="params/after/bias has values that are NaN"):
        import_vocoder(tmp_path / "voice.pth", SPEC)


def test_the_spec_is_held_to_the_config(weights, tmp_path):
    tensors, config = weights
    (tmp_path / "config.json").write_text(json.dumps(config))
    write_state_dict(tmp_path / "voice.pth", tensors)
    with pytest.raises(ForeignFileError, match="sampling_rate of its config is 8000, but"):
        import_vocoder(tmp_path / "voice.pth", HIFIGAN_22K)


def test_the_command(weights, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tensors, config = weights
    write_state_dict("g_02500000", tensors)
    Path("config.json").write_text(json.dumps(config))
    Path("spec.json").write_text(SPEC.to_json())
    Path("broken.json").write_text("{")
    command = ["import", "g_02500000", "out/voice.safetensors"]
    for status, arguments, told in (
        (2, command, "do not include an audio spec; give --spec NAME (hifigan_22k, "),
        (1, ["import", "absent", "out/voice.safetensors"], "no such file or folder: absent"),
        (2, [*command, "--spec", "hifigan"], "--spec hifigan: neither a JSON file nor one of"),
        (2, ["import", "g_02500000", "voice.pth", "--spec", "spec.json"], "end in .safetensors"),
        (1, [*command, "--spec", "absent.json"], "no such file: absent.json"),
        (1, [*command, "--spec", "broken.json"], "broken.json: an audio spec must be"),
        (1, [*command, "--spec", "hifigan_22k"], "sampling_rate of its config is 8000, but"),
        (0, [*command, "--spec", "spec.json"], "HiFi-GAN, imported from g_02500000)"),
        (1, [*command, "--spec", "spec.json"], "--overwrite replaces it"),
        (
            1,
            ["import", "out/voice.safetensors", "other.safetensors"],
            "out/voice.safetensors is a vocoder file of ganspeech already",
        ),
        (0, [*command, "--spec", "spec.json", "--float16", "--overwrite"], "HiFi-GAN, imported"),
    ):
        assert main(arguments) == status, arguments
        error = capsys.readouterr().err
        assert told in error and error.count("\n") == 1, error
    model = Vocoder.read("out/voice.safetensors")
    assert model.generator == HIFIGAN and model.spec == SPEC
    with pytest.raises(SystemExit) as exit:
        main(["import", "--help"])
    assert exit.value.code == 0
    assert "ganspeech import generator" in " ".join(capsys.readouterr().out.split())
