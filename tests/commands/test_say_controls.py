"""`ganspeech say` with SSML, a lexicon, silences and timings."""

import io
import json
from types import SimpleNamespace

import numpy as np
import pytest
import robots
import soundfile

from ganspeech.commands import say as say_module
from ganspeech.commands.cli import main

DOCUMENT = "<speak>One <mark name='here'/>two.<break time='1s'/>Three</speak>"


@pytest.fixture(autouse=True)
def robot(monkeypatch):
    monkeypatch.setattr(say_module, "load_voice", lambda source: robots.voice())
    monkeypatch.setattr(say_module, "keep_programs", lambda: None)


def test_ssml_with_timings(tmp_path, capsys):
    out, times = tmp_path / "out.wav", tmp_path / "deep" / "out.json"
    assert main(["say", DOCUMENT, "-o", str(out), "--timings", str(times)]) == 0
    audio, _ = soundfile.read(out, dtype="float32")
    np.testing.assert_allclose(audio, robots.voice().say(DOCUMENT, ssml=True), atol=1e-4)
    found = json.loads(times.read_text())
    assert found["samples"] == len(audio)
    assert [word["text"] for word in found["words"]] == ["One", "two.", "Three"]
    assert found["marks"] == [{"name": "here", "time": found["words"][1]["start"]}]
    said = capsys.readouterr().err
    assert f"written: {out}" in said and f"written: {times}" in said
    assert main(["say", DOCUMENT, "-o", str(out), "--timings", str(times), "--overwrite"]) == 0


def test_what_begins_as_ssml_may_be_text(tmp_path):
    out = tmp_path / "out.wav"
    for flag, spoken in (("true", DOCUMENT), ("false", "One two.Three")):
        assert main(["say", DOCUMENT, "-o", str(out), "--ssml", flag, "--overwrite"]) == 0
        audio, _ = soundfile.read(out, dtype="float32")
        wanted = robots.voice().say(spoken, ssml=flag == "true")
        assert len(audio) == len(wanted)


def test_timings_of_what_is_streamed(tmp_path, monkeypatch):
    stdout = SimpleNamespace(buffer=io.BytesIO())
    monkeypatch.setattr("sys.stdout", stdout)
    times = tmp_path / "out.srt"
    assert main(["say", "One. Two.", "-o", "-", "--timings", str(times)]) == 0
    assert times.read_text().count(" --> ") == 2
    assert len(stdout.buffer.getvalue()) == 2 * len(robots.voice().say("One. Two."))


def test_a_lexicon_and_silences(tmp_path):
    (tmp_path / "words.tsv").write_text("gif\tjiiif\n")
    (tmp_path / "lines.txt").write_text("A gif. B.\n<speak>a gif<break time='1s'/></speak>\n")
    folder = tmp_path / "out"
    arguments = ["--lexicon", str(tmp_path / "words.tsv"), "--sentence-silence", "2"]
    assert main(["say", "--file", str(tmp_path / "lines.txt"), "-o", str(folder), *arguments]) == 0
    first, second = (len(soundfile.read(folder / f"{n}.wav")[0]) for n in (1, 2))
    assert first == len(robots.voice().say("A jiiif. B.", sentence_silence=2.0))
    assert second == len(robots.voice().say("a jiiif")) + robots.RATE


@pytest.mark.parametrize(
    "arguments, status, told",
    [
        (["<speak>\n<b></speak>", "-o", "a.wav"], 1, "SSML line 2, column 6: mismatched tag"),
        (["a", "-o", "a.wav", "--lexicon", "bad.tsv"], 1, "bad.tsv, line 1: no tab"),
        (["a", "-o", "a.wav", "--lexicon", "no.tsv"], 1, "cannot read the lexicon 'no.tsv'"),
        (["a", "-o", "a.wav", "--sentence-silence", "-1"], 2, "--sentence-silence must be from 0"),
        (["a", "-o", "a.wav", "--timings", "a.txt"], 2, "a.txt must end in one of .json .srt"),
        (["a", "-o", "a.wav", "--timings", "there.json"], 1, "there.json exists; --overwrite"),
        (["--file", "bad.tsv", "-o", "x", "--timings", "a.json"], 2, "goes with one text"),
    ],
)
def test_refused_in_one_line(tmp_path, monkeypatch, capsys, arguments, status, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.tsv").write_text("gif jif\n")
    (tmp_path / "there.json").write_text("{}")
    assert main(["say", *arguments]) == status
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1
    assert not (tmp_path / "a.wav").exists() and (tmp_path / "there.json").read_text() == "{}"
