"""Corpora of single words and of pictures, and what is wrong with bad ones."""

import numpy as np
import pytest
import soundfile

from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.prepare import prepare
from ganspeech.data.readers.mnist import MNIST
from ganspeech.data.readers.speech_commands import SpeechCommands
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.data.readers.words import DIGITS


def write(path, rate=8000, samples=2000):
    path.parent.mkdir(parents=True, exist_ok=True)
    tone = 0.5 * np.sin(np.arange(samples) / 5)
    soundfile.write(path, tone.astype(np.float32), rate)


@pytest.fixture
def digits(tmp_path):
    for digit in range(10):
        for speaker in ("ann", "bob_2"):
            for take in (3, 12):
                write(tmp_path / "recordings" / f"{digit}_{speaker}_{take}.wav")
    return tmp_path


def test_digits_are_sorted_by_take(digits):
    found = SpokenDigits(str(digits)).utterances()
    assert len(found) == 40
    assert [u.id for u in found[:2]] == ["0003_0_ann", "0003_0_bob_2"]
    last = found[-20:]
    assert {(u.text, u.speaker) for u in last} == {(d, s) for d in DIGITS for s in ("ann", "bob_2")}
    assert all(u.audio.endswith("_12.wav") for u in last)
    assert SpokenDigits(str(digits / "recordings")).utterances() == found


def test_all_takes_of_one_speaker_can_be_held_out(digits, tmp_path):
    def parts(**fields):
        corpus = SpokenDigits(str(digits), **fields)
        return prepare(corpus, 8000, minimum_seconds=0, cache=tmp_path / "cache", progress=False)

    found = parts(unseen_speaker="ann", held_out=7)
    assert {r.speaker for r in found.held_out} == {"ann"} and len(found.held_out) == 20
    assert {r.speaker for r in found.train} == {"bob_2"} and len(found.train) == 20
    assert found.fingerprint == parts(held_out=7).fingerprint
    assert [r.id for r in parts(held_out=2).held_out] == ["0012_9_ann", "0012_9_bob_2"]
    with pytest.raises(CorpusError, match="unseen_speaker must be one of ann, bob_2, not 'eve'"):
        parts(unseen_speaker="eve")


def test_digits_name_what_is_wrong(digits):
    write(digits / "recordings" / "notes.wav")
    problems = Problems()
    SpokenDigits(str(digits)).utterances(problems)
    assert problems.lines() == ["skipped 1: files not called DIGIT_SPEAKER_INDEX (notes)"]
    write(digits / "recordings" / "4_ann_12.wav", rate=16000)
    with pytest.raises(CorpusError, match=r"mixed rates: 39 at 8000 Hz .*, 1 at 16000 Hz .*4_ann"):
        SpokenDigits(str(digits)).utterances()
    for file in (digits / "recordings").glob("7_*"):
        file.unlink()
    with pytest.raises(CorpusError, match=r"no clip of 'seven' in .*recordings"):
        SpokenDigits(str(digits)).utterances()


def test_speech_commands_hold_out_the_listed_speakers(tmp_path):
    for word in ("yes", "no"):
        for speaker in ("0aa", "1bb", "2cc"):
            write(tmp_path / word / f"{speaker}_nohash_0.wav", rate=16000)
    (tmp_path / "testing_list.txt").write_text("yes/0aa_nohash_0.wav\nno/0aa_nohash_0.wav\n")
    (tmp_path / "validation_list.txt").write_text("yes/1bb_nohash_0.wav\n")
    corpus = SpeechCommands(str(tmp_path), words=("yes", "no"), held_out=2)
    found = corpus.utterances()
    assert [(u.speaker, u.text) for u in found[-3:]] == [
        ("1bb", "yes"),
        ("0aa", "no"),
        ("0aa", "yes"),
    ]
    assert corpus.classes == ("yes", "no")
    with pytest.raises(CorpusError, match="no clip of 'maybe'"):
        SpeechCommands(str(tmp_path), words=("yes", "maybe")).utterances()
    with pytest.raises(CorpusError, match=r"corpus\.words must be different words"):
        SpeechCommands(str(tmp_path), words=("yes", "yes")).utterances()


def keras(path, **changes):
    arrays = {
        "x_train": np.zeros((20, 28, 28), np.uint8),
        "y_train": np.arange(20, dtype=np.uint8) % 10,
        "x_test": np.full((10, 28, 28), 255, np.uint8),
        "y_test": np.arange(10, dtype=np.uint8),
    } | changes
    np.savez(path, **{key: value for key, value in arrays.items() if value is not None})
    return path


def test_mnist_is_read_by_its_file_or_folder(tmp_path):
    file = keras(tmp_path / "mnist.npz")
    for root in (file, tmp_path):
        (x, y), (held_out, _) = MNIST(str(root), images=12, held_out=4).pictures()
        assert x.shape == (12, 28, 28) and list(y[:3]) == [0, 1, 2] and len(held_out) == 4
    assert len(MNIST(str(file), images=0).pictures()[0][0]) == 20


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"x_test": None}, r"lacks x_test; it has x_train, y_train, y_test"),
        ({"x_train": np.zeros((20, 32, 32), np.uint8)}, r"must be uint8 \[pictures, 28, 28\]"),
        ({"x_train": np.zeros((20, 28, 28))}, r"not float64 \[20, 28, 28\]"),
        ({"y_test": np.full(10, 10)}, r"y_test of .* must be a digit 0 to 9"),
        ({"y_train": np.arange(3)}, r"y_train of .* for each picture"),
    ],
)
def test_mnist_with_other_arrays_is_refused(tmp_path, changes, told):
    file = keras(tmp_path / "mnist.npz", **changes)
    with pytest.raises(CorpusError, match=told):
        MNIST(str(file)).pictures()


def test_mnist_that_is_absent_or_damaged_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"no file .*absent.npz'; name mnist.npz with --corpus"):
        MNIST(str(tmp_path / "absent.npz")).pictures()
    file = keras(tmp_path / "mnist.npz")
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(CorpusError, match=r"cannot read .*mnist.npz"):
        MNIST(str(file)).pictures()
    with pytest.raises(CorpusError, match="mnist holds pictures, not recordings"):
        MNIST(str(file)).utterances()
