"""`ganspeech`: files and folders in and out, and what happens to bad ones."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from made_runs import make_run

from ganspeech.audio import (
    SPEECH_16K,
    AudioSpec,
    load_features,
    log_mel,
    read_audio,
    save_features,
    write_audio,
)
from ganspeech.audio.decoding import CUT_OFF
from ganspeech.commands.cli import main
from ganspeech.commands.shared import files
from ganspeech.config.experiment import Experiment
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.vocos import Vocos
from ganspeech.load import load_vocoder
from ganspeech.losses.adversarial import Hinge
from ganspeech.models.vocoder import LONG_FRAMES
from ganspeech.tasks.vocoding import Vocoding

ROOT = Path(__file__).resolve().parents[2]
SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000.0)


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> str:
    """A run of step 0: a generator that has learned nothing."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    experiment = Experiment(
        corpus=AudioFolder(root=""),
        task=Vocoding(spec=SPEC, segment_frames=16),
        generator=Vocos(width=8, blocks=1),
        discriminators=(),
        objective=Hinge(),
        rules=Rules(),
        generator_optimizer=Optimizer(),
        discriminator_optimizer=Optimizer(),
    )
    return str(make_run(folder, experiment, (0,)))


def tone(samples: int = 1000, frequency: float = 0.1) -> np.ndarray:
    return 0.3 * np.sin(frequency * np.arange(samples)).astype(np.float32)


@pytest.fixture
def recordings_folder(tmp_path) -> Path:
    """Two recordings, one in a subfolder, a feature file, and a text that is none of these."""
    folder = tmp_path / "in"
    write_audio(folder / "a.wav", tone(), 8000)
    write_audio(folder / "more" / "b.flac", tone(900, 0.2), 8000)
    save_features(folder / "c.npz", np.zeros((5, 8), np.float32), SPEC)
    (folder / "notes.txt").write_text("not audio")
    return folder


def test_a_recording_becomes_what_the_vocoder_makes_of_its_mel(run, tmp_path):
    write_audio(tmp_path / "in.wav", tone(), 8000)
    assert (
        main(["vocode", str(tmp_path / "in.wav"), str(tmp_path / "out.flac"), "--vocoder", run])
        == 0
    )
    made, rate = read_audio(tmp_path / "out.flac")
    voc = load_vocoder(run)
    mel = np.asarray(log_mel(read_audio(tmp_path / "in.wav")[0], SPEC))
    assert rate == 8000 and len(made) == len(mel) * 16
    np.testing.assert_allclose(made, np.clip(voc(mel, spec=SPEC), -1, 1), atol=1e-4)


def test_features_on_the_way_make_no_difference(run, tmp_path, capsys):
    write_audio(tmp_path / "in.wav", tone(), 16000)  # another rate than the run's
    (tmp_path / "out").mkdir()
    for command in (
        ["mel", "in.wav", "in.npz"],
        ["vocode", "in.npz", "out"],
        ["vocode", "in.wav", "a.wav"],
    ):
        paths = [str(tmp_path / name) for name in command[1:]]
        assert main([command[0], *paths, "--vocoder", run]) == 0
        written = paths[1] + "/in.wav" * (command[2] == "out")
        assert capsys.readouterr() == ("", f"written: {written}\n")
    assert load_features(tmp_path / "in.npz")[1] == SPEC
    assert main(["vocode", *paths, "--vocoder", run, "--overwrite", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert (tmp_path / "out" / "in.wav").read_bytes() == (tmp_path / "a.wav").read_bytes()


def test_a_long_recording_is_vocoded_in_pieces_and_has_a_bar(run, tmp_path, capsys):
    write_audio(tmp_path / "in.wav", tone(5 * LONG_FRAMES * 16), 8000)
    for source, out in (("in.wav", "a.wav"), ("in.npz", "b.wav")):
        paths = [str(tmp_path / source), str(tmp_path / out), "--vocoder", run]
        assert main(["vocode", *paths]) == 0
        assert "/20 [" in capsys.readouterr().err
        main(["mel", str(tmp_path / "in.wav"), str(tmp_path / "in.npz"), "--vocoder", run])
        capsys.readouterr()
    mel, _ = load_features(tmp_path / "in.npz")
    expected = np.clip(load_vocoder(run)(mel, spec=SPEC), -1, 1)
    assert main(["vocode", *paths[:1], str(tmp_path / "c.wav"), *paths[2:], "--piece", "512"]) == 0
    for made in ("a.wav", "b.wav", "c.wav"):
        np.testing.assert_allclose(read_audio(tmp_path / made)[0], expected, atol=1e-4)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_length_of_a_recording(tmp_path):
    peaks = []
    for minutes in (2, 20):
        path = tmp_path / f"{minutes}.wav"
        write_audio(path, tone(minutes * 60 * 16000), 16000)
        program = f"""
import resource
from ganspeech.commands.cli import main
assert main(["vocode", {str(path)!r}, {str(path.with_suffix(".flac"))!r}, "--quiet"]) == 0
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
        found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
        peaks.append(int(found.stdout) / 1024)
    assert peaks[1] < peaks[0] + 50, peaks


def test_log_mels_of_other_programs_are_vocoded(run, tmp_path, capsys):
    write_audio(tmp_path / "in.wav", tone(), 8000)
    mel = np.asarray(log_mel(read_audio(tmp_path / "in.wav")[0], SPEC))
    np.save(tmp_path / "in.npy", mel.T[None])
    paths = [str(tmp_path / "in.npy"), str(tmp_path / "out.wav"), "--vocoder", run]
    assert main(["vocode", *paths]) == 1
    assert "in.npy says nothing of its audio spec: name it with --spec" in capsys.readouterr().err
    assert main(["vocode", *paths, "--spec", "speech_16k"]) == 1
    assert "in.npy: log-mels must be [frames, 80] or [80, frames]" in capsys.readouterr().err
    assert main(["vocode", *paths, "--spec", "vocoder"]) == 0
    assert "in.npy: transposed from [mels, frames]" in capsys.readouterr().err
    made = np.clip(load_vocoder(run)(mel, spec=SPEC), -1, 1)
    np.testing.assert_allclose(read_audio(tmp_path / "out.wav")[0], made, atol=1e-4)


def test_a_recording_that_is_cut_off_is_vocoded_and_said_to_be(run, tmp_path, capsys):
    path, out = tmp_path / "in.wav", tmp_path / "out.wav"
    write_audio(path, tone(), 8000)
    path.write_bytes(path.read_bytes()[:-200])
    assert main(["vocode", str(path), str(out), "--vocoder", run, "--quiet"]) == 0
    assert capsys.readouterr() == ("", f"{path}: {CUT_OFF}\n")


def test_a_preset_names_the_features(tmp_path):
    write_audio(tmp_path / "in.wav", tone(4000), 16000)
    paths = [str(tmp_path / "in.wav"), str(tmp_path / "out.npz")]
    assert main(["mel", *paths, "--spec", "speech_16k"]) == 0
    mel, spec = load_features(tmp_path / "out.npz")
    assert spec == SPEECH_16K and mel.shape == (4000 // 256, 80)


def test_a_folder_keeps_its_subfolders(run, recordings_folder, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["vocode", str(recordings_folder), str(out), "--vocoder", run]) == 0
    made = {str(p.relative_to(out)): len(read_audio(p)[0]) for p in out.rglob("*") if p.is_file()}
    assert made == {"a.wav": 992, "more/b.wav": 896, "c.wav": 80}
    assert "written: 3 of 3 files in " in capsys.readouterr().err


def test_bad_files_are_named_and_the_others_are_written(run, recordings_folder, tmp_path, capsys):
    (recordings_folder / "broken.wav").write_bytes(b"RIFF")
    write_audio(recordings_folder / "short.wav", tone(20), 8000)
    other = dataclasses.replace(SPEC, log_base="10", fmax=3000.0)
    save_features(recordings_folder / "other.npz", np.zeros((5, 8), np.float32), other)
    write_audio(recordings_folder / "a.flac", tone(), 8000)  # would be a.wav too
    out = tmp_path / "out"
    assert main(["vocode", str(recordings_folder), str(out), "--vocoder", run]) == 1
    assert sorted(p.name for p in out.rglob("*.wav")) == ["a.wav", "b.wav", "c.wav"]
    error = capsys.readouterr().err
    assert "written: 3 of 7 files in " in error and "4 left out" in error
    lines = error[error.index("left out") :].splitlines()[1:]
    for line, parts in zip(
        lines,
        (["a.wav", "a.flac"], ["broken.wav"], ["other.npz", "fmax", "log_base"], ["short.wav"]),
    ):
        assert all(part in line for part in parts), line


def test_what_exists_is_kept_unless_told(run, recordings_folder, tmp_path, capsys):
    out = tmp_path / "out"
    write_audio(out / "a.wav", np.zeros(7), 8000)
    kept = (out / "a.wav").read_bytes()
    command = ["vocode", str(recordings_folder), str(out), "--vocoder", run]
    assert main(command) == 0
    assert (out / "a.wav").read_bytes() == kept and (out / "c.wav").exists()
    assert "written: 2 of 3 files in " in (error := capsys.readouterr().err)
    assert "1 were there already" in error
    one = ["vocode", str(recordings_folder / "a.wav"), str(out), "--vocoder", run]
    assert main(one) == 1
    assert capsys.readouterr().err == f"error: {out}/a.wav exists; --overwrite replaces it\n"
    for again in (command, one):
        assert main([*again, "--overwrite", "--quiet"]) == 0
        assert capsys.readouterr() == ("", "")
    assert len(read_audio(out / "a.wav")[0]) == 992


def test_a_stop_loses_nothing_and_goes_on(tmp_path, monkeypatch):
    source, out = tmp_path / "in", tmp_path / "out"
    for name in "abc":
        write_audio(source / f"{name}.wav", tone(4000), 16000)
    save = files._convert

    def stopped(convert, path, to):
        if path.stem == "b":
            raise KeyboardInterrupt
        save(convert, path, to)

    command = ["mel", str(source), str(out), "--spec", "speech_16k"]
    with monkeypatch.context() as patch:
        patch.setattr(files, "_convert", stopped)
        assert main(command) == 130
    assert [p.name for p in out.iterdir()] == ["a.npz"]
    assert main(command) == 0
    assert sorted(p.name for p in out.iterdir()) == ["a.npz", "b.npz", "c.npz"]


def test_misuse_exits_with_2_and_failure_with_1(run, recordings_folder, tmp_path, capsys):
    audio, folder = str(recordings_folder / "a.wav"), str(recordings_folder)
    (tmp_path / "file").write_text("")
    nowhere, empty = str(tmp_path / "nowhere"), str(tmp_path / "empty")
    Path(empty).mkdir()
    for status, arguments, message in (
        (
            2,
            ["vocode", audio, nowhere, "--vocoder", run],
            "must end in one of .wav .flac .ogg .opus .mp3 .aiff .aif .au, or be a folder",
        ),
        (2, ["vocode", audio, folder, "--vocoder", run, "--overwrite"], "overwrite its own input"),
        (2, ["vocode", folder, audio, "--vocoder", run], "name a folder"),
        (2, ["vocode", folder, f"{folder}/out", "--vocoder", run], "name another folder"),
        (2, ["mel", audio, f"{nowhere}.npz"], "--spec NAME or --vocoder NAME"),
        (2, ["mel", audio, f"{nowhere}.npz", "--spec", "speech_16k", "--vocoder", run], "either"),
        (
            1,
            ["vocode", audio, f"{nowhere}.wav", "--vocoder", nowhere],
            "the name of one that is here",
        ),
        (1, ["vocode", nowhere, f"{nowhere}.wav", "--vocoder", run], "no such file or folder"),
        (1, ["vocode", empty, nowhere, "--vocoder", run], "holds no file of .wav"),
        (1, ["vocode", f"{folder}/notes.txt", f"{nowhere}.wav", "--vocoder", run], "as audio"),
        (1, ["vocode", folder, str(tmp_path / "file" / "out"), "--vocoder", run], "cannot write"),
    ):
        assert main(arguments) == status, arguments
        error = capsys.readouterr().err.splitlines()[-1]
        assert error.startswith("error: ") and message in error, error
    for arguments, told in (([], "name a command: train, "), (["vocoed"], "nearest is 'vocode'")):
        assert main(arguments) == 2
        assert told in capsys.readouterr().err
    for arguments, told in (
        (["vocode", audio], "missing: OUT; see `ganspeech vocode --help`"),
        (["vocode", audio, nowhere, "--rum", run], "Unrecognized options: --rum, "),
    ):
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert error.startswith(f"error: {told}") and error.count("\n") == 1


def test_the_command_in_a_process_of_its_own(run, tmp_path):
    write_audio(tmp_path / "in.wav", tone(), 8000)
    result = subprocess.run(
        [sys.executable, "-m", "ganspeech", "vocode", "in.wav", "out.wav", "--vocoder", run],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "written: out.wav\n")
    assert len(read_audio(tmp_path / "out.wav")[0]) == 992


def test_vocoders_are_listed_with_their_latency(run, capsys):
    assert main(["vocoders", "vocos-small", run]) == 0
    head, first, second, _ = capsys.readouterr().out.strip().splitlines()
    assert head.split()[0] == "vocoder" and "latency" in head
    # Six blocks of three frames, the first convolution's three and the windows' two or three.
    assert first.split() == ["vocos-small", "1.65", "M", "22050", "23", "23", "279", "ms"]
    assert second.split()[0] == run and second.split()[3] == "8000"
    assert main(["vocoders", "hifigan"]) == 1
    assert "no vocoder 'hifigan'" in capsys.readouterr().err
