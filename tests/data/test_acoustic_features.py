"""Log-mels of an acoustic model: read beside the recordings, or left out by name."""

import dataclasses

import numpy as np
import pytest
import soundfile

from ganspeech.audio import AudioSpec, log_mel, save_features
from ganspeech.data.corpus import CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.prepare import prepare
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.mixture import Mixture
from ganspeech.tasks.vocoding import Vocoding

SPEC = AudioSpec(sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000.0)
TASK = Vocoding(spec=SPEC, segment_frames=8)
LENGTHS = {"a": 4000, "b": 4000, "c": 640, "more/d": 8000, "e": 4000, "f": 4000}


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    """Six recordings of noise, quiet, and the log-mels of four, in as many forms."""
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    audio, features = tmp_path / "audio", tmp_path / "features"
    for folder in (audio, features):
        (folder / "more").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name, samples in LENGTHS.items():
        wave = (0.1 * rng.uniform(-1, 1, samples) ** 3).astype(np.float32)
        soundfile.write(audio / f"{name}.wav", wave, 8000, subtype="FLOAT")
        mel = np.asarray(log_mel(wave, SPEC))
        if name == "b":
            np.save(features / "b.npy", 20 / np.log(10) * mel.T[None])
        elif name == "more/d":
            save_features(features / "more" / "d.npz", mel, SPEC)
        elif name == "e":
            np.save(features / "e.npy", mel[:-9])
        elif name != "f":
            np.save(features / f"{name}.npy", mel[: -2 if name == "c" else None])
    return AudioFolder(str(audio), held_out=1, features=str(features))


def test_features_are_those_of_the_prepared_recordings(corpus, capsys):
    prepared = TASK.recordings(dataclasses.replace(corpus, held_out=0))
    assert [r.id for r in prepared.train] == ["a", "b", "c", "more/d"]
    assert prepared.features is not None and not prepared.held_out
    for index, recording in enumerate(prepared.train):
        own = np.asarray(log_mel(recording.audio(), SPEC))
        given = prepared.features.train.of(index)
        assert given.shape == (LENGTHS[recording.id] // 64, 20)
        np.testing.assert_allclose(given[:-2], own[: len(given) - 2], atol=0.02)
        np.testing.assert_array_equal(prepared.features.train.of(index, 2, 5), given[2:5])
    said = capsys.readouterr().err
    for line in (
        "skipped 1: no features (f)",
        "skipped 1: features of another length than the recording (e)",
        "used 1: transposed from [mels, frames] (b)",
        "used 1: converted from decibels (b)",
        "used 4: features brought to the level of the prepared recording (a, b, c, more/d)",
    ):
        assert f"{corpus.features}: {line}\n" in said
    again = TASK.recordings(dataclasses.replace(corpus, held_out=0))
    assert again.fingerprint == prepared.fingerprint
    own = AudioFolder(corpus.root, held_out=0)
    assert TASK.recordings(own).fingerprint != prepared.fingerprint


def test_changed_features_are_read_again(corpus, tmp_path):
    before = TASK.recordings(corpus)
    np.save(tmp_path / "features" / "a.npy", np.full((62, 20), SPEC.silence))
    after = TASK.recordings(corpus)
    assert after.fingerprint != before.fingerprint
    assert after.features.train.of(0).max() == np.float32(SPEC.silence)


def test_batches_have_the_frames_of_their_segments(corpus):
    prepared = TASK.recordings(dataclasses.replace(corpus, held_out=0))
    batches = TASK.batches(prepared, Feed(batch_size=16))
    batch = next(batches)
    batches.close()
    assert batch["audio"].shape == (16, 512) and batch["mel"].shape == (16, 8, 20)
    for audio, mel in zip(batch["audio"], batch["mel"]):
        # Frames at a segment's ends see its padding.
        own = np.asarray(log_mel(audio, SPEC))[2:-2]
        np.testing.assert_allclose(mel[2:-2], own, atol=0.05)


def test_features_unlike_the_recording_are_said_to_be(corpus, tmp_path, capsys):
    far = np.random.default_rng(0).uniform(-11, 2, (62, 20))
    np.save(tmp_path / "features" / "a.npy", far)
    TASK.recordings(corpus)
    assert "used 1: features unlike the recording's own: of another spec" in capsys.readouterr().err


def test_features_of_another_spec_and_broken_ones_are_left_out_by_name(corpus, tmp_path, capsys):
    other = dataclasses.replace(SPEC, fmax=3000.0)
    save_features(tmp_path / "features" / "a.npz", np.zeros((62, 20)), other)
    (tmp_path / "features" / "b.npy").write_bytes(b"no array")
    prepared = TASK.recordings(corpus)
    assert [r.id for r in prepared.train] == ["c"]
    said = capsys.readouterr().err
    assert "fmax is 3000.0 there, 4000.0 here (a)" in said
    assert "the file is not an array of NumPy" in said


def test_what_features_are_of_no_use_to_refuses_them(corpus, tmp_path):
    with pytest.raises(CorpusError, match=r"--corpus\.features are for vocoders"):
        prepare(corpus, 8000, minimum_seconds=0, progress=False)
    with pytest.raises(CorpusError, match=r"--corpus\.features are for vocoders"):
        TASK.recordings(Mixture((corpus, corpus)))
    with pytest.raises(CorpusError, match=r"no folder 'nowhere'; name it with --corpus\.features"):
        TASK.recordings(dataclasses.replace(corpus, features="nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="empty has no usable features of the recordings"):
        TASK.recordings(dataclasses.replace(corpus, features=str(tmp_path / "empty")))
