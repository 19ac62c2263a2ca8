"""A voice in one file: what is written is read again, and what is damaged is refused."""

import dataclasses
import re

import jax
import numpy as np
import pytest
import safetensors.numpy
from small_voices import KINDS, of_speaking, voice

from ganspeech.generators.istftnet import ISTFTNet
from ganspeech.interop.voices.vits_weights import tensors_of
from ganspeech.load import load_voice
from ganspeech.models import voice as voice_module
from ganspeech.models.files import read_safetensors
from ganspeech.models.voice import Voice
from ganspeech.text.phonemes.front_ends import Plain
from ganspeech.text.spoken_text import SpokenText


@pytest.fixture(scope="module", params=KINDS)
def any_voice(request):
    return voice(**KINDS[request.param])


@pytest.fixture(scope="module")
def plain_voice():
    return of_speaking(voice())


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
        (tensors, {"network": network.replace('"VITS"', '"X"')}, "has no .*X"),
        (
            tensors,
            {"network": header["text"]},
            "its network must be a VITS or a FastSpeech or a Vocoded, not SpokenText",
        ),
        (tensors, {"text": header["network"]}, "its text must be a SpokenText, not VITS"),
        (tensors, {"text": header["text"].replace('"c"', '"b"')}, "symbols must be unique"),
        (tensors, {"spec": "{}"}, ""),
        (tensors, {"speakers": '["ann"]'}, "1 speakers, but speaker_width is 0"),
        (tensors, {"scales": '{"noise_scale": -1}'}, "noise_scale must be from 0 to 2, not -1"),
        (tensors, {"scales": '{"noise_scale": "x"}'}, "noise_scale must be from 0 to 2, not 'x'"),
        (tensors, {"scales": '{"length_scale": 1e400}'}, "length_scale must be from 0.1 to 10"),
        (tensors, {"network": network.replace('"heads": 2', '"heads": 0')}, "heads must be at"),
        (tensors, {"network": network.replace('"width": 8', '"width": 0')}, "width must be at"),
        (tensors, {"scales": '{"speed": 1}'}, "scales must be a JSON object .*, not speed"),
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
    with pytest.raises(
        ValueError, match=f"^{re.escape(str(path))} is not a valid safetensors file"
    ):
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
