"""`ganspeech features`: folders of recordings, and what happens to bad ones."""

import json
import shutil

import numpy as np
import pytest
from formants import voice
from made_runs import make_run
from small_encoders import encoder_folder
from small_experiments import small

from ganspeech.audio import RECOGNITION_16K, log_mel, read_audio, write_audio
from ganspeech.commands.cli import main
from ganspeech.commands.features import features as command
from ganspeech.data.features import read_features
from ganspeech.interop.encoders.folder import read_encoder


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return encoder_folder(tmp_path_factory.mktemp("encoders") / "small")


@pytest.fixture
def recordings(tmp_path):
    """Two recordings, one of another rate below a folder, and a text."""
    folder = tmp_path / "in"
    write_audio(folder / "a.wav", voice(0.7), 16000)
    write_audio(folder / "more" / "b.flac", voice(0.9, seed=1), 22050)
    (folder / "notes.txt").write_text("not audio")
    return folder


def run(source, target, *flags):
    return main(["features", str(source), str(target), *map(str, flags)])


def test_an_encoders_layer_of_every_recording(encoder, recordings, tmp_path, capsys):
    assert run(recordings, tmp_path / "out", "--encoder", encoder, "--layer", 1) == 0
    assert "written: 2 of 2 files in " in capsys.readouterr().err
    made = read_features(tmp_path / "out")
    settings = made.settings
    assert (settings.encoder, settings.layer, settings.rate) == ("small", 1, 400.0)
    assert settings.width == 16 and settings.labeled is False
    assert settings.fingerprint == read_encoder(encoder).fingerprint
    assert list(made.files) == ["a", "more/b"]
    audio, _ = read_audio(recordings / "a.wav")
    np.testing.assert_allclose(made.read("a"), read_encoder(encoder)(audio, layer=1), atol=1e-4)
    second, _ = read_audio(recordings / "more" / "b.flac", 16000)
    assert made.frames["more/b"] == (len(second) - 45) // 40 + 1


def test_a_call_goes_on_where_the_last_ended(recordings, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(recordings, out, "--kind", "mfcc") == 0
    kept = (out / "a.npy").stat().st_mtime_ns
    (out / "more" / "b.npy").unlink()
    capsys.readouterr()
    assert run(recordings, out, "--kind", "mfcc") == 0
    error = capsys.readouterr().err
    assert "written: 1 of 2 files in " in error and "1 were there already" in error
    assert (out / "a.npy").stat().st_mtime_ns == kept
    assert run(recordings, out, "--kind", "mfcc", "--overwrite", "--quiet") == 0
    assert capsys.readouterr() == ("", "")
    assert (out / "a.npy").stat().st_mtime_ns != kept


def test_other_settings_are_refused_by_the_field(encoder, recordings, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(recordings, out, "--encoder", encoder, "--layer", 1) == 0
    capsys.readouterr()
    assert run(recordings, out, "--encoder", encoder) == 1
    error = capsys.readouterr().err
    assert (
        error == f"error: {out} was made with other settings: layer 1, not 2. Name another folder\n"
    )
    assert run(recordings, out, "--kind", "logmel") == 1
    assert "encoder small, not logmel, layer 1, not None, rate" in capsys.readouterr().err


def test_without_weights_there_are_mfccs_and_log_mels(recordings, tmp_path):
    for kind, width in (("mfcc", 39), ("logmel", 80)):
        assert run(recordings, tmp_path / kind, "--kind", kind, "--quiet") == 0
        made = read_features(tmp_path / kind)
        assert (made.settings.encoder, made.settings.layer) == (kind, None)
        assert (made.settings.rate, made.settings.width) == (100.0, width)
        assert made.settings.labeled is False and made.frames["a"] == 71
    audio, _ = read_audio(recordings / "a.wav")
    np.testing.assert_allclose(made.read("a"), log_mel(audio, RECOGNITION_16K), atol=1e-4)


def test_an_encoder_that_learned_from_transcripts_must_be_allowed(recordings, tmp_path, capsys):
    folder = encoder_folder(tmp_path / "ctc", "wav2vec2", "ForCTC")
    assert run(recordings, tmp_path / "out", "--encoder", folder) == 1
    error = capsys.readouterr().err
    assert (
        error.startswith(f"error: {folder} was trained with transcripts") and "--allow-l" in error
    )
    assert not (tmp_path / "out").exists()
    assert run(recordings, tmp_path / "out", "--encoder", folder, "--allow-labeled") == 0
    assert json.loads((tmp_path / "out" / "features.json").read_text())["labeled"] is True


def test_bad_recordings_are_named_and_the_others_are_made(encoder, recordings, tmp_path, capsys):
    write_audio(recordings / "short.wav", voice(0.7)[4000:4040], 16000)
    write_audio(recordings / "silent.wav", np.zeros(9000, "f4"), 16000)
    (recordings / "broken.wav").write_bytes(b"RIFF")
    for name, flags in (("e", ("--encoder", encoder)), ("m", ("--kind", "mfcc"))):
        assert run(recordings, tmp_path / name, *flags) == 1
        error = capsys.readouterr().err
        assert "3 left out" in error
        for file, told in (("broken", ""), ("short", "too short"), ("silent", "it is silent")):
            (line,) = (line for line in error.splitlines() if f"{file}.wav" in line)
            assert told in line
        assert list(read_features(tmp_path / name).files) == ["a", "more/b"]


def test_long_recordings_are_told(encoder, recordings, tmp_path, capsys, monkeypatch):
    made_by = command.of_encoder(encoder, 0, allow_labeled=False)._replace(longest=0.68)
    monkeypatch.setattr(command, "of_encoder", lambda *_, **__: made_by)
    assert run(recordings, tmp_path / "out", "--encoder", encoder) == 0
    assert "1 are longer than 0.68 s: they were seen in windows" in capsys.readouterr().err


def test_folders_that_cannot_be_used_are_named(encoder, recordings, tmp_path, capsys):
    empty = tmp_path / "empty"
    empty.mkdir()
    other = tmp_path / "encoder"
    shutil.copytree(encoder, other)
    (other / "config.json").unlink()
    for source, flags, told in (
        (tmp_path / "missing", ("--kind", "mfcc"), "no such folder of recordings: "),
        (empty, ("--kind", "mfcc"), f"{empty} holds no file of .wav"),
        (recordings, ("--encoder", tmp_path / "no"), "no such folder: "),
        (recordings, ("--encoder", other), f"no such file: {other / 'config.json'}, a part of"),
        (recordings, ("--run", empty), f"{empty} is not a run"),
    ):
        assert run(source, tmp_path / "out", *flags) == 1
        assert capsys.readouterr().err.startswith(f"error: {told}")
    (other / "config.json").write_text('{"model_type": "bert"}')
    assert run(recordings, tmp_path / "out", "--encoder", other) == 1
    assert "config.json: model_type is 'bert', not one of wav2vec2" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "flags, told",
    [
        ((), "give one of --encoder FOLDER, --kind mfcc|logmel, --run RUN"),
        (("--kind", "mfcc", "--encoder", "x"), "give one of"),
        (("--kind", "mfcc", "--layer", "1"), "--layer goes with --encoder or --run"),
        (("--kind", "mfcc", "--allow-labeled"), "--allow-labeled goes with --encoder"),
    ],
)
def test_flags_that_do_not_go_together(flags, told, recordings, tmp_path, capsys):
    assert run(recordings, tmp_path / "out", *flags) == 2
    assert told in capsys.readouterr().err


def test_a_layer_that_there_is_not(encoder, recordings, tmp_path, capsys):
    assert run(recordings, tmp_path / "out", "--encoder", encoder, "--layer", 3) == 2
    assert "--layer must be from 0 to 2, the layers of small, not 3" in capsys.readouterr().err


def gan_run(folder, name):
    """A run of step 0: networks that have learned nothing."""
    return make_run(folder, small(name), (0,))


def test_maps_of_a_discriminator(recordings, tmp_path, capsys):
    folder = gan_run(tmp_path / "gan", "feature_gan_digits")
    assert run(recordings, tmp_path / "out", "--run", folder, "--layer", 0) == 0
    made = read_features(tmp_path / "out")
    assert (made.settings.encoder, made.settings.layer) == ("gan", 0)
    assert made.settings.labeled is False and made.settings.rate == 100.0
    assert made.frames["a"] == 71 and made.read("a").shape[1] == made.settings.width
    capsys.readouterr()
    assert run(recordings, tmp_path / "other", "--run", folder, "--layer", 9) == 2
    assert "--layer must be from 0 to " in capsys.readouterr().err
    other = gan_run(tmp_path / "dcgan", "dcgan_words")
    assert run(recordings, tmp_path / "other", "--run", other) == 1
    assert "was trained for Generation: maps are those of" in capsys.readouterr().err
