"""Corpora of which memory holds only a part: interrupted, damaged, shared, and never read whole."""

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ganspeech.data import cache, convert, rows, sorting
from ganspeech.data.corpus import CorpusError
from ganspeech.data.labels.labeled import Line, labeled
from ganspeech.data.prepare import Prepared, prepare
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.mixture import Mixture
from ganspeech.data.segments import cut_segments
from ganspeech.process.locks import locked

RATE, COUNT = 8000, 200
ROOT = Path(__file__).parents[2]


def write_corpus(root: Path, count: int = COUNT) -> None:
    rng = np.random.default_rng(0)
    for n in range(count):
        folder = root / f"{n % 7}" / f"{n % 11}"
        folder.mkdir(parents=True, exist_ok=True)
        audio = rng.uniform(-0.5, 0.5, 40 + n % 50)
        soundfile.write(folder / f"{n:05d}.wav", audio, RATE if n % 9 else 2 * RATE)


@pytest.fixture
def corpus(tmp_path, monkeypatch) -> AudioFolder:
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(convert, "PART", 50)
    monkeypatch.setattr(rows, "BUFFERED", 16)
    monkeypatch.setattr(sorting, "IN_MEMORY", 30)
    write_corpus(tmp_path / "audio")
    return AudioFolder(str(tmp_path / "audio"), held_out=10)


def prepared(corpus, **settings) -> Prepared:
    return prepare(corpus, RATE, minimum_seconds=0, progress=False, **settings)


def contents(found: Prepared) -> list:
    return [(r.id, r.speaker, r.audio().tobytes()) for r in (*found.train, *found.held_out)]


def test_small_parts_give_what_one_gives(corpus, tmp_path, monkeypatch):
    first = prepared(corpus)
    assert [r.id for r in first.train] == sorted(r.id for r in first.train)
    assert len(first.train) == COUNT - 10 and first.train[0].speaker == "0"
    assert len(first.problems.mended["resampled from 16000 to 8000 Hz"]) == 23
    monkeypatch.undo()
    again = prepared(corpus, cache=tmp_path / "other")
    assert contents(first) == contents(again)
    assert (first.problems, first.fingerprint) == (again.problems, again.fingerprint)


@pytest.mark.parametrize("killed_at", [0, 49, 50, 120])
def test_an_interrupted_preparation_goes_on_from_its_last_part(
    corpus, tmp_path, monkeypatch, killed_at
):
    whole = contents(prepared(corpus, cache=tmp_path / "other"))
    converted, real = [], convert.convert

    def interrupted(utterance, sample_rate):
        converted.append(utterance.id)
        if len(converted) > killed_at:
            raise KeyboardInterrupt
        return real(utterance, sample_rate)

    monkeypatch.setattr(convert, "convert", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepared(corpus)
    (rest,) = (p for p in (tmp_path / "cache").iterdir() if p.is_dir())
    with open(rest / "samples.int16", "ab") as file:
        file.write(b"half a part")
    converted.clear()
    killed_at, before = COUNT, killed_at
    assert contents(prepared(corpus)) == whole
    assert len(converted) == COUNT - before // 50 * 50
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_killed_process_leaves_what_another_finishes(corpus, tmp_path):
    program = (
        "import os, signal, sys\n"
        "from ganspeech.data import convert\n"
        "from ganspeech.data.prepare import prepare\n"
        "from ganspeech.data.readers.folder import AudioFolder\n"
        "convert.PART, real = 50, os.fsync\n"
        "def fsync(number, calls=[]):\n"
        "    calls.append(real(number))\n"
        "    if len(calls) == 14: os.kill(os.getpid(), signal.SIGKILL)\n"
        "os.fsync = fsync\n"
        f"prepare(AudioFolder({corpus.root!r}), {RATE}, minimum_seconds=0, progress=False)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60)
    assert done.returncode == -signal.SIGKILL
    (rest,) = (p for p in (tmp_path / "cache").iterdir() if p.is_dir())
    assert json.loads((rest / cache.SIZES).read_text())[cache.SIZES] == 100
    assert contents(prepared(corpus)) == contents(prepared(corpus, cache=tmp_path / "other"))


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"rows": 99999999, "sizes.json": 50}'])
def test_an_unusable_rest_is_made_anew(corpus, tmp_path, damage):
    whole = contents(prepared(corpus))
    (folder,) = (tmp_path / "cache").iterdir()
    rest = unfinished(folder)
    folder.rename(rest)
    (rest / cache.SIZES).write_text(damage)
    assert contents(prepared(corpus)) == whole


def unfinished(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.unfinished-{socket.gethostname()}")


def test_a_second_process_waits_for_the_first(corpus, tmp_path, capsys):
    whole = contents(prepared(corpus, cache=tmp_path / "other"))
    (finished,) = (tmp_path / "other").iterdir()
    (tmp_path / "cache").mkdir()
    with locked(Path(f"{unfinished(tmp_path / 'cache' / finished.name)}.lock"), "it"):
        results = []
        waiting = threading.Thread(target=lambda: results.append(contents(prepared(corpus))))
        waiting.start()
        waiting.join(timeout=0.5)
        assert waiting.is_alive() and not results
        assert f"another process prepares {finished.name}" in capsys.readouterr().err
        finished.rename(tmp_path / "cache" / finished.name)
    waiting.join(timeout=30)
    assert results == [whole]


DAMAGES = {
    "samples.int16": lambda p: os.truncate(p, 100),
    "rows": lambda p: os.truncate(p, 64),
    "strings.utf8": lambda p: p.unlink(),
    "speakers.jsonl": lambda p: p.write_bytes(b"\x00" * p.stat().st_size),
    "outcomes.jsonl": lambda p: p.write_bytes(b"[]\n" + p.read_bytes()),
    "sizes.json": lambda p: p.write_text("[1]"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_table_is_one_line_that_names_the_folder(corpus, tmp_path, name):
    prepared(corpus)
    (folder,) = (tmp_path / "cache").iterdir()
    DAMAGES[name](folder / name)
    with pytest.raises(CorpusError, match=f"damaged cache, delete {folder}: ") as error:
        prepared(corpus)
    assert "\n" not in str(error.value)


def test_rows_that_point_beyond_their_files_are_damage(corpus, tmp_path):
    prepared(corpus)
    (folder,) = (tmp_path / "cache").iterdir()
    path = folder / "rows"
    path.write_bytes(bytes([255]) * path.stat().st_size)
    with pytest.raises(CorpusError, match=r"damaged cache, delete .* that are not there"):
        prepared(corpus)


def test_samples_that_vanish_while_they_are_read(corpus, tmp_path):
    recording = prepared(corpus).held_out[-1]
    os.truncate(recording.store, 100)
    with pytest.raises(CorpusError, match=f"damaged cache, delete {Path(recording.store).parent}"):
        recording.audio()


def test_an_old_cache_is_left_alone_and_the_corpus_prepared_anew(corpus, tmp_path, capsys):
    old = tmp_path / "cache" / f"audiofolder-{RATE}-0123456789abcdef0123"
    old.mkdir(parents=True)
    (old / "index.json").write_text('{"recordings": [], "problems": {}}')
    assert len(prepared(corpus).train) == COUNT - 10
    assert old.is_dir() and "error" not in capsys.readouterr().err


def test_lists_travel_without_their_rows(corpus):
    train = prepared(corpus).train
    assert len(pickle.dumps(train)) < 500
    assert pickle.loads(pickle.dumps(train)) == train
    lines = labeled(train, (Line(n, (n, 1)) for n in range(len(train))))
    copy = pickle.loads(pickle.dumps(lines))
    assert copy == lines and len(pickle.dumps(lines)) < 800
    assert copy[3].labels == (3, 1) and copy[3].recording == train[3]
    folder = Path(lines._folder)
    del lines
    assert not folder.exists()


def test_parts_of_mixtures_are_found_through_one_list(corpus, tmp_path):
    both = Mixture((corpus, AudioFolder(str(tmp_path / "audio" / "3"), held_out=2)))
    found = prepared(both)
    one, other = map(prepared, both.parts)
    assert list(found.train) == [*one.train, *other.train]
    assert found.train[len(one.train) :] == other.train
    assert [r.id for r in found.held_out[:4]] == [
        r.id for pair in zip(one.held_out, other.held_out) for r in pair
    ]
    np.testing.assert_array_equal(found.train.column("samples"), [r.samples for r in found.train])


def test_ljspeech_in_one_folder_is_matched_by_sorting(tmp_path, monkeypatch):
    monkeypatch.setattr(sorting, "IN_MEMORY", 20)
    (tmp_path / "wavs").mkdir()
    for n in range(100):
        (tmp_path / f"wavs/{n:03d}.{'wav' if n % 2 else 'flac'}").touch()
        (tmp_path / f"wavs/{n:03d}.mp3").touch()
    lines = [f"{n:03d}|text {n}" for n in reversed(range(100))]
    (tmp_path / "metadata.csv").write_text("\n".join(lines))
    found = LJSpeech(str(tmp_path)).utterances()
    assert [u.text for u in found] == [f"text {n}" for n in range(100)]
    assert {Path(u.audio).suffix for u in found} == {".wav", ".flac"}


def test_memory_does_not_grow_with_the_list(tmp_path, monkeypatch):
    """Python's own memory, of a list five times as long."""

    def most(count: int) -> int:
        tracemalloc.start()
        found = AudioFolder(str(folder)).utterances()
        assert len(found) == count and sum(1 for _ in found) == count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    folder = tmp_path / "audio"
    folder.mkdir()
    monkeypatch.setattr(sorting, "IN_MEMORY", 1000)
    monkeypatch.setattr(sorting, "READ_AT_ONCE", 20)
    monkeypatch.setattr(rows, "BUFFERED", 500)
    peaks = []
    for first, last in ((0, 2000), (2000, 10000)):
        for n in range(first, last):
            (folder / f"{n:06d}.wav").touch()
        peaks.append(most(last))
    assert peaks[1] < 1.3 * peaks[0]


def test_a_segment_reads_nothing_but_itself(corpus, monkeypatch):
    train = prepared(corpus).train
    read, real = [], os.pread

    def pread(number, count, offset):
        read.append(count)
        return real(number, count, offset)

    monkeypatch.setattr(os, "pread", pread)
    examples = cut_segments(train, 20, seed=0)
    assert not read
    for place in range(30):
        assert len(examples[place]["audio"]) == 20
    assert read == [40] * 30
