"""Voices of every kind: what is written is read again, and each bad file is told in one line."""

import dataclasses
import json
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import safetensors.numpy
from flax import traverse_util
from piper_files import (
    CONFIG,
    DECODER,
    NETWORK,
    SYMBOLS,
    field,
    node,
    piper_bytes,
    tensor,
    write_piper,
)

from ganspeech.audio import AudioSpec
from ganspeech.commands.cli import main
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.generators.istftnet import ISTFTNet
from ganspeech.interop.formats.tensors import ForeignFileError
from ganspeech.interop.voices.piper import read_piper
from ganspeech.interop.voices.vits_layers import Around, layers_of
from ganspeech.interop.voices.vits_weights import tensors_of
from ganspeech.load import load_voice
from ganspeech.models import voice as voice_module
from ganspeech.models.files import read_safetensors
from ganspeech.models.voice import Voice
from ganspeech.text.phonemes.front_ends import Espeak, Plain
from ganspeech.text.spoken_text import SpokenText

SPEC = AudioSpec(sample_rate=8000, n_fft=16, win_length=16, hop_length=8, n_mels=8, fmax=4000.0)
POSTERIOR = [
    f"posterior_{name}"
    for name in ("enter", "leave", "convolutions", "affine", "coupling_0", "coupling_1")
]
CERTAIN = {"stochastic": False, "duration_flows": 4, "duration_layers": 3}
KINDS = {
    "stochastic": {},
    "deterministic": CERTAIN | {"duration_width": 10},
    "speakers": {"speaker_width": 3},
    "deterministic-speakers": CERTAIN | {"speaker_width": 3},
    "other": {
        "decoder": HiFiGAN((8,), (8,), 8, "1", (3,), ((1, 3),)),
        "dilation_rate": 2,
        "posterior_layers": 2,
        "window": 1,
        "heads": 4,
        "duration_bins": 4,
        "duration_kernel": 5,
    },
}


def shapes_of(network, speakers):
    """Of all variables, those that only training needs included."""
    inputs = jnp.zeros((1, 8), jnp.int32), jnp.ones(1, jnp.int32), jnp.zeros((1, 8, SPEC.bins))
    one_hot = jnp.zeros((1, speakers)) if speakers else None

    def init():
        return network.init(jax.random.key(0), *inputs, inputs[1], one_hot, SYMBOLS, SPEC, 8)

    return jax.eval_shape(init)


def voice(**changes):
    """A voice with random weights, all of them."""
    network = dataclasses.replace(NETWORK, **changes)
    speakers = ("ann", "1") if network.speaker_width else ()
    rng = np.random.default_rng(0)
    variables = jax.tree.map(
        lambda leaf: rng.normal(0.1, 0.3, leaf.shape).astype("f4"),
        shapes_of(network, len(speakers)),
    )
    text = SpokenText(Plain(), tuple("_^$abc"))
    return Voice(network, variables, text, SPEC, speakers, 0.5, 0.7, 1.25, "Made for a test.")


def of_speaking(model):
    """The same without the parts that Piper's voices do not have."""
    flat = traverse_util.flatten_dict(model.variables["params"])
    dropped = [("duration_predictor", name) for name in ("coupling_0", *POSTERIOR)]
    kept = {
        path: leaf
        for path, leaf in flat.items()
        if path[0] != "posterior_encoder" and path[:2] not in dropped
    }
    return dataclasses.replace(model, variables={"params": traverse_util.unflatten_dict(kept)})


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


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_our_own_file(any_voice, dtype, tmp_path, monkeypatch):
    path = tmp_path / "v.safetensors"
    any_voice.save(path, dtype)
    # What was seen to fit when it was written is not looked at again, which would take seconds.
    monkeypatch.setattr(voice_module, "require_speaks", None)
    read = load_voice(path)
    assert dataclasses.replace(read, variables={}) == dataclasses.replace(any_voice, variables={})
    expected = jax.tree.map(lambda leaf: leaf.astype(dtype).astype("f4"), any_voice.variables)
    jax.tree.map(np.testing.assert_array_equal, read.variables, expected)
    assert [file.name for file in tmp_path.iterdir()] == ["v.safetensors"]


def test_our_own_file_with_a_decoder_that_nobody_else_has(tmp_path):
    decoder = ISTFTNet((2,), (4,), 4, 8, "2", (3,), ((1,),))
    model = voice(decoder=decoder)
    model.save(tmp_path / "v.safetensors")
    assert Voice.read(tmp_path / "v.safetensors").network == model.network
    with pytest.raises(ValueError, match="VITS's authors have no decoder as ISTFTNet"):
        tensors_of(model.network, model.variables)


def test_own_files_that_cannot_be_used(plain_voice, tmp_path):
    path = tmp_path / "v.safetensors"
    plain_voice.save(path)
    good = path.read_bytes()
    tensors, header = read_safetensors(path)
    network = header["network"]
    bias = "params.text_encoder.prior.bias"
    more = {"params.posterior_encoder.enter.bias": np.ones(3, "f4")}
    for changed_tensors, changed, told in (
        (tensors, {"format": "other-1"}, "is not a voice of ganspeech"),
        (tensors, {"format": "ganspeech-vocoder-1"}, "is a vocoder of ganspeech, not a voice"),
        (tensors, {"format": "ganspeech-voice-9"}, "is a voice of another version"),
        (tensors, {"network": network.replace("vits.VITS", "vits.X")}, "has no .*X"),
        (tensors, {"network": header["text"]}, "its network is no VITS, but SpokenText"),
        (tensors, {"text": header["network"]}, "its text is no SpokenText, but VITS"),
        (tensors, {"text": header["text"].replace('"c"', '"b"')}, "symbols must differ"),
        (tensors, {"spec": "{}"}, ""),
        (tensors, {"speakers": '["ann"]'}, "1 speakers, but speaker_width is 0"),
        (tensors, {"scales": '{"noise_scale": -1}'}, "noise_scale must be from 0 to 2, not -1"),
        (tensors, {"scales": '{"noise_scale": "x"}'}, "noise_scale must be from 0 to 2, not 'x'"),
        (tensors, {"scales": '{"length_scale": 1e400}'}, "length_scale must be from 0.1 to 10"),
        (tensors, {"network": network.replace('"heads": 2', '"heads": 0')}, "heads must be at"),
        (tensors, {"network": network.replace('"width": 8', '"width": 0')}, "width must be at"),
        (tensors, {"scales": '{"speed": 1}'}, "scales must be a JSON object .*, without speed"),
        (tensors, {"scales": ""}, "its scales must be a JSON object of noise_scale, "),
        (tensors, {"scales": "[1]"}, "its scales must be a JSON object of noise_scale, "),
        (tensors | {bias: tensors[bias][1:]}, {}, "prior/bias is .*this architecture has"),
        (tensors | {bias: tensors[bias] * np.nan}, {}, "prior.bias is not made of finite"),
        (tensors | more, {}, r"posterior_encoder/enter/bias is \[3\], but .* has \[8\]"),
        (tensors | {"params.more": np.ones(3, "f4")}, {}, "params/more is .*absent"),
    ):
        safetensors.numpy.save_file(changed_tensors, path, metadata=header | changed)
        with pytest.raises(ValueError, match=f"^{re.escape(str(path))}.*{told}") as caught:
            load_voice(path)
        assert "\n" not in str(caught.value)
    path.write_bytes(good[:-50])
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))} is no whole safetensors file"):
        load_voice(path)
    with pytest.raises(ValueError, match="no voice"):
        load_voice(tmp_path / "absent")
    with pytest.raises(ValueError, match=r"is no folder of a voice: it has no config\.json"):
        load_voice(tmp_path)


def test_weights_that_do_not_fit_are_not_written(plain_voice, tmp_path):
    model = dataclasses.replace(plain_voice, text=SpokenText(Plain(), tuple("_^$ab")))
    with pytest.raises(
        ValueError, match=r"embedding is \[6, 8\], but this architecture has \[5, 8\]"
    ):
        model.save(tmp_path / "v.safetensors")
    assert not list(tmp_path.iterdir())


def test_import_command(plain_voice, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_piper(tmp_path / "v.onnx", plain_voice.network, plain_voice.variables)
    assert main(["import", "v.onnx", "out/v.safetensors", "--float16"]) == 0
    assert capsys.readouterr().err == "out/v.safetensors: Voice of Piper, imported from v.onnx.\n"
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
        (1, ["cut.safetensors", "x.safetensors"], "cut.safetensors is no whole safetensors file"),
        (2, ["run", "x.safetensors"], "run is a run: ganspeech export run x.safetensors"),
        (2, ["v.onnx", "folder.safetensors"], "folder.safetensors is a folder: name a file"),
        (1, ["v.onnx", "v.onnx/x.safetensors"], "cannot write v.onnx/x.safetensors: v.onnx is no"),
    ):
        assert main(["import", *command]) == status
        assert told in capsys.readouterr().err
