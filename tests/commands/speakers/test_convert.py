"""`ganspeech convert`, and `ganspeech export --for-conversion`."""

import numpy as np
import pytest
import soundfile
from small_voices import of_speaking, voice

from ganspeech.audio import read_audio, write_audio
from ganspeech.commands.cli import main
from ganspeech.commands.speakers import convert as module
from ganspeech.load import load_voice
from ganspeech.models.voice import Voice

RATE = 8000


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch):
    monkeypatch.setattr(module, "keep_programs", lambda: None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Voices, and recordings at another rate than theirs."""
    folder = tmp_path_factory.mktemp("convert")
    voice(speaker_width=3).save(folder / "two.safetensors")
    of_speaking(voice(speaker_width=3)).save(folder / "piper.safetensors")
    voice().save(folder / "one.safetensors")
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, 9000).astype(np.float32)
    for name in ("a", "deep/b"):
        write_audio(folder / "recordings" / f"{name}.flac", audio[: 6000 + len(name)], 16000)
    return folder


def test_a_file_and_a_folder(folder, capsys):
    out, recording = folder / "a.wav", folder / "recordings" / "a.flac"
    common = ["--voice", str(folder / "two.safetensors"), "--speaker", "1:0.5, ann:0.5"]
    assert main(["convert", str(recording), str(out), *common, "--source", "ann"]) == 0
    made, rate = soundfile.read(out, dtype="float32")
    audio, _ = read_audio(recording, RATE)
    wanted = load_voice(folder / "two.safetensors").convert(
        audio, speaker={"1": 0.5, "ann": 0.5}, source="ann"
    )
    assert (rate, len(made)) == (RATE, len(audio))
    np.testing.assert_allclose(made, wanted, atol=1e-4)
    assert capsys.readouterr().err == f"written: {out}\n"
    many = ["convert", str(folder / "recordings"), str(folder / "made"), *common, "--quiet"]
    assert main(many) == 0
    made = sorted((folder / "made").rglob("*.wav"))
    assert [str(path.relative_to(folder / "made")) for path in made] == ["a.wav", "deep/b.wav"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "model, changes, status, told",
    [
        ("piper", [], 1, "piper.safetensors: the voice has no posterior encoder"),
        ("one", [], 1, "one.safetensors: the voice has a single speaker"),
        ("two", ["--source", "tim"], 2, "no speaker 'tim'"),
        ("two", ["--speaker", "1:x"], 2, "must be a number above 0, not 'x'"),
        ("two", ["--noise", "3"], 2, "noise must be from 0 to 2, not 3.0"),
        ("none", [], 1, "no voice '"),
    ],
)
def test_misuse_is_one_line(folder, model, changes, status, told, capsys):
    out = folder / "never.wav"
    common = ["--voice", str(folder / f"{model}.safetensors"), "--speaker", "1"]
    recording = str(folder / "recordings" / "a.flac")
    assert main(["convert", recording, str(out), *common, *changes]) == status
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1 and not out.exists()


def test_export_keeps_what_converts_if_asked(folder, capsys):
    kept, left = folder / "kept.safetensors", folder / "left.safetensors"
    two, piper = folder / "two.safetensors", folder / "piper.safetensors"
    assert main(["export", str(two), str(left)]) == 0
    assert "posterior_encoder" not in Voice.read(left).variables["params"]
    assert main(["export", str(two), str(kept), "--for-conversion"]) == 0
    params, whole = Voice.read(kept).variables["params"], voice(speaker_width=3)
    assert "posterior_encoder" in params
    assert "coupling_0" not in params["duration_predictor"]
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, 900).astype(np.float32)
    np.testing.assert_allclose(
        Voice.read(kept).convert(audio, speaker="1"), whole.convert(audio, speaker="1"), atol=1e-5
    )
    capsys.readouterr()
    assert main(["export", str(piper), str(folder / "x.safetensors"), "--for-conversion"]) == 1
    assert "piper.safetensors: the voice has no posterior encoder" in capsys.readouterr().err
    vocoder = ["export", "primed-16k", str(folder / "x.safetensors"), "--for-conversion"]
    assert main(vocoder) == 2
    assert "--for-conversion is for voices, and primed-16k is a vocoder" in capsys.readouterr().err
    assert not (folder / "x.safetensors").exists()
