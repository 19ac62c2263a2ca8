"""Published models, from a hub on this machine to a model file that works."""

import dataclasses
import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants
from loopback import serving
from piper_files import NETWORK, write_piper
from small_voices import of_speaking, voice

from ganspeech.commands import download as command
from ganspeech.commands.cli import main
from ganspeech.formats.tensors import ForeignFileError
from ganspeech.formats.torch_writer import write_state_dict
from ganspeech.interop.published import convert, hub
from ganspeech.interop.published.catalog import NAMED, find
from ganspeech.interop.published.convert import obtain_model
from ganspeech.load import load_vocoder, load_voice
from ganspeech.process.writing import UnwritableError

LESSAC = "en/en_US/lessac/medium/en_US-lessac-medium.onnx"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The hub's cache of a test."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def hub_of(model, files, commit=None, **more):
    """A hub that has one model; `more` are files of other paths."""
    commit = commit or model.revision
    paths = {f"/{model.repository}/resolve/{commit}/{name}": c for name, c in files.items()}

    def headers(path):
        if "/resolve/" not in path or path not in paths:
            return {}
        digest = hashlib.sha256(paths[path]).hexdigest()
        return {"ETag": f'"{digest}"', "X-Repo-Commit": commit}

    about = {"id": model.repository, "sha": commit, "siblings": []}
    api = {f"/api/models/{model.repository}": json.dumps(about).encode()}
    return serving({**paths, **api}, headers=headers, **more)


def vocos_files(tmp_path, width=4, bands=100, bins=513):
    """Weights with the names of a small Vocos for 24 kHz."""
    rng = np.random.default_rng(0)
    shapes = {
        "backbone.embed.weight": (width, bands, 7),
        "backbone.embed.bias": (width,),
        "backbone.convnext.0.dwconv.weight": (width, 1, 7),
        "backbone.convnext.0.dwconv.bias": (width,),
        "backbone.convnext.0.pwconv1.weight": (2 * width, width),
        "backbone.convnext.0.pwconv1.bias": (2 * width,),
        "backbone.convnext.0.pwconv2.weight": (width, 2 * width),
        "backbone.convnext.0.pwconv2.bias": (width,),
        "backbone.convnext.0.gamma": (width,),
        "head.out.weight": (2 * bins, width),
        "head.out.bias": (2 * bins,),
    }
    for norm in ("backbone.norm", "backbone.final_layer_norm", "backbone.convnext.0.norm"):
        shapes |= {f"{norm}.weight": (width,), f"{norm}.bias": (width,)}
    path = tmp_path / "vocos.bin"
    write_state_dict(
        path, {name: rng.normal(0, 0.1, shape).astype("f4") for name, shape in shapes.items()}
    )
    config = (
        b"feature_extractor:\n  init_args: {sample_rate: 24000, n_mels: 100, padding: center}\n"
    )
    return {"pytorch_model.bin": path.read_bytes(), "config.yaml": config}


def piper_files(tmp_path, card="# Model card\n\n* License: CC0\n"):
    write_piper(tmp_path / "v.onnx", NETWORK, of_speaking(voice()).variables)
    config = (tmp_path / "v.onnx.json").read_bytes()
    folder = os.path.dirname(LESSAC)
    return {
        LESSAC: (tmp_path / "v.onnx").read_bytes(),
        f"{LESSAC}.json": config,
        f"{folder}/MODEL_CARD": card.encode(),
    }


def test_a_vocoder_becomes_a_model_file_that_says_what_it_is(tmp_path):
    model = find("vocos-mel-24khz")
    with hub_of(model, vocos_files(tmp_path)) as served:
        obtain_model(model, tmp_path / "models", served.url)
    vocoder = load_vocoder(tmp_path / "models/vocos-mel-24khz.safetensors")
    assert vocoder.spec.sample_rate == 24_000
    assert vocoder.about.endswith(
        f"From charactr/vocos-mel-24khz at {model.revision}. License: MIT."
    )
    mel = np.zeros((9, 100), np.float32)
    assert vocoder(mel, spec=vocoder.spec).shape == (9 * 256,)


def test_a_voice_of_piper_and_the_license_of_its_recordings(tmp_path, monkeypatch, capsys):
    model = find("piper:en_US-lessac-medium")
    with hub_of(model, piper_files(tmp_path)) as served:
        monkeypatch.setattr(convert, "download", lambda model, _: hub.download(model, served.url))
        monkeypatch.setattr(
            convert,
            "fetch",
            lambda model, name, commit, _: hub.fetch(model, name, commit, served.url),
        )
        assert main(["download", model.name, str(tmp_path)]) == 0
        told = capsys.readouterr()
        target = tmp_path / "piper-en_US-lessac-medium.safetensors"
        assert told.out == f'ganspeech say "Good morning." -o out.wav --voice {target}\n'
        assert "License: MIT; of the recordings: CC0." in told.err
        asked = len(served.asked)
        assert main(["download", model.name, str(tmp_path)]) == 0
        assert len(served.asked) == asked
    told = capsys.readouterr()
    assert f"{target} is there already" in told.err and str(target) in told.out
    assert load_voice(target).about.startswith("Voice of Piper, imported from en_US-lessac")


def test_a_voice_that_piper_does_not_have(tmp_path):
    model = find("piper:en_US-lesac-medium")
    listed = {"en_US-lessac-medium": {}, "de_DE-eva_k-x_low": {}}
    with (
        hub_of(model, {"voices.json": json.dumps(listed).encode()}) as served,
        pytest.raises(ForeignFileError, match="the nearest is 'piper:en_US-lessac-medium'; https"),
    ):
        obtain_model(model, tmp_path, served.url)


def test_a_published_name_where_a_file_is_wanted():
    with pytest.raises(ValueError, match="not here: ganspeech download mms:eng makes a file of it"):
        load_voice("mms:eng")


def test_a_language_of_mms_is_resolved_and_noted(tmp_path, monkeypatch):
    model, commit = find("mms:deu"), "0123456789" * 4
    files = dict.fromkeys(("config.json", "vocab.json", "tokenizer_config.json"), b"{}")
    read = []

    def import_small(folder):
        read.extend(sorted(os.listdir(folder)))
        return dataclasses.replace(of_speaking(voice()), about="VITS.")

    monkeypatch.setattr(convert, "import_voice", import_small)
    # This one has no safetensors.
    with hub_of(model, {**files, "pytorch_model.bin": b"x"}, commit) as served:
        made = obtain_model(model, tmp_path, served.url)
    assert read == ["config.json", "pytorch_model.bin", "tokenizer_config.json", "vocab.json"]
    assert made.about == (f"VITS. From facebook/mms-tts-deu at {commit}. License: CC BY-NC 4.0.")
    assert load_voice(tmp_path / "mms-deu.safetensors").about == made.about


def test_models_that_are_not_there(tmp_path):
    model = find("mms:xxx")
    with (
        hub_of(find("mms:eng"), {}) as served,
        pytest.raises(
            ForeignFileError,
            match=r"^mms:xxx: facebook/mms-tts-xxx is not on the hub, or not public$",
        ),
    ):
        obtain_model(model, tmp_path, served.url)
    model = NAMED["vits-ljs"]
    with (
        hub_of(model, {}) as served,
        pytest.raises(
            ForeignFileError,
            match=rf"kakao-enterprise/vits-ljs has no config.json at {model.revision}",
        ),
    ):
        obtain_model(model, tmp_path, served.url)
    assert not list(tmp_path.glob("*.safetensors"))


def test_a_file_that_was_changed_on_the_way(tmp_path, cache):
    model, files = find("vocos-mel-24khz"), vocos_files(tmp_path)
    with hub_of(model, files) as served:
        path = f"/{model.repository}/resolve/{model.revision}/pytorch_model.bin"
        whole = served.files[path]
        served.files = served.files | {path: whole[:-1] + b"x"}
        with pytest.raises(ForeignFileError, match=r"pytorch_model\.bin is not what .* removed"):
            obtain_model(model, tmp_path, served.url)
        served.files[path] = whole
        obtain_model(model, tmp_path, served.url)
    assert load_vocoder(tmp_path / model.file).spec.sample_rate == 24_000


def test_nobody_there(tmp_path, monkeypatch, capfd):
    # The hub's library tries five times, seconds apart.
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)
    for name in ("mms:deu", "vocos-mel-24khz"):
        with pytest.raises(ForeignFileError, match=f"^{name}: .*no connection to the hub") as error:
            obtain_model(find(name), tmp_path, "http://127.0.0.1:1")
        assert "\n" not in str(error.value)
    assert "Retrying" not in capfd.readouterr().err


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableError, match="file/below"):
        obtain_model(find("vocos-mel-24khz"), tmp_path / "file/below", "http://127.0.0.1:1")


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(hub, "find_spec", lambda _: None)
    with pytest.raises(ForeignFileError, match="pip install huggingface_hub"):
        obtain_model(find("vocos-mel-24khz"), tmp_path)


@pytest.mark.parametrize("name", [*NAMED, "piper:de_DE-eva_k-x_low", "mms:eng", "mms:uig-script_x"])
def test_names(name):
    model = find(name)
    assert model.revision == "" or len(model.revision) == 40
    assert model.file == f"{name.replace(':', '-')}.safetensors"
    line = command.use_of(model, Path("a b") / model.file)
    assert f"'a b/{model.file}'" in line
    assert ("TEXT" in line) == (name in ("piper:de_DE-eva_k-x_low", "mms:uig-script_x"))
