"""A voice speaks a corpus, and another one learns from it, told how long each symbol lasts."""

import dataclasses
import json
from pathlib import Path

import jax
import numpy as np
import piper_files
import pytest
import soundfile
from small_voices import SPEC, shapes_of
from spoken_tones import MEL_SMALL

from ganspeech import experiments
from ganspeech.commands.cli import main
from ganspeech.config.experiment import Budget
from ganspeech.corpora.distillation import command
from ganspeech.data.corpus import CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.sentences import make_sentences
from ganspeech.models.voice import Voice
from ganspeech.tasks.voices.text_to_speech import TextToSpeech
from ganspeech.text.phonemes.front_ends import Espeak, Plain
from ganspeech.text.spoken_text import ESPEAK, SpokenText
from ganspeech.training import loop

NETWORK = dataclasses.replace(piper_files.NETWORK, stochastic=False, duration_width=10)


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> str:
    """A voice file: drawn weights of a network that reads espeak-ng's phonemes."""
    inputs = jax.numpy.zeros((1, 8), "int32"), jax.numpy.ones(1, "int32")
    linear = jax.numpy.zeros((1, 8, SPEC.bins))

    def init():
        arguments = *inputs, linear, inputs[1], None, ESPEAK.size, SPEC, 8
        return NETWORK.init(jax.random.key(0), *arguments)

    rng = np.random.default_rng(0)
    variables = jax.tree.map(
        lambda leaf: rng.normal(0.1, 0.3, leaf.shape).astype("f4"), jax.eval_shape(init)
    )
    path = tmp_path_factory.mktemp("voice") / "teacher.safetensors"
    Voice(NETWORK, variables, ESPEAK, SPEC).without_training().save(path)
    return str(path)


TEXTS = "A dog.", "Two cats.", "Who?", "I do.", "Go!"


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("texts") / "texts.txt"
    path.write_text("\n\n".join(TEXTS))
    return str(path)


@pytest.fixture(scope="module")
def corpus(teacher, texts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("distilled") / "corpus"
    assert main(["distill", teacher, str(folder), "--texts", texts, "--sentences", "4"]) == 0
    return folder


def rows(folder) -> list[dict]:
    return [json.loads(line) for line in (folder / "durations.jsonl").read_text().splitlines()]


def test_each_symbol_has_its_end(corpus):
    texts = dict(line.split("|")[:2] for line in (corpus / "metadata.csv").read_text().splitlines())
    found = rows(corpus)
    assert len(found) == 4 and [row["id"] for row in found] == list(texts)
    for row in found:
        audio, rate = soundfile.read(corpus / "wavs" / f"{row['id']}.flac")
        assert rate == SPEC.sample_rate and np.abs(audio).max() > 0
        assert row["ends"][-1] == pytest.approx(len(audio) / rate, abs=1e-4)
        assert tuple(row["symbols"]) == ESPEAK.spell(texts[row["id"]]).symbols
        assert np.all(np.diff([0, *row["ends"]]) >= SPEC.hop_length / rate - 2e-4)


def test_it_goes_on_where_it_was(corpus, teacher, texts, capsys):
    again = ["distill", teacher, str(corpus), "--texts", texts]
    before = {path: path.stat().st_mtime_ns for path in (corpus / "wavs").iterdir()}
    assert main([*again, "--quiet"]) == 0
    after = {path: path.stat().st_mtime_ns for path in (corpus / "wavs").iterdir()}
    assert len(after) == 5 and before.items() <= after.items()
    assert capsys.readouterr() == ("", "")
    assert main([*again, "--sentences", "4"]) == 0
    assert capsys.readouterr().out == (
        f"python train.py tts_distilled --corpus.root {corpus} "
        f"--task.durations {corpus}/durations.jsonl\n"
    )
    german = dataclasses.replace(ESPEAK, front=Espeak("de"))
    assert command(Path("my voice"), german) == (
        "python train.py tts_distilled --corpus.root 'my voice' "
        "--task.durations 'my voice/durations.jsonl' --task.text.front.voice de"
    )


@pytest.mark.parametrize(
    "more, told",
    [
        (["--speed", "1.5"], "another voice, or other settings, spoke in"),
        (["--speed", "9"], "speed must be"),
        (["--speaker", "ann"], "ann"),
        (["--texts", "absent.txt"], "absent.txt"),
    ],
)
def test_what_it_refuses_it_names(more, told, corpus, teacher, capsys):
    assert main(["distill", teacher, str(corpus), *more, "--quiet"]) in (1, 2)
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1, error


def test_folders_and_voices_of_other_kinds(teacher, tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("…")
    assert main(["distill", teacher, str(tmp_path / "mine")]) == 1
    assert "holds other things: name a new folder" in capsys.readouterr().err
    letters = tmp_path / "letters.safetensors"
    variables = jax.tree.map(
        lambda leaf: np.full(leaf.shape, 0.1, "f4"), shapes_of(piper_files.NETWORK, 0)
    )
    text = SpokenText(Plain(), tuple("_^$abc"))
    Voice(piper_files.NETWORK, variables, text, SPEC).save(letters)
    assert main(["distill", str(letters), str(tmp_path / "new")]) == 1
    assert "reads Plain's symbols: only a voice that reads" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_texts_may_come_and_go(corpus, teacher, tmp_path):
    before = rows(corpus)
    more = tmp_path / "more.txt"
    more.write_text("\n".join(("Quite new.", *TEXTS)))
    assert main(["distill", teacher, str(corpus), "--texts", str(more), "--quiet"]) == 0
    assert rows(corpus)[1:5] == before
    lost = corpus / "wavs" / f"{before[0]['id']}.flac"
    audio = lost.read_bytes()
    lost.unlink()
    more.write_text("\n".join(TEXTS[:4]))
    assert main(["distill", teacher, str(corpus), "--texts", str(more), "--quiet"]) == 0
    assert rows(corpus) == before and lost.read_bytes() == audio


def test_a_teacher_of_other_marks_is_refused(teacher, tmp_path, capsys):
    voice = Voice.read(teacher)
    around = dataclasses.replace(voice, text=dataclasses.replace(ESPEAK, blanks="around"))
    around.save(tmp_path / "around.safetensors")
    assert main(["distill", str(tmp_path / "around.safetensors"), str(tmp_path / "out")]) == 1
    assert "has other marks and blanks than tts_distilled" in capsys.readouterr().err


def test_a_damaged_teacher_is_not_taken_for_silent(teacher, tmp_path, monkeypatch):
    def broken(*_):
        raise ValueError("the voice made NaN or infinite samples: its weights are damaged")

    monkeypatch.setattr("ganspeech.models.speaking.spoken_symbols", broken)
    with pytest.raises(ValueError, match="its weights are damaged"):
        main(["distill", teacher, str(tmp_path / "out"), "--sentences", "1", "--quiet"])


def test_texts_that_cannot_be_taught_are_named(teacher, tmp_path, capsys):
    texts = tmp_path / "texts.txt"
    texts.write_text("A dog.\n\n…\nTwo cats.\n")
    assert main(["distill", teacher, str(tmp_path / "out"), "--texts", str(texts)]) == 1
    assert "left out, none of it can be taught: …" in capsys.readouterr().err
    assert len(rows(tmp_path / "out")) == 2


def test_generated_texts_are_the_default(tmp_path, teacher):
    assert main(["distill", teacher, str(tmp_path / "out"), "--sentences", "1", "--quiet"]) == 0
    (line,) = (tmp_path / "out" / "metadata.csv").read_text().splitlines()
    assert line.split("|")[1] == make_sentences(1, 0)[0]


@pytest.mark.slow
def test_a_voice_learns_from_it(corpus, tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    published = experiments.load("tts_distilled")
    task = dataclasses.replace(
        published.task,
        spec=SPEC,
        segment_frames=8,
        vocoder="",
        buckets=(2.0,),
        durations=str(corpus / "durations.jsonl"),
    )
    tiny = dataclasses.replace(
        published,
        corpus=LJSpeech(str(corpus), held_out=1),
        task=task,
        generator=dataclasses.replace(MEL_SMALL, mels=SPEC.n_mels),
        discriminators=(),
        budget=Budget(steps=2, batch_size=2, log_every=1, sample_every=0),
    )
    assert loop.train(tiny, tmp_path / "run") == 0
    text = (tmp_path / "run" / "metrics.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == 2 and all(np.isfinite(line["generator/duration"]) for line in lines)

    batch = next(task.batches(task.recordings(tiny.corpus), Feed(batch_size=2, seed=0)))
    told = task.ends(batch)
    for ends, count, samples in zip(told, batch["label_lengths"], batch["samples"]):
        assert ends[count - 1] == pytest.approx(samples / SPEC.hop_length, abs=0.1)
        assert np.all(np.diff(ends[:count]) > 0.9) and not ends[count:].any()


def test_a_teacher_of_other_symbols_is_noticed(corpus, tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    task = TextToSpeech(
        SPEC, dataclasses.replace(ESPEAK, blanks="none"), buckets=(2.0,), segment_frames=8,
        durations=str(corpus / "durations.jsonl"),
    )  # fmt: skip
    with pytest.raises(CorpusError, match="ends are of other symbols, or of none"):
        task.recordings(LJSpeech(str(corpus), held_out=1))
