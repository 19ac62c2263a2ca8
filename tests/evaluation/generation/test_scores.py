"""Scores of generators from noise: a judge that knows ten patterns, and what it makes of others."""

import dataclasses
import json
import re

import numpy as np
import pytest
import soundfile
from made_runs import make_run, positive_state

from ganspeech.commands.cli import main as compare
from ganspeech.commands.eval import main
from ganspeech.config.experiment import Experiment
from ganspeech.data.corpus import CorpusError
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.mnist import MNIST
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.evaluation.generation import judge
from ganspeech.evaluation.generation import scores as generation
from ganspeech.evaluation.generation.page import GenerationExhibit, render
from ganspeech.evaluation.generation.table import as_text
from ganspeech.evaluation.generation.yardstick import yardstick_of
from ganspeech.experiments.dcgan_mnist import experiment as dcgan
from ganspeech.experiments.vocoder_demo import experiment as vocoder
from ganspeech.generators.dcgan import DCGANGenerator
from ganspeech.generators.vocos import Vocos
from ganspeech.recognizers.word_classifier import WordClassifier
from ganspeech.tasks.classification import Classification
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.representations import Pictures, Waveform
from ganspeech.tasks.spectrogram_representations import LogMelPatch

RATE = 8000
QUICK = judge.Schooling(
    Classification((32, 32), shift=(1, 1)),
    steps=120,
    classifier=WordClassifier(channels=(8, 8), width=16),
    batch_size=32,
    ema=0.9,
    optimizer=dataclasses.replace(judge.PICTURE_JUDGE.optimizer, learning_rate=5e-3, warmup=5),
)


@pytest.fixture(scope="module", autouse=True)
def quick(tmp_path_factory):
    """Judges that learn in a second, kept for this file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANSPEECH_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(judge, "PICTURE_JUDGE", QUICK)
        words = Classification((64, 64), shift=(2, 0))
        classifier = WordClassifier(channels=(8, 16), width=32)
        of_words = dataclasses.replace(QUICK, task=words, classifier=classifier, steps=100)
        patch.setattr(judge, "WORD_JUDGE", of_words)
        yield


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> MNIST:
    """A pattern a digit under noise: 24 of each to train on, 10 held out."""
    rng = np.random.default_rng(0)
    patterns = rng.uniform(size=(10, 7, 7)).repeat(4, 1).repeat(4, 2) > 0.6

    def part(count):
        labels = np.arange(10 * count, dtype=np.uint8) % 10
        noise = rng.integers(0, 100, (len(labels), 28, 28))
        return (patterns[labels] * 155 + noise).astype(np.uint8), labels

    (x_train, y_train), (x_test, y_test) = part(24), part(10)
    path = tmp_path_factory.mktemp("pictures") / "mnist.npz"
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return MNIST(str(path))


@pytest.fixture(scope="module")
def words(tmp_path_factory) -> SpokenDigits:
    """A tone a digit, higher with every digit; five takes, the last one held out."""
    root, rng = tmp_path_factory.mktemp("tones"), np.random.default_rng(0)
    for digit in range(10):
        for take in range(5):
            time = np.arange(RATE // 4) / RATE
            tone = 0.5 * np.sin(2 * np.pi * (300 + 250 * digit) * time)
            tone += 0.01 * rng.normal(size=len(time))
            soundfile.write(root / f"{digit}_sine_{take}.wav", tone.astype(np.float32), RATE)
    return SpokenDigits(str(root), held_out=10)


@pytest.fixture(scope="module")
def of_pictures(pictures):
    return yardstick_of(pictures, Generation())


def save_run(folder, experiment: Experiment, steps=(1,)):
    """A run of some parameters, which follow from its first step."""
    make_run(folder, experiment, steps, state=positive_state, seed=steps[0])


def test_the_judge_learns_and_is_kept(pictures, monkeypatch):
    first = judge.judge_of(pictures, Pictures(), progress=False)
    assert first.accuracy.value > 0.95 and first.accuracy.count == 100
    monkeypatch.setattr(judge, "train_judge", None)
    # The generator's share of the training data does not change its judge.
    again = judge.judge_of(dataclasses.replace(pictures, images=20), Pictures(), progress=False)
    values = Pictures().examples(pictures).held_out.values
    for one, other in zip(first.look(values), again.look(values)):
        np.testing.assert_array_equal(one, other)
    features, probabilities = again.look(values)
    assert features.shape == (100, 16) and probabilities.shape == (100, 10)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)


def test_judges_of_other_settings_are_others(pictures, monkeypatch, tmp_path):
    examples = Pictures().examples(pictures)
    names = set()
    for schooling in (QUICK, dataclasses.replace(QUICK, steps=2)):
        monkeypatch.setattr(judge, "PICTURE_JUDGE", schooling)
        monkeypatch.setattr(judge, "train_judge", lambda *a, **k: {"params": {}})
        with pytest.raises(Exception, match=r"params|kernel"):
            judge.judge_from(examples, False, cache=tmp_path, progress=False)
        assert not list(tmp_path.glob("judge-*")), "a failed judge leaves nothing"
        monkeypatch.setattr(judge, "build_once", lambda folder, fill: names.add(folder) or folder)
        with pytest.raises(ValueError, match="damaged cache, delete"):
            judge.judge_from(examples, False, cache=tmp_path, progress=False)
        monkeypatch.undo()
    assert len(names) == 2


def test_real_examples_copies_noise_and_collapse(of_pictures):
    real, rng = of_pictures.examples, np.random.default_rng(1)
    shown = {
        "real": real.held_out.values,
        "copies": real.train.values[rng.integers(0, 240, 150)],
        "collapsed": real.held_out.of_class(3).values,
        "one each": real.train.values[np.arange(100) % 10],
    }
    made = {
        name: generation.score_samples(values, of_pictures, name=name)
        for name, values in shown.items()
    }
    scores = {name: one.metrics for name, one in made.items()}
    assert scores["real"]["inception_share"] == pytest.approx(1, abs=0.05)
    assert scores["real"]["diversity"] == pytest.approx(1)
    assert scores["real"]["memorized"] <= 0.06 and scores["copies"]["memorized"] == 1
    assert scores["collapsed"]["inception_score"] < 1.5
    assert scores["collapsed"]["class_entropy"] < 0.2 < 0.8 < scores["collapsed"]["class_distance"]
    assert scores["one each"]["diversity"] < 0.01
    assert scores["one each"]["class_entropy"] == pytest.approx(1, abs=0.02)
    rows = made["copies"].references
    assert set(rows) == {"held-out", "training", "noise"}
    assert rows["noise"]["frechet_distance"] > 5 * rows["training"]["frechet_distance"]
    assert "frechet_distance" not in rows["held-out"] and rows["training"]["memorized"] == 1
    assert made["copies"].group == 100 and made["collapsed"].group == 10
    for name, (low, high) in made["real"].intervals.items():
        assert low <= scores["real"][name] <= high, name
    assert "Never made: " in as_text(made["collapsed"])
    assert "three" not in as_text(made["collapsed"]).split("Never made: ")[1].splitlines()[0]


def test_a_score_does_not_depend_on_how_many_groups_there_are(of_pictures):
    values = of_pictures.examples.held_out.values
    once = generation.score_samples(values, of_pictures)
    thrice = generation.score_samples(np.concatenate([values] * 3), of_pictures)
    for name, value in once.metrics.items():
        if name != "diversity":  # now each example has twins
            assert thrice.metrics[name] == pytest.approx(value, abs=1e-4), name


def test_classes_asked_for(of_pictures):
    held_out = of_pictures.examples.held_out
    right = generation.score_samples(held_out.values, of_pictures, held_out.labels)
    wrong = generation.score_samples(held_out.values, of_pictures, (held_out.labels + 1) % 10)
    assert right.metrics["accuracy"] > 0.95 and wrong.metrics["accuracy"] < 0.05
    assert right.references["held-out"]["accuracy"] == right.metrics["accuracy"]
    assert "accuracy" not in right.references["noise"]
    assert "accuracy" not in generation.score_samples(held_out.values, of_pictures).metrics
    assert right.higher_is_better["accuracy"] and not right.higher_is_better["frechet_distance"]


@pytest.mark.slow
def test_words_are_judged_by_ear_however_they_were_made(words):
    yardsticks = [
        yardstick_of(words, Generation(view=view)) for view in (Waveform(), LogMelPatch())
    ]
    assert yardsticks[0].judge.accuracy == yardsticks[1].judge.accuracy
    assert yardsticks[0].judge.accuracy.value > 0.9
    for yardstick in yardsticks:
        held_out = yardstick.examples.held_out
        scores = generation.score_samples(held_out.values, yardstick, held_out.labels)
        assert scores.references["there and back"]["accuracy"] == scores.metrics["accuracy"] > 0.6
    page = render(scores, yardstick, GenerationExhibit("tones", held_out.values, held_out.labels))
    assert page.count("<audio") == 10 + 2 * 6
    assert "nan" not in re.sub(r'"data:[^"]*"', "", page).lower()
    # Only what the generator was given can have been memorized.
    few = yardstick_of(words, Generation(view=Waveform(), share=0.5))
    assert len(few.training) == 20 and few.judge.accuracy == yardsticks[0].judge.accuracy


def test_a_run_from_the_command_line(pictures, tmp_path, capsys):
    small = DCGANGenerator(hidden=(8,), channels=8)
    task = Generation(classes=10)
    experiment = dataclasses.replace(dcgan, corpus=pictures, task=task, generator=small)
    save_run(tmp_path / "run", experiment, steps=(1, 2))
    (tmp_path / "run" / "metrics.jsonl").write_text(
        '{"step": 1, "generator/adversarial": 0.7}\n{"step": 2, "generator/adversarial": 0.6}\n'
    )
    json_file, page = tmp_path / "scores.json", tmp_path / "page.html"
    arguments = ["quality", "--run", str(tmp_path / "run"), "--samples", "120"]
    arguments += ["--checkpoints", "all"]
    assert main([*arguments, "--json", str(json_file), "--page", str(page)]) == 0
    said = capsys.readouterr().out
    assert "Inception score, share of real" in said and "step 2" in said
    content = json.loads(json_file.read_text())
    assert [one["step"] for one in content["checkpoints"]] == [1, 2]
    assert content["metrics"].keys() == content["higher_is_better"].keys()
    assert sum(content["histogram"]["run"]) == 120
    html = page.read_text()
    for title in ("Scores", "Examples", "Neighbors", "Checkpoints", "Training", "Notes"):
        assert f"<h2>{title}</h2>" in html
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
    first = generation.score_run(tmp_path / "run", 1, samples=120)
    assert first.to_json() == content["checkpoints"][0]


def test_bad_input_is_named(pictures, words, tmp_path, capsys):
    folder = tmp_path / "vocoder"
    save_run(folder, dataclasses.replace(vocoder, generator=Vocos(width=8, blocks=1)))
    with pytest.raises(ValueError, match=r"vocoder was trained for Vocoding, not to generate"):
        generation.score_run(folder)
    with pytest.raises(ValueError, match=r"SpokenDigits holds nothing out.*corpus\.held_out"):
        silent = dataclasses.replace(words, held_out=0)
        yardstick_of(silent, Generation(view=Waveform()))
    with pytest.raises(CorpusError, match="not a corpus of single words"):
        judge.judge_of(AudioFolder(str(tmp_path)), Waveform())
    assert main(["quality", "--run", str(folder), "--samples", "5"]) == 2
    assert (
        "--samples does not go with a run that was trained for Vocoding" in capsys.readouterr().err
    )
    small = DCGANGenerator(hidden=(8,), channels=8)
    save_run(tmp_path / "run", dataclasses.replace(dcgan, corpus=pictures, generator=small))
    for arguments, message in (
        (["--samples", "1"], "samples must be at least 2"),
        (
            ["--sentences", "3"],
            "--sentences does not go with a run that was trained for Gen",
        ),
        (["--vocoder", str(folder)], "a vocoder speaks log-mels (LogMelPatch); "),
        (["--vocoder", "primed-17k"], "no vocoder 'primed-17k'"),
    ):
        assert main(["quality", "--run", str(tmp_path / "run"), *arguments]) > 0
        assert message in capsys.readouterr().err


def test_runs_of_one_corpus_are_compared(pictures, tmp_path, capsys):
    small = DCGANGenerator(hidden=(8,), channels=8)
    for name, seed in (("a", 1), ("b", 2)):
        other = dataclasses.replace(dcgan, corpus=pictures, generator=small, seed=seed)
        save_run(tmp_path / name, other, steps=(seed,))
    page, json_file = tmp_path / "c.html", tmp_path / "c.json"
    folders = [str(tmp_path / name) for name in "ab"]
    arguments = [*folders, "--samples", "60", "--page", str(page), "--json", str(json_file)]
    assert compare(["compare", *arguments]) == 0
    assert re.search(r"\n +a +b +held-out", capsys.readouterr().out)
    content = json.loads(json_file.read_text())["scores"]
    assert content["a"]["references"] == content["b"]["references"]
    assert content["a"] == generation.score_run(folders[0], samples=60).to_json()
    html = page.read_text()
    assert html.count("% of all</small></p>") == 20 and "<h2>Settings</h2>" in html
    fewer = dataclasses.replace(pictures, held_out=50)
    save_run(tmp_path / "c", dataclasses.replace(dcgan, corpus=fewer, generator=small))
    assert compare(["compare", folders[0], str(tmp_path / "c"), "--samples", "60"]) == 1
    told = "corpus.held_out is 0 in the first and 50 in the second"
    assert told in capsys.readouterr().err
