"""`ganspeech pseudo-labels`: what is read of recordings without transcripts, and learned from."""

import dataclasses

import jax
import pytest
from made_runs import initial_state, make_run
from noise_corpora import recognition_of, write_noises

from ganspeech.commands.cli import main
from ganspeech.data.corpus import CorpusError
from ganspeech.runs.folder import load_run
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Characters

TEXTS = ("a", "a cat", "the cat", "", "held out")
ALWAYS = "q"
"""What the recognizer reads, whatever it hears."""


def deaf(experiment, seed):
    """State of a recognizer that always reads the same letter."""
    letter = experiment.task.vocabulary.symbols.index(ALWAYS)

    def biased(path, leaf):
        names = [getattr(key, "key", getattr(key, "name", "")) for key in path]
        return leaf.at[letter].set(10.0) if names[-2:] == ["symbols", "bias"] else leaf

    return jax.tree_util.tree_map_with_path(biased, initial_state(experiment, seed))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_noises(tmp_path_factory.mktemp("corpus"), TEXTS)


@pytest.fixture(scope="module")
def experiment(corpus):
    task = Recognition(vocabulary=Characters(), buckets=(1.0,), share=0.3)
    return recognition_of(corpus, task)


@pytest.fixture(scope="module")
def run(experiment, tmp_path_factory):
    return str(make_run(tmp_path_factory.mktemp("runs") / "few", experiment, state=deaf))


def test_others_are_read_and_learned_from_beside_what_is_known(run, experiment, tmp_path, capsys):
    out = tmp_path / "labels.txt"
    assert main(["pseudo-labels", run, str(out), "--confidence", "0.5"]) == 0
    # s0 is the share with a transcript, s3 has none, and s4 is held out.
    assert out.read_text() == f"s1 {ALWAYS}\ns2 {ALWAYS}\ns3 {ALWAYS}\n"
    assert "3 of 3 recordings" in capsys.readouterr().err

    task = dataclasses.replace(experiment.task, transcripts=str(out))
    learned = task.recordings(experiment.corpus)
    texts = {line.recording.id: task.vocabulary.decode(line.labels) for line in learned.train}
    assert texts == {"s0": "a", "s1": ALWAYS, "s2": ALWAYS, "s3": ALWAYS}
    assert [task.vocabulary.decode(line.labels) for line in learned.held_out] == ["held out"]
    alone = load_run(run).recordings
    assert [line.recording.id for line in alone.train] == ["s0"]
    assert learned.fingerprint != alone.fingerprint

    # Another round reads the same recordings, not only what nobody has read before.
    student = dataclasses.replace(experiment, task=task)
    again, more = make_run(tmp_path / "again", student, state=deaf), tmp_path / "more.txt"
    assert main(["pseudo-labels", str(again), str(more), "--quiet"]) == 0
    assert more.read_text() == out.read_text()


def test_what_cannot_be_read_or_learned_is_one_line(run, experiment, tmp_path, capsys):
    def refuse(*arguments, says, status=1):
        assert main(["pseudo-labels", *map(str, arguments)]) == status
        error = capsys.readouterr().err
        assert says in error.splitlines()[-1] and "Traceback" not in error

    out = tmp_path / "labels.txt"
    refuse(tmp_path, out, says="is not a run with checkpoints")
    refuse(run, out, "--confidence", "2", says="must be a probability, 0 to 1", status=2)
    refuse(run, out, "--beam", "-1", says="--beam must be at least 0, not -1", status=2)
    refuse(run, out, "--confidence", "1", says="is never as sure as --confidence 1 of what")
    assert not out.exists()

    out.write_text("x1 a\n")
    refuse(run, out, says="exists; --overwrite replaces it")
    task = dataclasses.replace(experiment.task, transcripts=str(out))
    with pytest.raises(CorpusError, match="none of its 1 ids is of a recording to train on"):
        task.recordings(experiment.corpus)
    out.write_text("s1 a\ns1 b\n")
    with pytest.raises(CorpusError, match="line 2: 's1' has a line before"):
        task.recordings(experiment.corpus)
