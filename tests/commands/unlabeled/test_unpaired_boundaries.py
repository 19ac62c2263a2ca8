"""A round of learned boundaries: a reader, a policy from it, a file, and a reader of that."""

import dataclasses

import jax
import numpy as np
import pytest

from ganspeech import experiments
from ganspeech.commands.cli import main
from ganspeech.data.readers.phone_codes import PhoneCodes
from ganspeech.data.unlabeled.boundary_files import read_boundaries
from ganspeech.data.unlabeled.phone_texts import Pronunciation
from ganspeech.data.unlabeled.segmentation import Segmentation
from ganspeech.discriminators.phone_sequences import PhoneDiscriminator
from ganspeech.generators.phone_generator import PhoneGenerator
from ganspeech.recognizers.boundary_policy import BoundaryPolicy
from ganspeech.recognizers.divided_reader import DividedReader
from ganspeech.recognizers.phone_decoding import phone_model
from ganspeech.recognizers.phone_language import language_table
from ganspeech.runs.folder import load_run
from ganspeech.tasks.unlabeled.boundary_learning import BoundaryLearning
from ganspeech.tasks.unlabeled.unpaired_recognition import UnpairedRecognition
from ganspeech.training.loop import train

WORDS = {"bee": "B IY", "tea": "T IY", "duh": "D AH", "deed": "D IY D"}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    lexicon, texts = folder / "words.dict", folder / "texts.txt"
    lexicon.write_text("".join(f"{word.upper()} {phones}\n" for word, phones in WORDS.items()))
    rng = np.random.default_rng(0)
    sentences = {" ".join(rng.choice(list(WORDS), 6)) for _ in range(200)}
    texts.write_text("\n".join(sorted(sentences)))
    return PhoneCodes(
        str(texts),
        spoken=30,
        width=4,
        held_out=4,
        repeats=0.5,
        segmentation=Segmentation(clusters=8, merge=False),
        pronunciation=Pronunciation(str(lexicon)),
    )


def shortest(name, corpus, **parts):
    experiment = experiments.load(name)
    budget = dataclasses.replace(experiment.budget, steps=1, batch_size=2, sample_every=1)
    return dataclasses.replace(experiment, corpus=corpus, budget=budget, **parts)


def game(corpus, **changes):
    task = UnpairedRecognition(width=4, phones=6, longest=32, **changes)
    discriminators = (PhoneDiscriminator(width=4),)
    return shortest("unpaired_frames", corpus, task=task, discriminators=discriminators)


def policy(corpus, start, **reader):
    return dataclasses.replace(
        shortest("boundaries_codes", corpus, task=BoundaryLearning(4, 6, longest=40, cloning=0)),
        generator=DividedReader(BoundaryPolicy(8, 3), PhoneGenerator(1, **reader), order=2),
        start=str(start),
    )


@pytest.fixture(scope="module")
def first(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "first"
    train(game(corpus, clusters=8), folder)
    return folder


@pytest.fixture(scope="module")
def learned(corpus, first, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "learned"
    train(policy(corpus, first), folder)
    return folder


def test_the_policy_keeps_the_reader_it_starts_from_and_the_language_of_the_texts(
    corpus, first, learned
):
    run, frozen = load_run(first), load_run(learned).variables["frozen"]
    # The part that predicts clusters is left out.
    assert set(run.variables["params"]) == {"read", "inner", "clusters"}
    jax.tree.map(
        np.testing.assert_array_equal,
        frozen["weights"]["params"],
        {"read": run.variables["params"]["read"]},
    )
    data = corpus.unpaired()
    model = phone_model(data.texts, data.phones, 2)
    np.testing.assert_array_equal(frozen["language"], language_table(model, data.phones))


def test_boundaries_are_written_and_divide_the_next_corpus(
    corpus, first, learned, tmp_path, capsys
):
    files = {}
    for run in (first, learned):
        file = files[run] = tmp_path / f"{run.name}.txt"
        assert main(["unpaired-boundaries", str(run), str(file), "--quiet"]) == 0
        assert capsys.readouterr().err == ""
        found = read_boundaries(str(file))
        assert list(found) == [f"spoken-{n:05}" for n in range(30)]
        frames = corpus.of_frames().unpaired()
        lengths = {one.id: len(one.features) for one in (*frames.train, *frames.held_out)}
        assert {id: int(ends[-1]) for id, ends in found.items()} == lengths
    # Segments in which the same is read are one.
    segments = [*corpus.unpaired().train, *corpus.unpaired().held_out]
    joined = read_boundaries(str(files[first]))
    assert all(set(joined[one.id]) <= set(one.ends) for one in segments)
    assert sum(map(len, joined.values())) < sum(len(one.ends) for one in segments)

    segmentation = dataclasses.replace(corpus.segmentation, boundaries=str(files[learned]))
    again = dataclasses.replace(corpus, segmentation=segmentation)
    continued = dataclasses.replace(game(again, clusters=8), start=str(first))
    train(continued, tmp_path / "second")
    # One step of Adam from there.
    ours, theirs = (load_run(run).variables for run in (tmp_path / "second", first))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=0.02), ours, theirs)

    assert main(["unpaired-boundaries", str(first), str(files[first])]) == 1
    assert f"{files[first]} exists; --overwrite replaces it" in capsys.readouterr().err


def test_a_run_is_scored_with_its_boundaries(learned, first, tmp_path, capsys):
    page = tmp_path / "page.html"
    for run in (learned, first):
        command = ["eval", "recognition", "--run", str(run), "--page", str(page)]
        assert main(command) == 0
        text = capsys.readouterr().out
        assert "boundary F1 %" in text and "segments read alike joined" in text
        assert 'id="boundaries"' in page.read_text()


def test_what_does_not_fit_is_told(corpus, first, learned, tmp_path, capsys):
    with pytest.raises(ValueError, match=r"--start .*learned was trained for BoundaryLearning: na"):
        train(policy(corpus, learned), tmp_path / "a")
    with pytest.raises(ValueError, match=r"generator.reader.residual was False there, and is T"):
        train(policy(corpus, first, residual=True), tmp_path / "b")
    other = dataclasses.replace(corpus.pronunciation, inventory=("T", "IY", "D", "B", "AH"))
    with pytest.raises(ValueError, match=r"other phones than the corpus has \(first 'AH', here 'T"):
        train(policy(dataclasses.replace(corpus, pronunciation=other), first), tmp_path / "c")
    with pytest.raises(ValueError, match=r"^--start nowhere: nowhere is not a run"):
        train(policy(corpus, "nowhere"), tmp_path / "d")
    with pytest.raises(ValueError, match=r"name a run of the task unpaired-rec.* with --start RUN"):
        train(policy(corpus, ""), tmp_path / "e")
    assert main(["unpaired-boundaries", str(tmp_path / "none"), str(tmp_path / "out.txt")]) == 1
    assert "is not a run with checkpoints" in capsys.readouterr().err
