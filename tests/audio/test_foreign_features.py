"""Log-mels of other programs: shapes, scales, and what is no log-mel."""

import dataclasses

import numpy as np
import pytest
import torch_bytes

from ganspeech.audio import AudioSpec, log_mel
from ganspeech.audio.decoding import AudioFileError
from ganspeech.audio.foreign_features import read_foreign_features

SPEC = AudioSpec(sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000.0)
MEL = np.asarray(log_mel(np.random.default_rng(0).uniform(-0.1, 0.1, 3000) ** 3, SPEC))


def read(path, spec=SPEC):
    notes = list[str]()
    return read_foreign_features(path, spec, notes.append), notes


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (MEL, []),
        (MEL.astype(np.float64), []),
        (MEL.T, ["transposed from [mels, frames]"]),
        (MEL.T[None], ["transposed from [mels, frames]"]),
        (MEL[:20], ["20 frames of as many bands, taken as [frames, mels]"]),
        (MEL * 20 / np.log(10), ["converted from decibels"]),
        (MEL.T * 20 / np.log(10), ["transposed from [mels, frames]", "converted from decibels"]),
    ],
)
def test_shapes_and_scales_are_recognized_and_said(tmp_path, array, said):
    np.save(tmp_path / "a.npy", array)
    found, notes = read(tmp_path / "a.npy")
    np.testing.assert_allclose(found, MEL[: len(found)], atol=1e-4)
    assert notes == said and found.dtype == np.float32


@pytest.mark.parametrize(("base", "power"), [("10", 1.0), ("e", 2.0), ("10", 2.0)])
def test_decibels_of_other_specs(tmp_path, base, power):
    spec = dataclasses.replace(SPEC, log_base=base, power=power, log_floor=1e-12)
    fading = np.random.default_rng(0).uniform(-0.1, 0.1, 3000) * np.linspace(1, 0, 3000) ** 4
    mel = np.asarray(log_mel(fading, spec))
    decibels = mel * (np.log(10) if base == "e" else 1) ** -1 * 20 / power
    np.save(tmp_path / "a.npy", decibels)
    found, notes = read(tmp_path / "a.npy", spec)
    np.testing.assert_allclose(found, mel, atol=1e-4)
    assert notes == ["converted from decibels"]


def test_values_that_look_normalized_are_used_and_said(tmp_path):
    np.save(tmp_path / "a.npy", np.random.default_rng(0).uniform(0, 1, (30, 20)))
    _, notes = read(tmp_path / "a.npy")
    assert notes == ["no value below -3: normalized, or not a logarithm?"]


def test_tensors_are_read_without_pytorch(tmp_path):
    frames = len(MEL)
    tensor = torch_bytes.tensor((1, 20, frames), (20 * frames, frames, 1), numel=20 * frames)
    records = {"0": np.ascontiguousarray(MEL.T, "<f4").tobytes()}
    for name, value in (("a.pt", tensor), ("b.pth", torch_bytes.dict_of(mel=tensor))):
        torch_bytes.archive(tmp_path / name, value, records)
        found, notes = read(tmp_path / name)
        np.testing.assert_allclose(found, MEL, atol=1e-6)
        assert notes == ["transposed from [mels, frames]"]
    torch_bytes.archive(tmp_path / "a.pt", torch_bytes.dict_of(a=tensor, b=tensor), records)
    with pytest.raises(AudioFileError, match=r"a\.pt holds 2 tensors where one is looked for"):
        read(tmp_path / "a.pt")


@pytest.mark.parametrize(
    ("array", "fault"),
    [
        (np.zeros((30, 19)), r"log-mels must be \[frames, 20\] or \[20, frames\], not \[30, 19\]"),
        (np.zeros((2, 30, 20)), r"not \[2, 30, 20\]"),
        (np.zeros(20), r"not \[20\]"),
        (np.zeros((30, 20), complex), "features must be real numbers, not complex128"),
        (np.full((30, 20), np.nan), "features are NaN or infinite"),
        (np.array([[{}] * 20] * 30), "is not an array of NumPy"),
    ],
)
def test_other_arrays_are_refused_by_name(tmp_path, array, fault):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(AudioFileError, match=rf"a\.npy.*{fault}"):
        read(tmp_path / "a.npy")


def test_damaged_files_are_named(tmp_path):
    for name in ("a.npy", "a.pt"):
        (tmp_path / name).write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr': garbage")
        with pytest.raises(AudioFileError, match=name):
            read(tmp_path / name)
    with pytest.raises(AudioFileError, match="no such feature file"):
        read(tmp_path / "b.npy")
