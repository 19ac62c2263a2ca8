"""Corpora of speech and texts that do not belong together, from folders and from recordings."""

import dataclasses

import numpy as np
import pytest
import soundfile

from ganspeech.data.corpus import CorpusError
from ganspeech.data.features.settings import FeatureSettings, write_settings
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.unpaired_features import UnpairedFeatures
from ganspeech.data.readers.unpaired_speech import UnpairedSpeech
from ganspeech.data.unlabeled.frames import SpeechFrames
from ganspeech.data.unlabeled.phone_texts import Pronunciation
from ganspeech.data.unlabeled.segmentation import Segmentation

PHONES = ("<SIL>", "AH", "B", "D", "IY", "T")
WORDS = {"bee": "B IY", "tea": "T IY", "duh": "D AH", "deed": "D IY D"}
SENTENCES = [" ".join(np.random.default_rng(n).choice(list(WORDS), 6)) for n in range(300)]
SEGMENTATION = Segmentation(clusters=4)
SETTINGS = FeatureSettings("y", None, 50.0, 3, False, "x")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def pronunciation(tmp_path):
    path = tmp_path / "words.dict"
    path.write_text("".join(f"{word.upper()} {phones}\n" for word, phones in WORDS.items()))
    return Pronunciation(str(path))


@pytest.fixture
def features(tmp_path, pronunciation):
    """A corpus of twelve files of features, and its folder."""
    folder, texts = tmp_path / "features", tmp_path / "texts.txt"
    rng = np.random.default_rng(0)
    for n in range(12):
        path = folder / f"part{n % 2}" / f"u{n:02d}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, rng.normal(size=(20 + n, 3)).astype(np.float32))
    write_settings(folder, SETTINGS)
    texts.write_text("\n\n".join(SENTENCES[:120]))
    said = tmp_path / "said.txt"
    said.write_text("u01 tea bee\npart0/u00 deed\nother tea\nu03 bee cat\n")
    return UnpairedFeatures(str(folder), str(texts), str(said), 3, SEGMENTATION, pronunciation)


def test_a_folder_becomes_segments_and_rows_of_phones(features):
    data = features.unpaired()
    ids = [one.id for one in (*data.train, *data.held_out)]
    assert ids == sorted(ids) and len(data.train) == 9 and len(data.held_out) == 3
    assert ids[:2] == ["part0/u00", "part0/u02"]
    assert (data.phones, data.width, data.clusters, data.labeled) == (PHONES, 3, 4, False)
    assert len(data.texts) == 120 and all(text[0] == text[-1] == 0 for text in data.texts)
    by_id = {one.id: one for one in (*data.train, *data.held_out)}
    assert [PHONES[n] for n in by_id["part1/u01"].phones] == ["T", "IY", "B", "IY"]
    assert [PHONES[n] for n in by_id["part0/u00"].phones] == ["D", "IY", "D"]
    assert by_id["part1/u03"].phones is by_id["part0/u02"].phones is None
    reasons = " ".join(data.problems.lines())
    assert "said.txt, line 3: other" in reasons and "part1/u03: 'cat'" in reasons
    for one in by_id.values():
        assert one.features.dtype == np.float32 and len(one.features) == len(one.clusters)


def test_what_was_made_is_found_again_and_does_not_depend_on_its_place(features, tmp_path):
    first, second = features.unpaired(), features.unpaired()
    (tmp_path / "features").rename(tmp_path / "moved")
    moved = dataclasses.replace(features, root=str(tmp_path / "moved")).unpaired()
    for again in (second, moved):
        assert again.fingerprint == first.fingerprint
        assert again.problems == first.problems and again.phones == first.phones
        for ours, theirs in zip((*first.train, *first.held_out), (*again.train, *again.held_out)):
            np.testing.assert_array_equal(ours.features, theirs.features)
            np.testing.assert_array_equal(ours.clusters, theirs.clusters)
            np.testing.assert_array_equal(ours.ends, theirs.ends)
    assert len(list((tmp_path / "cache").iterdir())) == 1
    other = dataclasses.replace(features, root=str(tmp_path / "moved"), seed=1).unpaired()
    assert other.fingerprint != first.fingerprint


def test_boundaries_of_files_divide_and_are_true(features, tmp_path, capsys):
    ends, true = tmp_path / "ends.txt", tmp_path / "true.txt"
    rows = {f"part{n % 2}/u{n:02d}": [3, 9, 20 + n] for n in range(12) if n != 2}
    ends.write_text("".join(f"{id} {' '.join(map(str, row))}\n" for id, row in rows.items()))
    true.write_text("part1/u01 2 21\nnone 1\n")
    segmentation = dataclasses.replace(SEGMENTATION, boundaries=str(ends))
    corpus = dataclasses.replace(features, segmentation=segmentation, alignments=str(true))
    data, frames = corpus.unpaired(), corpus.of_frames().unpaired()
    assert "not in" in capsys.readouterr().err
    every = {one.id: one for one in (*data.train, *data.held_out)}
    assert "part0/u02" not in every and len(every) == 11
    for one in (*frames.train, *frames.held_out):
        assert one.ends.tolist() == list(range(1, len(one.features) + 1))
        if one.id in every:
            segments = every[one.id]
            assert segments.ends.tolist() == rows[one.id]
            np.testing.assert_allclose(
                segments.features[1], one.features[3:9].mean(axis=0), rtol=1e-5, atol=1e-6
            )
    assert every["part1/u01"].true_ends.tolist() == [2, 21]
    assert every["part0/u00"].true_ends is None
    # Another content of the same file is no old cache.
    ends.write_text(ends.read_text().replace(" 3 9 ", " 9 "))
    again = corpus.unpaired()
    assert again.fingerprint != data.fingerprint and len(again.train[0].ends) == 2


@pytest.mark.parametrize(
    "array, message",
    [
        (np.zeros((5, 4), "f4"), r"u04.npy: its frames have 4 numbers, but .*features.json says 3"),
        (np.zeros((0, 3), "f4"), r"u04.npy has no frame: remove it"),
        (np.full((5, 3), np.nan, "f4"), r"u04.npy: features are NaN or infinite"),
        (np.zeros((5, 3), "i4"), r"u04.npy: features must be floating-point numbers"),
    ],
)
def test_a_file_of_other_features_is_named(features, tmp_path, array, message):
    np.save(tmp_path / "features/part0/u04.npy", array)
    with pytest.raises(CorpusError, match=message):
        features.unpaired()


@pytest.mark.parametrize(
    "name, content, message",
    [
        ("features/features.json", '{"width": 3}', "features.json: format must be"),
        ("features/features.json", "[", "features.json is no JSON"),
        ("features/part0/u04.npy", "no array", "u04.npy cannot be read"),
        ("texts.txt", "bee\ntea\n", "^2 usable sentences.*fewer than 100"),
        ("words.dict", "BEE B IY\n", "usable sentences.*texts.txt, line 1"),
    ],
)
def test_other_bad_input_is_named(features, tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(CorpusError, match=message):
        features.unpaired()


def test_a_folder_without_features_or_texts_is_told(features, tmp_path):
    with pytest.raises(CorpusError, match=r"no folder ''; name it with --corpus.root"):
        dataclasses.replace(features, root="").unpaired()
    with pytest.raises(CorpusError, match=r"name a file with --corpus.texts"):
        dataclasses.replace(features, texts="").unpaired()
    with pytest.raises(CorpusError, match=r"cannot read '.*gone.txt': No such file"):
        dataclasses.replace(features, texts=str(tmp_path / "gone.txt")).unpaired()
    (tmp_path / "features/features.json").unlink()
    with pytest.raises(CorpusError, match=r"has no features.json.*`ganspeech features`"):
        features.unpaired()


def test_what_was_trained_with_transcripts_is_not_taken_for_unlabeled(features, tmp_path):
    with pytest.raises(CorpusError, match=r"features says labeled false, so --corpus.labeled yes"):
        dataclasses.replace(features, labeled="yes").unpaired()
    file = tmp_path / "features/features.json"
    write_settings(file.parent, dataclasses.replace(SETTINGS, labeled=True))
    with pytest.raises(CorpusError, match=r"features: y was trained with transcripts.*allow-lab"):
        features.unpaired()
    assert dataclasses.replace(features, allow_labeled=True).unpaired().labeled
    file.unlink()
    foreign = dataclasses.replace(features, rate=50.0)
    with pytest.raises(CorpusError, match=r"does not say whether .*--corpus.labeled no"):
        foreign.unpaired()
    assert not dataclasses.replace(foreign, labeled="no").unpaired().labeled
    with pytest.raises(CorpusError, match=r"allow-labeled True"):
        dataclasses.replace(foreign, labeled="yes").unpaired()


@pytest.fixture
def speech(tmp_path, pronunciation):
    """A corpus of 300 sentences, each a tone of its own between silences."""
    rng = np.random.default_rng(0)
    (tmp_path / "lj/wavs").mkdir(parents=True)
    for n in range(300):
        seconds = 0 if n == 7 else 0.5
        tone = np.sin(np.arange(int(8000 * seconds)) * rng.uniform(0.1, 2))
        audio = np.pad(0.5 * tone * rng.uniform(0.5, 1, len(tone)), 4000)
        audio += rng.normal(0, 1e-4 if seconds else 0, len(audio))
        soundfile.write(tmp_path / f"lj/wavs/{n:03d}.flac", audio, 8000)
    lines = [f"{n:03d}|{text}|{text}" for n, text in enumerate(SENTENCES)]
    (tmp_path / "lj/metadata.csv").write_text("\n".join(lines))
    return UnpairedSpeech(
        LJSpeech(str(tmp_path / "lj"), held_out=20),
        frames=SpeechFrames(sample_rate=8000),
        segmentation=SEGMENTATION,
        pronunciation=pronunciation,
    )


def test_recordings_are_taken_apart(speech, capsys):
    data = speech.unpaired()
    heard = {one.id for one in data.train}
    assert len(data.held_out) == 20 and {one.id for one in data.held_out} == {
        f"{n:03d}" for n in range(280, 300)
    }
    assert 138 <= len(heard) <= 141 and 130 <= len(data.texts) <= 140 and data.width == 39

    def said(row):
        return " ".join(PHONES[n] for n in row if n)

    read = {said(text) for text in data.texts}
    of_heard = {said(one.phones) for one in (*data.train, *data.held_out)}
    assert not read & of_heard
    # Half a second and what is kept around it, of a second and a half.
    assert max(len(one.features) for one in data.train) <= 20
    again = dataclasses.replace(speech, seed=1).unpaired()
    assert {one.id for one in again.train} != heard
    capsys.readouterr()


def test_texts_of_a_file_are_read_too(speech, tmp_path):
    (tmp_path / "more.txt").write_text("\n".join(SENTENCES[:110]))
    data = dataclasses.replace(speech, heard=1.0, texts=str(tmp_path / "more.txt")).unpaired()
    assert len(data.texts) == 110 and len(data.train) >= 279


def test_impossible_speech_is_told(speech, tmp_path):
    with pytest.raises(ValueError, match=r"corpus\.heard is 1, which leaves no texts"):
        dataclasses.replace(speech, heard=1.0)
    with pytest.raises(ValueError, match=r"corpus\.heard must be above 0"):
        dataclasses.replace(speech, heard=0.0)
    with pytest.raises(CorpusError, match=r"cannot read '.*gone.txt'"):
        dataclasses.replace(speech, texts=str(tmp_path / "gone.txt")).unpaired()
    untold = AudioFolder(str(tmp_path / "lj"), held_out=1)
    with pytest.raises(CorpusError, match=r"^0 usable sentences.*add texts"):
        dataclasses.replace(speech, recordings=untold).unpaired()


def test_neither_has_recordings_for_other_tasks(speech, features):
    for corpus in (speech, features):
        with pytest.raises(CorpusError, match=r"use it with the task unpaired-recognition"):
            corpus.utterances()
