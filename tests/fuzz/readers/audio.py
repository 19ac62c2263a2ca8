"""Readers of sound and of features: audio of every format, `.npz`, the spec's JSON."""

import dataclasses
import io
import json
import tempfile
from pathlib import Path

import numpy as np
import safetensors.numpy
import soundfile
from fuzz.hostile import array_of, arrays_of_any_size, numpy_files, zip_bomb
from fuzz.layers import by_content, in_json, in_ogg, in_zip
from fuzz.mutations import Layer, mutated
from fuzz.reader import Files, Reader

from ganspeech.audio import AudioSpec, load_features, read_audio, save_features
from ganspeech.audio.files import rate_of
from ganspeech.audio.foreign_features import read_foreign_features
from ganspeech.audio.pieces import AudioPieces
from ganspeech.commands.import_ import read_spec
from ganspeech.data.features import read_features
from ganspeech.data.features.acoustic import acoustic_settings
from ganspeech.data.features.settings import FORMAT
from ganspeech.data.readers.mnist import MNIST

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000.0)
FORMATS: dict[str, tuple[tuple[str, str], ...]] = {
    "wav": (
        *(("WAV", "PCM_16"), ("WAV", "FLOAT"), ("WAV", "PCM_24"), ("WAV", "ULAW")),
        ("W64", "PCM_16"),
        *(("WAV", "IMA_ADPCM"), ("WAV", "MS_ADPCM"), ("WAV", "GSM610"), ("WAVEX", "DOUBLE")),
        *(("RF64", "PCM_16"), ("RF64", "FLOAT"), ("WAV", "PCM_U8"), ("WAV", "G721_32")),
    ),
    "flac": (("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("OGG", "VORBIS")),
    "ogg": (("OGG", "VORBIS"), ("OGG", "OPUS")),
    "opus": (("OGG", "OPUS"), ("OGG", "VORBIS")),
    "mp3": (("MP3", "MPEG_LAYER_III"),),
    "aiff": (("AIFF", "PCM_16"), ("AIFF", "FLOAT"), ("AIFF", "IMA_ADPCM"), ("CAF", "ALAC_16")),
    "au": (("AU", "PCM_16"), ("AU", "ULAW"), ("NIST", "PCM_16"), ("VOC", "PCM_U8")),
}  # fmt: skip
"""By suffix, what a file of that name may hold: libsndfile goes by the content."""


def _sounds(suffix: str) -> Files:
    time = np.arange(4000) / 8000
    tone = 0.3 * np.sin(2 * np.pi * 220 * time) + 0.01 * np.random.default_rng(0).normal(size=4000)
    found = []
    for kind, coding in FORMATS[suffix]:
        for channels in (1, 2) if coding in ("PCM_16", "VORBIS", "MPEG_LAYER_III") else (1,):
            file = io.BytesIO()
            sound = np.repeat(tone[:, None], channels, axis=1)
            soundfile.write(file, sound, 8000, format=kind, subtype=coding)
            found.append(file.getvalue())
    if suffix == "wav":
        hour = io.BytesIO()
        soundfile.write(hour, np.zeros(1 << 20, np.int16), 1, format="WAV")
        found.append(hour.getvalue())
    return {f"sound.{suffix}": found}


def _heard(folder: Path) -> None:
    (file,) = folder.iterdir()
    rate_of(file)
    audio, _ = read_audio(file, 16000)
    assert sum(map(len, AudioPieces(file, 16000))) == len(audio)


def _of_sounds(suffix: str, inputs: int, damage: Layer = mutated) -> Reader:
    return Reader(lambda: _sounds(suffix), _heard, inputs, damage)


def _features() -> Files:
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mel.npz")
        save_features(path, rng.normal(size=(9, 8)), SPEC)
        whole = path.read_bytes()
    hostile = [*numpy_files(), *arrays_of_any_size()]
    bomb = zip_bomb("log_mel.npy", array_of("(73400320, 8)"))
    return {"mel.npz": [whole, *hostile, bomb]}


def _digits() -> Files:
    file = io.BytesIO()
    pictures, digits = np.zeros((4, 28, 28), np.uint8), np.arange(4)
    np.savez(file, x_train=pictures, y_train=digits, x_test=pictures, y_test=digits)
    return {"mnist.npz": [file.getvalue(), *numpy_files(), *arrays_of_any_size()]}


def _foreign() -> Files:
    rng = np.random.default_rng(0)
    file = io.BytesIO()
    np.save(file, rng.normal(-5, 2, (1, 8, 30)).astype(np.float32))
    return {"mel.npy": [file.getvalue(), array_of("(73400320, 8)"), array_of("(-1, 8)")]}


def _folder_of_features() -> Files:
    rng = np.random.default_rng(0)
    file = io.BytesIO()
    np.save(file, rng.normal(size=(5, 8)).astype(np.float32))
    tensor = safetensors.numpy.save({"x": rng.normal(size=(4, 8)).astype(np.float32)})
    about = {"format": FORMAT, **dataclasses.asdict(acoustic_settings("logmel")), "width": 8}
    return {
        "a.npy": [file.getvalue(), array_of("(73400320, 8)"), array_of("(-1, 8)")],
        "b/c.safetensors": [tensor],
        "features.json": [json.dumps(about).encode()],
    }


READERS = {
    "wav": _of_sounds("wav", 900),
    "flac": _of_sounds("flac", 500),
    "ogg": _of_sounds("ogg", 400, in_ogg),
    "opus": _of_sounds("opus", 400, in_ogg),
    "mp3": _of_sounds("mp3", 500),
    "aiff": _of_sounds("aiff", 400),
    "au": _of_sounds("au", 300),
    "features": Reader(_features, lambda folder: load_features(folder / "mel.npz"), 400, in_zip),
    "npy": Reader(_foreign, lambda folder: read_foreign_features(folder / "mel.npy", SPEC), 400),
    "feature folder": Reader(
        _folder_of_features, lambda folder: list(read_features(folder)), 300, by_content
    ),
    "mnist": Reader(_digits, lambda folder: MNIST(str(folder)).pictures(), 200, in_zip),
    "spec": Reader(
        lambda: {"spec.json": [SPEC.to_json().encode()]},
        lambda folder: read_spec(str(folder / "spec.json")),
        250,
        in_json,
    ),
}
