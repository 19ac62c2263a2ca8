"""Labels from a run, and a round of self-training on them."""

import dataclasses

import numpy as np
import pytest

from ganspeech import experiments
from ganspeech.commands.cli import main
from ganspeech.data.readers.phone_codes import PhoneCodes
from ganspeech.data.unlabeled.phone_texts import Pronunciation
from ganspeech.discriminators.phone_sequences import PhoneDiscriminator
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.tasks.unlabeled.unpaired_recognition import UnpairedRecognition
from ganspeech.training.loop import train

WORDS = {"bee": "B IY", "tea": "T IY", "duh": "D AH", "deed": "D IY D"}
PHONES = {"AH", "B", "D", "IY", "T"}


@pytest.fixture
def corpus(tmp_path):
    lexicon, texts = tmp_path / "words.dict", tmp_path / "texts.txt"
    lexicon.write_text("".join(f"{word.upper()} {phones}\n" for word, phones in WORDS.items()))
    rng = np.random.default_rng(0)
    sentences = {" ".join(rng.choice(list(WORDS), 6)) for _ in range(200)}
    texts.write_text("\n".join(sorted(sentences)))
    pronunciation = Pronunciation(str(lexicon))
    return PhoneCodes(str(texts), spoken=30, width=4, held_out=4, pronunciation=pronunciation)


def shortest(name, corpus, **parts):
    experiment = experiments.load(name)
    budget = dataclasses.replace(experiment.budget, steps=1, batch_size=2, sample_every=0)
    return dataclasses.replace(experiment, corpus=corpus, budget=budget, **parts)


def test_two_rounds_of_labels(corpus, tmp_path, capsys):
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    game = shortest(
        "unpaired_codes",
        corpus,
        task=UnpairedRecognition(width=4, phones=6, longest=32),
        discriminators=(PhoneDiscriminator(width=4),),
    )
    train(game, tmp_path / "game")
    capsys.readouterr()
    assert main(["unpaired-labels", str(tmp_path / "game"), str(first), "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    rows = [line.split() for line in first.read_text().splitlines()]
    assert [row[0] for row in rows] == [f"spoken-{n:05}" for n in range(30)]
    assert {phone for row in rows for phone in row[1:]} <= PHONES

    task = experiments.load("pseudo_labels_codes").task
    labeled = shortest(
        "pseudo_labels_codes",
        corpus,
        task=dataclasses.replace(task, labels=str(first), width=4, phones=6, longest=32),
        generator=ConvolutionalRecognizer(width=8, blocks=1),
    )
    first.write_text("".join(f"{row[0]} B IY\n" for row in rows))
    train(labeled, tmp_path / "labeled")
    assert main(["unpaired-labels", str(tmp_path / "labeled"), str(second), "--order", "2"]) == 0
    assert f"written: {second}" in capsys.readouterr().err
    assert len(second.read_text().splitlines()) == 30

    assert main(["unpaired-labels", str(tmp_path / "game"), str(first)]) == 1
    assert f"{first} exists; --overwrite replaces it" in capsys.readouterr().err


def test_what_was_said_can_be_written_for_a_supervised_run(corpus, tmp_path):
    game = shortest(
        "unpaired_codes",
        corpus,
        task=UnpairedRecognition(width=4, phones=6, longest=32),
        discriminators=(PhoneDiscriminator(width=4),),
    )
    train(game, tmp_path / "game")
    out = tmp_path / "truth.txt"
    assert main(["unpaired-labels", str(tmp_path / "game"), str(out), "--truth"]) == 0
    data = corpus.unpaired()
    rows = dict(line.split(" ", 1) for line in out.read_text().splitlines())
    assert list(rows) == [one.id for one in data.train]
    said = " ".join(data.phones[phone] for phone in data.train[0].phones)
    assert rows["spoken-00000"] == said


def test_what_cannot_be_read_is_one_line(tmp_path, capsys):
    out = str(tmp_path / "out.txt")
    assert main(["unpaired-labels", str(tmp_path / "none"), out]) == 1
    assert "is not a run with checkpoints" in capsys.readouterr().err
    assert main(["unpaired-labels", str(tmp_path / "none"), out, "--order", "0"]) == 2
    assert "--order and --beam must be at least 1" in capsys.readouterr().err
