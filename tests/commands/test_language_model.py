"""`ganspeech language-model`: n-grams in what a recognizer writes, which its search can use."""

import pytest
from made_runs import make_run
from noise_corpora import recognition_of, write_noises

from ganspeech.commands.cli import main
from ganspeech.recognizers.fusion import fusion
from ganspeech.recognizers.language_model import END, START, read_arpa
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Characters, Phones

TEXTS = ["a cat sat", "a cat ran", "the cat sat", "held out words"]
LEXICON = {"a": "AH", "cat": "K AE T", "sat": "S AE T", "ran": "R AE N", "the": "DH AH"}


def run_of(folder, corpus, vocabulary):
    """A run as if it had been trained; the last sentence is held out."""
    task = Recognition(vocabulary=vocabulary, buckets=(1.0,))
    return str(make_run(folder, recognition_of(corpus, task)))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_noises(tmp_path_factory.mktemp("corpus"), TEXTS)


@pytest.fixture(scope="module")
def letters(tmp_path_factory, corpus):
    return run_of(tmp_path_factory.mktemp("letters") / "run", corpus, Characters())


def test_transcripts_that_were_learned_make_n_grams_of_words(letters, tmp_path, capsys):
    out = tmp_path / "words.arpa"
    assert main(["language-model", letters, str(out), "--order", "2"]) == 0
    assert f"written: {out} (3 sentences of 9 tokens)" in capsys.readouterr().err
    model = read_arpa(out)
    assert model.order == 2 and not model.known("held")
    assert model.score((START,), "a") > model.score((START,), "the") > model.score((START,), "sat")
    fusion(model, Characters(), symbols=len(Characters().symbols), weight=0.5, bonus=0.0)


def test_texts_of_a_file_make_n_grams_of_phones(corpus, tmp_path):
    lexicon, texts, out = (tmp_path / name for name in ("lexicon.txt", "texts.txt", "out.arpa.gz"))
    everything = LEXICON | {"held": "HH", "out": "AW T", "words": "W ER D Z"}
    lexicon.write_text("".join(f"{word} {phones}\n" for word, phones in everything.items()))
    vocabulary = Phones(str(lexicon))
    run = run_of(tmp_path / "run", corpus, vocabulary)
    texts.write_text("A cat.\n\nThe cat sat!\n")
    assert main(["language-model", run, str(out), "--texts", str(texts), "--quiet"]) == 0
    model = read_arpa(out)
    assert model.order == 3
    assert model.score(("K", "AE"), "T") > model.score(("K", "AE"), "K")
    assert model.score(("AE", "T"), END) > model.score(("K", "AE"), END)
    fusion(model, vocabulary, symbols=len(vocabulary.symbols), weight=0.5, bonus=0.0)


def test_what_cannot_be_learned_is_refused_in_one_line(letters, tmp_path, capsys):
    def refuse(*arguments, says, status=1):
        assert main(["language-model", *map(str, arguments)]) == status
        error = capsys.readouterr().err
        assert says in error and error.count("\n") == 1

    out, texts = tmp_path / "out.arpa", tmp_path / "texts.txt"
    refuse(tmp_path, out, says="is not a run with checkpoints")
    refuse(letters, out, "--order", "0", says="--order must be at least 1, not 0", status=2)
    refuse(letters, out, "--texts", texts, says="cannot read the texts")
    texts.write_text("\n")
    refuse(letters, out, "--texts", texts, says="has no texts")
    texts.write_text("a cat\n☃ ☃\n")
    refuse(letters, out, "--texts", texts, says=f"{texts}, line 2: ")
    assert not out.exists()
    out.write_text("kept")
    refuse(letters, out, says="exists; --overwrite replaces it")
    assert out.read_text() == "kept"
