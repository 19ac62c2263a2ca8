"""Error rates of every checkpoint that a run keeps."""

import json

import pytest

from ganspeech.commands.eval import main


@pytest.fixture(scope="module")
def run(base, make_run):
    return make_run(base, steps=(2, 5))


def test_every_checkpoint_is_heard_as_the_run_is(run, tmp_path, capsys):
    found = {}
    for step in ("newest", "2"):
        file = tmp_path / f"{step}.json"
        arguments = ["--run", f"{run}@{step}", "--snr", "5", "--beam", "2", "--sentences", "20"]
        arguments += ["--json", str(file), "--page", str(tmp_path / "page.html")]
        assert main(["recognition", *arguments, "--checkpoints", "all"]) == 0
        found[step] = json.loads(file.read_text())
    each = found["newest"]["checkpoints"]
    assert each == found["2"]["checkpoints"] and each["steps"] == [2, 5]
    assert list(each["metrics"]) == ["wer_clean", "wer_5db"]
    for metric, row in (("wer_clean", "clean"), ("wer_5db", "5 dB")):
        alone = [found[name]["rows"][row]["rates"]["word"]["rate"] for name in ("2", "newest")]
        assert each["metrics"][metric]["values"] == pytest.approx(alone)
    assert "Every checkpoint that is kept" in capsys.readouterr().out
    assert 'id="checkpoints"' in (tmp_path / "page.html").read_text()


def test_clean_speech_alone_is_heard_of_every_checkpoint_too(run, tmp_path):
    file = tmp_path / "scores.json"
    arguments = ["--run", str(run), "--clean", "--checkpoints", "all", "--json", str(file)]
    assert main(["recognition", *arguments, "--sentences", "10"]) == 0
    assert list(json.loads(file.read_text())["checkpoints"]["metrics"]) == ["wer_clean"]


def test_checkpoints_are_those_of_a_run(run, capsys):
    arguments = ["--model", str(run), "--audio", ".", "--checkpoints", "all"]
    assert main(["recognition", *arguments]) == 2
    assert "--checkpoints" in capsys.readouterr().err
