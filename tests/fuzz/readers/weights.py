"""Readers of models: our files, other projects' weights and configs."""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
import small_encoders
import small_voices
from fuzz.hostile import onnx_files, torch_files
from fuzz.layers import by_content
from fuzz.reader import Files, Reader
from piper_files import CONFIG, NETWORK, SYMBOLS, piper_bytes
from small_vocoders import SPEC, make_model
from torch_bytes import archive, dict_of, stream, tensor

from ganspeech.formats.torch_files import read_state_dict
from ganspeech.formats.torch_writer import write_state_dict
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.interop.encoders.folder import read_encoder
from ganspeech.interop.vocoders import hifigan
from ganspeech.interop.vocoders.foreign import import_vocoder
from ganspeech.interop.voices.foreign import import_voice
from ganspeech.interop.voices.vits_weights import tensors_of
from ganspeech.load import load

OLD = Path(__file__).resolve().parents[2] / "written_by_0_1"
NETWORK_OF_WEIGHTS = HiFiGAN((4, 4), (8, 8), 8, kernels=(3, 5), dilations=((1, 3), (1, 2)))


def _ours() -> Files:
    names = ("vocoder", "recognizer", "voice")
    return {"model.safetensors": [(OLD / f"{name}.safetensors").read_bytes() for name in names]}


def _vocoder() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    return hifigan.write(make_model(NETWORK_OF_WEIGHTS, SPEC))


def _torch() -> Files:
    weights, _ = _vocoder()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_state_dict(folder / "new", weights)
        value = dict_of(weight=tensor((3, 4), (4, 1)))
        archive(folder / "small", value)
        old = dict_of(weight=tensor((3, 4), (4, 1), legacy=True))
        stream(folder / "old", old, {"0": np.arange(12, dtype="<f4")})
        kept = [(folder / name).read_bytes() for name in ("small", "old", "new")]
    return {"weights.pth": [*kept, *torch_files()]}


def _foreign_vocoder() -> Files:
    weights, config = _vocoder()
    return {
        "generator.safetensors": [safetensors.numpy.save(weights)],
        "config.json": [json.dumps(config).encode()],
    }


def _yaml() -> Files:
    weights, config = _vocoder()
    lines = "".join(f"{name}: {json.dumps(value)}\n" for name, value in config.items())
    hostile = [
        b"a: !!python/object/apply:os.system ['true']\n",
        b"a: &a [1]\nb: [*a, *a]\n",
        b"? [a]\n: 1\n",
        b"!!python/name:os.system\n",
    ]
    return {
        "config.yaml": [lines.encode(), *hostile],
        "generator.safetensors": [safetensors.numpy.save(weights)],
    }


def _piper() -> Files:
    voice = small_voices.of_speaking(small_voices.voice())
    content = piper_bytes(voice.network, voice.variables)
    config = json.dumps(CONFIG).encode()
    return {"voice.onnx": [content, *onnx_files()], "voice.onnx.json": [config]}


def _mms() -> Files:
    voice = small_voices.voice()
    weights = {
        name: array[..., 0] if ".attn_layers." in name and ".conv_" in name and array.ndim == 3
        else array
        for name, array in tensors_of(voice.network, voice.variables).items()
    }  # fmt: skip
    weights = {name: np.ascontiguousarray(array) for name, array in weights.items()}
    decoder: Any = NETWORK.decoder
    config = {
        "model_type": "vits",
        "sampling_rate": 8000,
        "upsample_rates": decoder.upsample_rates,
        "upsample_kernel_sizes": decoder.upsample_kernels,
        "resblock_kernel_sizes": decoder.kernels,
        "resblock_dilation_sizes": decoder.dilations,
        "num_attention_heads": NETWORK.heads,
        "noise_scale": 0.5,
        "noise_scale_duration": 0.7,
        "speaking_rate": 0.8,
    }
    vocabulary = {symbol: n for n, symbol in enumerate("_ abcd"[:SYMBOLS])}
    tokenizer = {"add_blank": True, "normalize": True, "phonemize": False, "language": "eng"}
    return {
        "config.json": [json.dumps(config).encode()],
        "vocab.json": [json.dumps(vocabulary).encode()],
        "tokenizer_config.json": [json.dumps(tokenizer).encode()],
        "model.safetensors": [safetensors.numpy.save(weights)],
    }


def _encoder() -> Files:
    return {
        "config.json": [json.dumps(small_encoders.small_config("wavlm")).encode()],
        "preprocessor_config.json": [json.dumps(small_encoders.PREPROCESSOR).encode()],
        "model.safetensors": [safetensors.numpy.save(small_encoders.small_tensors("wavlm"))],
    }


READERS = {
    "model": Reader(_ours, lambda folder: load(folder / "model.safetensors"), 400, by_content),
    "torch": Reader(
        _torch, lambda folder: read_state_dict(folder / "weights.pth"), 700, by_content
    ),
    "foreign vocoder": Reader(
        _foreign_vocoder,
        lambda folder: import_vocoder(folder / "generator.safetensors", SPEC),
        300,
        by_content,
    ),
    "yaml": Reader(
        _yaml, lambda folder: import_vocoder(folder / "generator.safetensors", SPEC), 250
    ),
    "piper": Reader(_piper, lambda folder: import_voice(folder / "voice.onnx"), 300, by_content),
    "encoder": Reader(_encoder, lambda folder: read_encoder(folder), 250, by_content),
    "mms": Reader(_mms, lambda folder: import_voice(folder), 250, by_content),
}
