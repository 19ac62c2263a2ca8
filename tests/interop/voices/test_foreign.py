"""Voices of every kind: what is written is read again, and each bad file is told in one line."""

import dataclasses
import json
import re
from pathlib import Path

import jax
import numpy as np
import pytest
from flax import traverse_util
from piper_files import (
    CONFIG,
    DECODER,
    SYMBOLS,
    field,
    node,
    piper_bytes,
    tensor,
    write_piper,
)
from small_voices import KINDS, SPEC, of_speaking, shapes_of, voice

from ganspeech.commands.cli import main
from ganspeech.formats.tensors import ForeignFileError
from ganspeech.interop.voices.piper import read_piper
from ganspeech.interop.voices.vits_layers import Around, layers_of
from ganspeech.interop.voices.vits_weights import tensors_of
from ganspeech.load import load_voice
from ganspeech.models.voice import Voice
from ganspeech.text.phonemes.front_ends import Espeak


@pytest.fixture(scope="module", params=KINDS)
def any_voice(request):
    return voice(**KINDS[request.param])


@pytest.fixture(scope="module")
def plain_voice():
    return of_speaking(voice())


def test_layers_are_those_of_the_network(any_voice):
    network, speakers = any_voice.network, len(any_voice.speakers)
    wanted = traverse_util.flatten_dict(shapes_of(network, speakers)["params"])
    found = {}
    for layer in layers_of(network, Around(SYMBOLS, speakers, SPEC.bins)):
        for path, leaf in wanted.items():
            if path[:-1] == layer.ours:
                assert leaf.shape in (layer.shape, layer.shape[-1:]), path
                found[path] = leaf
    assert found.keys() == wanted.keys()


def test_a_piper_voice_of_every_kind(any_voice, tmp_path):
    spoken = of_speaking(any_voice)
    write_piper(tmp_path / "v.onnx", any_voice.network, spoken.variables, speaker_id_map={"ann": 0})
    read = load_voice(tmp_path / "v.onnx")
    # Of the posterior, which it does not have, nothing is known.
    assert read.network == dataclasses.replace(any_voice.network, posterior_layers=16)
    expected = tensors_of(any_voice.network, spoken.variables)
    back = tensors_of(read.network, read.variables)
    assert back.keys() == expected.keys()
    for name, array in back.items():
        np.testing.assert_allclose(array, expected[name], atol=1e-5, err_msg=name)
    assert read.speakers == any_voice.speakers
    assert (read.noise_scale, read.duration_noise, read.length_scale) == (0.5, 0.7, 1.25)
    assert (read.spec.sample_rate, read.spec.hop_length, read.spec.fmax) == (8000, 8, 4000)
    assert read.text.front == Espeak("en-us")
    assert read.text.write(["a", "b", "c", "x"]).ids == (1, 0, 3, 0, 4, 3, 0, 3, 0, 2)


def test_piper_files_that_cannot_be_used(plain_voice, tmp_path):
    path = tmp_path / "v.onnx"
    network, variables = plain_voice.network, plain_voice.variables
    write_piper(path, network, variables)
    good = path.read_bytes()
    other = field(1, 8) + field(
        7, field(1, node("Relu", "/r", ["x"], "y")) + field(5, tensor("w", np.ones(2)))
    )
    elsewhere = field(
        7, field(1, node("Relu", "", ["x"], "y")) + field(5, field(8, "w") + field(14, 1))
    )
    nan = jax.tree.map(lambda leaf: leaf * np.nan, variables)
    decoder = dataclasses.replace(DECODER, dilations=((1, -1 % 2**64), (2, 6)))
    backwards = piper_bytes(dataclasses.replace(network, decoder=decoder), variables)
    for content, told in (
        (good[:-100], "is no whole ONNX file: it ends [0-9]+ bytes too early"),
        (good[:3], "is no whole ONNX file"),
        (b"", "is no whole ONNX file: it has no graph"),
        (b"<html>not found</html>" * 9, "is no whole ONNX file"),
        (b"\xff" * 50, "is no whole ONNX file"),
        (field(2, "ganspeech") + other, "was exported by ganspeech: load the .safetensors file"),
        (other, "is an ONNX model, but no voice of Piper: nothing in it is named enc_p"),
        (elsewhere, "w lies in another file, which is not read"),
        (good.replace(b"enc_p.proj.weight", b"enc_p.prof.weight"), "no tensor 'enc_p.proj.weight'"),
        (good.replace(b"dec.conv_post", b"dec.conv_past"), "no tensor 'dec.conv_post.weight'"),
        (good.replace(b"flow.flows.2.pre.bias", b"flow.flows.4.pre.bias"), "no tensor 'flow"),
        (piper_bytes(network, nan), "has values that are NaN or infinite"),
        (backwards, r"dilations of dec\.resblocks\.0\.convs\.1 must be from 1 to 10000, not -1"),
    ):
        path.write_bytes(content)
        with pytest.raises(ForeignFileError, match=f"^{re.escape(str(path))}.*{told}") as caught:
            read_piper(path)
        assert "\n" not in str(caught.value)
    path.unlink()
    with pytest.raises(ForeignFileError, match=f"no such file: {re.escape(str(path))}$"):
        read_piper(path)


def test_piper_configs_that_cannot_be_used(plain_voice, tmp_path):
    path, config = tmp_path / "v.onnx", tmp_path / "v.onnx.json"
    write_piper(path, plain_voice.network, plain_voice.variables)
    ids = CONFIG["phoneme_id_map"]
    for changes, told in (
        ({"audio": {}}, "audio.sample_rate must be a whole number, not None"),
        ({"audio": 3}, "audio.sample_rate must be a whole number"),
        ({"espeak": {"voice": None}}, "espeak.voice must be a text, not None"),
        ({"inference": {"noise_w": "much"}}, "inference.noise_w must be a number, not 'much'"),
        ({"inference": {"noise_scale": 5}}, "inference.noise_scale must be from 0 to 2, not 5"),
        ({"inference": {"noise_scale": 10**400}}, "inference.noise_scale must be from 0 to 2"),
        ({"inference": {"length_scale": 1e9}}, "length_scale must be from 0.1 to 10, not 1000000"),
        ({"inference": {"noise_w": float("nan")}}, "noise_w must be from 0 to 2, not nan"),
        ({"audio": {"sample_rate": 10**9}}, "audio.sample_rate must be from 1000 to 384000, not"),
        ({"audio": {"sample_rate": 0}}, "audio.sample_rate must be from 1000 to 384000, not 0"),
        ({"phoneme_type": "pinyin"}, "phoneme_type is 'pinyin'; known here are espeak and text"),
        ({"phoneme_map": {"a": ["b"]}}, "phoneme_map replaces phonemes"),
        ({"phoneme_id_map": [1]}, "phoneme_id_map must be an object"),
        ({"phoneme_id_map": ids | {"x": ["y"]}}, "gives 'x' no whole numbers"),
        ({"phoneme_id_map": ids | {"x": [6]}}, "the number 6, but the network knows 6 symbols"),
        ({"phoneme_id_map": {"a": [3]}}, "phoneme_id_map has no '\\^'"),
    ):
        config.write_text(json.dumps(CONFIG | changes))
        with pytest.raises(ForeignFileError, match=f"^{re.escape(str(config))}: .*{told}"):
            read_piper(path)
    for text, told in (("{", "is no JSON"), ("[]", "must hold an object")):
        config.write_text(text)
        with pytest.raises(ForeignFileError, match=f"^{re.escape(str(config))} {told}"):
            read_piper(path)
    config.unlink()
    with pytest.raises(
        ForeignFileError, match=r"v\.onnx\.json, the config that comes with the voice"
    ):
        read_piper(path)


def test_import_command(plain_voice, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_piper(tmp_path / "v.onnx", plain_voice.network, plain_voice.variables)
    assert main(["import", "v.onnx", "out/v.safetensors", "--float16"]) == 0
    assert capsys.readouterr().err == (
        "written: out/v.safetensors (Voice of Piper, imported from v.onnx)\n"
    )
    assert Voice.read(tmp_path / "out" / "v.safetensors").network.width == 8
    write_piper(tmp_path / "w.ONNX", plain_voice.network, plain_voice.variables)
    assert main(["import", "w.ONNX", "w.safetensors"]) == 0
    capsys.readouterr()
    (tmp_path / "folder.safetensors").mkdir()
    (tmp_path / "cut.safetensors").write_bytes(Path("w.safetensors").read_bytes()[:-9])
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "experiment.json").write_text("{}")
    for status, command, told in (
        (1, ["v.onnx", "out/v.safetensors"], "exists"),
        (2, ["v.onnx", "x.safetensors", "--spec", "hifigan_22k"], "comes with its spec"),
        (1, ["out", "x.safetensors"], "is no folder of a voice"),
        (1, ["absent.onnx", "x.safetensors"], "no such file or folder: absent.onnx"),
        (1, ["absent", "x.safetensors"], "no such file or folder: absent"),
        (
            1,
            ["w.safetensors", "x.safetensors"],
            "w.safetensors is a voice file of ganspeech already",
        ),
        (1, ["cut.safetensors", "x.safetensors"], "cut.safetensors is not a valid"),
        (2, ["run", "x.safetensors"], "run is a run: ganspeech export run x.safetensors"),
        (2, ["v.onnx", "folder.safetensors"], "folder.safetensors is a folder: name a file"),
        (1, ["v.onnx", "v.onnx/x.safetensors"], "cannot write v.onnx/x.safetensors: v.onnx is no"),
    ):
        assert main(["import", *command]) == status
        assert told in capsys.readouterr().err
