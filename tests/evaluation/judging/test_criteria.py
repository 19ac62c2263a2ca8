"""What checkpoints can be scored by is known, and refused by name, before a training begins."""

import dataclasses
from types import SimpleNamespace

import pytest

from ganspeech import experiments, train
from ganspeech.evaluation.judging.criteria import request_of, require_judged
from ganspeech.evaluation.quality.metrics import Metric
from ganspeech.evaluation.scorers import SCORERS
from ganspeech.runs.best import Criterion


def judged(name, metric, **changes):
    experiment = experiments.load(name)
    budget = dataclasses.replace(experiment.budget, keep_best=metric, **changes)
    return dataclasses.replace(experiment, budget=budget)


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("vocoder_demo", "mel"),
        ("enhancement_metricgan", "estoi"),
        ("tts_small", "warped_mcd"),
        ("dcgan_mnist", "frechet_distance"),
        ("recognition_digits", "wer_clean"),
        ("recognition_speechocean", "per_10db"),
        ("unpaired_codes", "unsupervised"),
    ],
)
def test_every_task_with_scores_can_keep_its_best(name, metric):
    require_judged(judged(name, metric))
    assert request_of(judged(name, metric), Criterion(metric, 5, "")).metrics == (metric,)


def test_an_enhancer_can_be_judged_by_a_recognizer():
    pytest.importorskip("pocketsphinx")
    require_judged(judged("enhancement_metricgan", "wer", best_recognizer="pocketsphinx"))


def test_each_scorer_names_its_metrics():
    task = SimpleNamespace(vocabulary=experiments.load("recognition_digits").task.vocabulary)
    assert all(scorer.names(task) for scorer in SCORERS.values())


@pytest.mark.parametrize(
    ("experiment", "told"),
    [
        (
            judged("vocoder_demo", "mos"),
            "Vocoding have no 'mos'; there are pesq, estoi, mel",
        ),
        (judged("tts_small", "pesq"), "have no 'pesq'; there are warped_mcd"),
        (judged("vocoder_demo", "wer"), "needs a recognizer"),
        (judged("vocoder_demo", "mel", best_recognizer="pocketsphinx"), "means nothing for"),
        (judged("vocoder_demo", "per", best_recognizer="digits-16k"), "measures wer, not per"),
        (judged("feature_gan_digits", "mel"), "runs of FeatureGeneration have no scores yet"),
    ],
)
def test_what_cannot_be_scored_is_told_at_once(experiment, told, tmp_path):
    with pytest.raises(ValueError, match=told):
        train(experiment, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(Metric, "missing_packages", lambda metric: ["pesq"])
    with pytest.raises(ValueError, match=r"budget\.keep_best pesq needs pip install pesq"):
        require_judged(judged("vocoder_demo", "pesq"))
