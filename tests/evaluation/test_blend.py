"""The page of a path between two speakers."""

import importlib.util
import re

import numpy as np
import pytest
import robots

from ganspeech.commands.cli import main
from ganspeech.commands.speakers import blend as module
from ganspeech.evaluation import blend

SPEAKERS = ("anna", "b: <tom>", "carl")


@pytest.fixture(autouse=True)
def voice(monkeypatch):
    """A voice whose speakers differ in loudness, and blends are between them."""
    made = robots.voice(speakers=SPEAKERS, noise_scale=0.0, duration_noise=0.0)
    monkeypatch.setattr(module, "load_voice", lambda source: made)
    monkeypatch.setattr(module, "keep_programs", lambda: None)
    return made


def test_steps_lead_from_one_to_the_other(voice, monkeypatch):
    asked = []
    say = type(voice).say

    def remembered(self, text, *, speaker, **settings):
        asked.append(speaker)
        return say(self, text, speaker=speaker, **settings)

    monkeypatch.setattr(type(voice), "say", remembered)
    steps = blend.path(voice, ("carl", "anna"), "Hello there.")
    assert [step.share for step in steps] == [0, 0.25, 0.5, 0.75, 1]
    assert asked == [
        {"carl": 1}, {"carl": 0.75, "anna": 0.25}, {"carl": 0.5, "anna": 0.5},
        {"carl": 0.25, "anna": 0.75}, {"anna": 1},
    ]  # fmt: skip
    np.testing.assert_array_equal(steps[0].audio, say(voice, "Hello there.", speaker="carl"))
    if importlib.util.find_spec("resemblyzer"):
        assert steps[0].similarities[0] == pytest.approx(1, abs=1e-5)
        assert steps[-1].similarities[1] == pytest.approx(1, abs=1e-5)


def test_the_page_plays_every_step_and_needs_nothing_else(tmp_path, capsys):
    out = tmp_path / "blend.html"
    command = ["blend", "voice", str(out), "--speakers", "anna", "b: <tom>"]
    assert main([*command, "--text", "Hello, you & me."]) == 0
    assert capsys.readouterr().err == f"written: {out}\n"
    page = out.read_text()
    assert page.count("<audio ") == page.count("data:image/png") == 5
    names = re.findall(r"<b>([^<]*)</b>", page)
    assert names[0] == "anna" and names[2] == "0.5 anna + 0.5 b: &lt;tom&gt;"
    assert "<q>Hello, you &amp; me.</q>" in page
    assert not re.findall(r"(?:src|href)=[\"'](?!data:|#)", page)


def test_absent_packages_are_named(voice, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    steps = blend.path(voice, ("carl", "anna"), "Hello.")
    assert {(step.f0, step.similarities) for step in steps} == {(None, None)}
    page = blend.blend_page(steps, ("carl", "anna"), "Hello.", voice.sample_rate)
    assert "F0 is left out: pip install swift-f0." in page
    assert "Speaker similarity is left out: pip install resemblyzer." in page


@pytest.mark.parametrize(
    "names, status, told",
    [
        (["anna", "tim"], 2, "no speaker 'tim'"),
        (["anna", "anna"], 2, "--speakers names 'anna' twice"),
    ],
)
def test_misuse_is_one_line(names, status, told, tmp_path, capsys):
    assert main(["blend", "voice", str(tmp_path / "a.html"), "--speakers", *names]) == status
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1


def test_what_is_no_free_page_is_refused(tmp_path, capsys):
    there = tmp_path / "there.html"
    there.write_text("kept")
    command = ["--text", "Hello.", "--speakers", "anna", "carl"]
    for status, page, told in (
        (2, tmp_path, "is a folder: name a file"),
        (2, tmp_path / "p.txt", "must end in .html, since it is a page"),
        (1, there, "exists; --overwrite replaces it"),
    ):
        assert main(["blend", "voice", str(page), *command]) == status
        assert capsys.readouterr().err == f"error: {page} {told}\n"
    assert there.read_text() == "kept"
    assert main(["blend", "voice", str(there), *command, "--overwrite"]) == 0
    assert "<audio " in there.read_text()


def test_a_single_speaker_is_refused(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(module, "load_voice", lambda source: robots.voice())
    assert main(["blend", "joe", str(tmp_path / "a.html"), "--speakers", "a", "b"]) == 1
    assert "joe has a single speaker" in capsys.readouterr().err
