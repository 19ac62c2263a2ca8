"""Folders of features: written, read, and refused by the name of the file."""

import json

import numpy as np
import pytest
import safetensors.numpy

from ganspeech.audio import RECOGNITION_16K, deltas, log_mel, mfcc, write_audio
from ganspeech.audio.pieces import AudioPieces
from ganspeech.data.corpus import CorpusError
from ganspeech.data.features import FeatureSettings, FeatureWriter, acoustic, read_features

SETTINGS = FeatureSettings("small", 2, 50.0, 3, False, "abc")


def frames(count: int = 5, width: int = 3) -> np.ndarray:
    return np.random.default_rng(count).normal(size=(count, width)).astype("f4")


@pytest.fixture
def folder(tmp_path):
    """Two recordings' features, one below a folder, in pieces."""
    writer = FeatureWriter(tmp_path / "out", SETTINGS)
    writer.write(tmp_path / "out" / "b.npy", [frames(4), frames(3)])
    writer.write(tmp_path / "out" / "a" / "c.npy", iter([frames(1)]))
    return tmp_path / "out"


def test_what_is_written_is_read(folder):
    read = read_features(folder)
    assert read.settings == SETTINGS and len(read) == 2
    assert read.frames == {"a/c": 1, "b": 7}
    (first, one), (second, two) = read
    assert (first, second) == ("a/c", "b")
    np.testing.assert_array_equal(one, frames(1))
    np.testing.assert_array_equal(two, np.concatenate([frames(4), frames(3)]))
    np.testing.assert_array_equal(np.load(folder / "b.npy"), two)
    assert not list(folder.rglob("*.partial"))


def test_other_settings_are_named(folder):
    FeatureWriter(folder, FeatureSettings("renamed", 2, 50.0, 3, False, "abc"))
    for other, told in (
        (FeatureSettings("small", 1, 50.0, 3, False, "abc"), "layer 2, not 1"),
        (FeatureSettings("mfcc", 2, 100.0, 3, False, "abc"), "encoder small, not mfcc, rate 50.0"),
        (FeatureSettings("small", 2, 50.0, 3, True, "abc"), "labeled False, not True"),
    ):
        with pytest.raises(CorpusError, match=f"out was made with other settings: {told}"):
            FeatureWriter(folder, other)


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(CorpusError, match=r"holds files, and no features.json"):
        FeatureWriter(tmp_path, SETTINGS)


def test_nothing_is_left_of_features_that_are_not_finite(tmp_path):
    writer = FeatureWriter(tmp_path, SETTINGS)
    with pytest.raises(CorpusError, match="its features are NaN or infinite"):
        writer.write(tmp_path / "a.npy", [frames(), np.full((1, 3), np.nan)])
    assert [path.name for path in tmp_path.iterdir()] == ["features.json"]
    with pytest.raises(CorpusError, match=r"holds no features, .npy or .safetensors"):
        read_features(tmp_path)


def test_features_of_other_programs_need_a_rate(tmp_path):
    np.save(tmp_path / "a.npy", frames(4).astype("f8"))
    safetensors.numpy.save_file({"x": frames(2).astype("f2")}, tmp_path / "b.safetensors")
    with pytest.raises(CorpusError, match=r"has no features.json: say how many frames a second"):
        read_features(tmp_path)
    with pytest.raises(CorpusError, match="above 0, not 0"):
        read_features(tmp_path, rate=0)
    read = read_features(tmp_path, rate=50)
    assert (read.settings.rate, read.settings.width, read.settings.labeled) == (50.0, 3, None)
    assert [(id, x.shape, x.dtype.name) for id, x in read] == [
        ("a", (4, 3), "float32"),
        ("b", (2, 3), "float32"),
    ]
    fingerprint = read.settings.fingerprint
    np.save(tmp_path / "c.npy", frames(4))
    assert read_features(tmp_path, rate=50).settings.fingerprint != fingerprint


def test_the_rate_must_be_that_of_the_folder(folder):
    assert read_features(folder, rate=50.0).settings == SETTINGS
    with pytest.raises(CorpusError, match=r"features.json: rate is 50.0, not 100"):
        read_features(folder, rate=100)


SPOILT = {
    "width": (frames(5, 4), r"bad.npy: its frames have 4 numbers, but .*features.json says 3"),
    "no frame": (frames(0), r"bad.npy has no frame"),
    "axes": (np.zeros(3, "f4"), r"bad.npy: features must be \[frames, width\], not \[3\]"),
    "integers": (np.ones((2, 3), int), r"bad.npy: features must be floating-point numbers"),
    "objects": (np.array([[None]]), r"bad.npy cannot be read"),
    "not finite": (np.full((2, 3), np.inf, "f4"), r"bad.npy: features are NaN or infinite"),
}


@pytest.mark.parametrize("array, told", SPOILT.values(), ids=SPOILT.keys())
def test_bad_files_are_named(array, told, folder):
    np.save(folder / "bad.npy", array)
    with pytest.raises(CorpusError, match=told) as caught:
        list(read_features(folder))
    assert "\n" not in str(caught.value)


def test_damaged_and_doubled_files_are_named(folder):
    (folder / "bad.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(CorpusError, match=r"bad.npy cannot be read"):
        read_features(folder)
    safetensors.numpy.save_file({"x": frames(), "y": frames()}, folder / "bad.safetensors")
    (folder / "bad.npy").unlink()
    with pytest.raises(CorpusError, match=r"bad.safetensors holds 2 tensors"):
        read_features(folder)
    np.save(folder / "bad.npy", frames())
    with pytest.raises(CorpusError, match=r"bad.npy and .*bad.safetensors are features of one"):
        read_features(folder)


@pytest.mark.parametrize(
    "field, value",
    [("rate", 0), ("width", True), ("labeled", "no"), ("layer", -1), ("encoder", 3), ("more", 1)],
)
def test_bad_settings_are_named(field, value, folder):
    values = json.loads((folder / "features.json").read_text()) | {field: value}
    (folder / "features.json").write_text(json.dumps(values))
    with pytest.raises(CorpusError, match=rf"features.json: .*{field}"):
        read_features(folder)


def test_acoustic_features_are_those_of_the_whole_recording(tmp_path, monkeypatch):
    audio = 0.3 * np.sin(np.cumsum(np.linspace(0.01, 1.0, 33333))).astype("f4")
    write_audio(tmp_path / "in.wav", audio, 16000)
    pieces = AudioPieces(tmp_path / "in.wav", 16000)
    monkeypatch.setattr(acoustic, "PIECE_FRAMES", 64)
    whole = np.concatenate(list(pieces))
    made = np.concatenate(list(acoustic.acoustic_pieces("logmel", pieces)))
    np.testing.assert_allclose(made, log_mel(whole, RECOGNITION_16K), atol=1e-4)
    assert made.shape == (209, acoustic.acoustic_settings("logmel").width)
    cepstra = mfcc(whole, RECOGNITION_16K, n_mfcc=13, top_db=None)
    slopes = [deltas(cepstra, order=order, mode="nearest") for order in (1, 2)]
    made = np.concatenate(list(acoustic.acoustic_pieces("mfcc", pieces)))
    np.testing.assert_allclose(made, np.concatenate([cepstra, *slopes], axis=-1), atol=1e-2)
    assert made.shape == (209, acoustic.acoustic_settings("mfcc").width)
