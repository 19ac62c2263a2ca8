import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import formants
import numpy as np
import pytest

from ganspeech.audio import read_audio, write_audio
from ganspeech.commands.eval import main
from ganspeech.evaluation.quality.material import from_folders
from ganspeech.evaluation.quality.metrics import METRICS
from ganspeech.evaluation.quality.scores import score

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "--run DIR, or --reference"),
        (["--reference", "r"], "needs --audio"),
        (["--run", "r", "--audio", "a"], "does not go with --run, but with --reference"),
        (["--run", "r", "--reference", "r"], "either"),
        (["--reference", "r", "--audio", "x/a", "y/a"], "two systems are called 'a'"),
        (["--reference", "r", "--audio", "griffin-lim=a"], "row of its own"),
        (["--reference", "r", "--audio", "a", "--sentences", "0"], "at least 1"),
    ],
)
def test_misuse_exits_with_2(arguments, message, capsys):
    assert main(["quality", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["quality", "--reference", "absent", "--audio", "a"],
        ["recognition", "--reference", "absent", "--hypothesis", "a"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_targets_are_seen_to_before_anything_is_read(arguments, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    inside = tmp_path / "file" / "x"
    for flag, target, status, told in (
        ("--json", tmp_path, 2, f"--json {tmp_path} is a folder: name a file"),
        ("--page", tmp_path, 2, f"--page {tmp_path} is a folder: name a file"),
        ("--page", inside, 1, f"cannot write {inside}: {tmp_path / 'file'} is not a folder"),
        ("--json", tmp_path / "new" / "x", 1, "absent"),
    ):
        assert main([*arguments, flag, str(target)]) == status
        assert told in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_metric_that_is_named_must_be_installed(monkeypatch, capsys):
    command = ["quality", "--run", "absent"]
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda x: None if x == "pesq" else find(x))
    assert main([*command, "--metrics", "mel", "pesq"]) == 1
    assert capsys.readouterr().err == "error: --metrics pesq needs pip install pesq\n"
    assert main(command) == 1
    assert "absent" in capsys.readouterr().err


def test_a_typo_and_a_missing_subcommand_exit_with_2(capsys):
    for arguments, told in (
        (["quality", "--audoi", "x"], "Unrecognized options: --audoi, x (the nearest is --audio)"),
        ([], "quality"),
        (["qualty"], "nothing is scored by 'qualty'; the nearest is 'quality'"),
    ):
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert error.startswith("error: ") and told in error and error.count("\n") == 1, error


def test_failure_exits_with_1_and_one_line(tmp_path, capsys):
    (tmp_path / "a").mkdir()
    folder = str(tmp_path / "a")
    for arguments, message in (
        (["--reference", folder, "--audio", f"b={folder}"], "error: no file of "),
        (["--reference", folder, "--audio", f"{folder}/b"], "error: b: no such folder"),
        (["--run", folder], f"error: {folder} is not a run"),
    ):
        assert main(["quality", *arguments]) == 1
        error = capsys.readouterr().err
        assert error.startswith(message) and error.count("\n") == 1


def test_two_folders_from_the_command_line(tmp_path):
    voice = formants.voice(1.2)
    write_audio(tmp_path / "ref" / "a.wav", voice, 16000)
    write_audio(tmp_path / "gen" / "a.wav", formants.noisy(voice, 0.01), 16000)
    result = subprocess.run(
        [sys.executable, ROOT / "eval.py", "quality", "--reference", "ref", "--audio", "mine=gen",
         "--json", "out/scores.json", "--page", "out/page.html"],
        cwd=tmp_path, capture_output=True, text=True, env=None,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "mine - griffin-lim" in result.stdout and "Warning" not in result.stderr
    content = json.loads((tmp_path / "out/scores.json").read_text())
    assert set(content["systems"]) >= {"mine", "griffin-lim"} and content["sentences"] == ["a"]
    assert "<audio" in (tmp_path / "out/page.html").read_text()


def test_real_recordings_tell_good_from_bad(recordings, tmp_path):
    """Real speech: the recording is nearer itself by Griffin-Lim than with the words swapped."""
    file, other = sorted((recordings / "kathleen" / "wavs").glob("*.flac"))[:2]
    audio, rate = read_audio(file)
    write_audio(tmp_path / "ref" / f"{file.stem}.wav", audio, rate)
    wrong = np.resize(read_audio(other)[0], len(audio))
    write_audio(tmp_path / "swapped" / f"{file.stem}.wav", wrong, rate)
    material = from_folders(tmp_path / "ref", {"swapped": tmp_path / "swapped"})
    metrics = tuple(m for m in METRICS if m.compares and m.name != "f0")
    scores = score(
        material.reference,
        material.systems,
        material.rate,
        metrics=metrics,
        workers=1,
        progress=False,
    )
    for metric in scores.metrics:
        better = scores.of("griffin-lim", metric) > scores.of("swapped", metric)
        assert better.all() == metric.higher_is_better, metric.name
