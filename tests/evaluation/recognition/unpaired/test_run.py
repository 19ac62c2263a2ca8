"""Runs of recognition without labels, as they are before they have learned."""

import dataclasses
import json

import numpy as np
import pytest
from made_runs import make_run as make_run_of

from ganspeech import experiments
from ganspeech.commands.cli import main
from ganspeech.data.readers.phone_codes import PhoneCodes
from ganspeech.evaluation.recognition.accuracy import error_rate
from ganspeech.evaluation.recognition.unpaired.readings import read_run
from ganspeech.evaluation.request import Request
from ganspeech.evaluation.scorers import outcome_of
from ganspeech.runs.folder import load_run

HELD_OUT = 12


@pytest.fixture(scope="module")
def make_run(tmp_path_factory):
    """Makes a run folder as training would."""

    def make(seed: int, **corpus):
        folder = tmp_path_factory.mktemp("run") / f"seed-{seed}"
        settings = {"spoken": 60, "read": 200, "held_out": HELD_OUT} | corpus
        experiment = dataclasses.replace(
            experiments.load("unpaired_codes"), corpus=PhoneCodes(**settings), seed=seed
        )
        return make_run_of(folder, experiment, seed=seed)

    return make


@pytest.fixture(scope="module")
def runs(make_run):
    return [make_run(0), make_run(1)]


def test_an_outcome_pairs_by_utterance_and_has_baselines(runs):
    found = outcome_of(runs[0], Request())
    assert list(found.metrics) == ["per", "unsupervised", "nll", "phones_used", "boundary_f1"]
    assert set(found.references) == {"majority", "unigram", "chance mapping"}
    readings = read_run(load_run(runs[0]), Request())
    answers = readings.answers(readings.read)
    assert found.metrics["per"].value == pytest.approx(error_rate(answers, "phone").value)
    for name in ("per", "nll"):
        assert len(found.units[name]) == HELD_OUT
        mean = np.mean(list(found.units[name].values()))
        assert mean == pytest.approx(found.metrics[name].value)
    assert not outcome_of(runs[0], Request(sentences=2, baseline=False)).references


def test_a_run_is_scored_from_the_command_line(runs, tmp_path, capsys):
    scores, page = tmp_path / "scores.json", tmp_path / "page.html"
    command = ["eval", "recognition", "--run", str(runs[0]), "--json", str(scores)]
    assert main([*command, "--page", str(page)]) == 0
    text = capsys.readouterr().out
    assert "chance mapping" in text and "unlearned mapping: a phone read has" in text
    found = json.loads(scores.read_text())
    assert len(found["utterances"]) == HELD_OUT and len(found["diagnoses"]) == 5
    assert found["rows"]["read"]["per"]["rate"] > 50
    html = page.read_text()
    for section in ("scores", "diagnosis", "confusions", "utterances", "probabilities"):
        assert f'id="{section}"' in html
    assert main([*command, "--sentences", "3"]) == 0
    assert len(json.loads(scores.read_text())["utterances"]) == 3


def test_flags_of_sounds_are_refused(runs, capsys):
    command = ["eval", "recognition", "--run", str(runs[0]), "--clean", "--beam", "4"]
    assert main(command) == 2
    assert (
        "recognizes without labels, from features: omit --beam --clean" in capsys.readouterr().err
    )


def test_runs_are_compared_on_the_same_utterances(runs, make_run, tmp_path, capsys):
    page, scores = tmp_path / "page.html", tmp_path / "scores.json"
    outputs = ["--page", str(page), "--json", str(scores)]
    assert main(["compare", *map(str, runs), *outputs]) == 0
    text = capsys.readouterr().out
    assert "phones used %" in text and "Differences" in text
    assert {"seed-0", "seed-1"} <= set(json.loads(scores.read_text())["scores"])
    assert 'id="misheard"' in page.read_text()
    other = make_run(2, held_out=6)
    assert main(["compare", str(runs[0]), str(other)]) == 0
    assert "6 utterances" in capsys.readouterr().out
