"""Preparing: what is converted, what is skipped and named, and a cache that is whole or absent."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ganspeech.audio.decoding import CUT_OFF
from ganspeech.data.cache import build_once, cache_root
from ganspeech.data.corpus import CorpusError
from ganspeech.data.prepare import prepare
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.ljspeech import LJSpeech

RATE = 8000


def tone(seconds: float, rate: int = RATE, peak: float = 0.25, hertz: float = 440.0) -> np.ndarray:
    return peak * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path) -> Path:
    path = tmp_path / "audio"
    path.mkdir()
    for name in "abc":
        soundfile.write(path / f"{name}.wav", tone(0.5), RATE, subtype="FLOAT")
    return path


def prepared(folder: Path, held_out: int = 1, rate: int = RATE):
    corpus = AudioFolder(str(folder), held_out=held_out)
    return prepare(corpus, rate, minimum_seconds=0.2, progress=False)


def test_audio_is_normalized_and_survives_the_cache(folder):
    result = prepared(folder)
    assert [r.id for r in result.train] == ["a", "b"] and [r.id for r in result.held_out] == ["c"]
    audio = result.held_out[0].audio()
    assert audio.dtype == np.float32 and len(audio) == result.held_out[0].samples == 4000
    np.testing.assert_allclose(audio, tone(0.5) * 0.95 / 0.25, atol=1e-4)
    np.testing.assert_array_equal(result.held_out[0].audio(10, 20), audio[10:20])
    np.testing.assert_array_equal(result.held_out[0].audio(3990, 5000), audio[3990:])


def test_bad_recordings_are_skipped_or_converted_and_named(folder, capsys):
    (folder / "broken.wav").write_bytes(b"RIFF nonsense")
    soundfile.write(folder / "empty.wav", np.zeros(0), RATE)
    soundfile.write(folder / "nan.wav", np.append(tone(1), np.nan), RATE, subtype="FLOAT")
    soundfile.write(folder / "silent.wav", np.full(RATE, 0.2), RATE)
    soundfile.write(folder / "short.wav", tone(0.1), RATE)
    soundfile.write(folder / "stereo.wav", np.stack([tone(0.5), 0 * tone(0.5)], 1), RATE)
    soundfile.write(folder / "wide.flac", tone(0.5, 16000), 16000)
    result = prepared(folder, held_out=2)
    assert [r.id for r in [*result.train, *result.held_out]] == ["a", "b", "c", "stereo", "wide"]
    names = {
        "broken": "cannot read the file as audio",
        "empty": "no audio",
        "nan": "NaN",
        "silent": "silent",
        "short": r"shorter than 0.2 s",
    }
    assert {n for names in result.problems.skipped.values() for n in names} == names.keys()
    for name, words in names.items():
        assert [name] in [v for reason, v in result.problems.skipped.items() if words in reason]
    assert result.problems.mended == {
        "2 channels averaged to mono": ["stereo"],
        "resampled from 16000 to 8000 Hz": ["wide"],
    }
    assert capsys.readouterr().err.splitlines() == [
        f"AudioFolder: {line}" for line in result.problems.lines()
    ]
    stereo, wide = result.held_out
    np.testing.assert_allclose(stereo.audio(), tone(0.5) * 0.95 / 0.25, atol=1e-3)
    assert wide.samples == 4000
    np.testing.assert_allclose(wide.audio()[200:-200], tone(0.5)[200:-200] * 3.8, atol=0.02)
    again = prepared(folder, held_out=2)
    assert again == result  # problems are remembered with the cache


def test_recordings_that_are_cut_off_are_used_and_named(folder, capsys):
    for name, seconds in (("d.wav", 1), ("e.flac", 3)):
        soundfile.write(
            folder / name, np.random.default_rng(0).uniform(-1, 1, seconds * RATE), RATE
        )
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])
    result = prepared(folder, held_out=2)
    assert result.problems.mended == {CUT_OFF: ["d", "e"]}
    assert [r.id for r in result.held_out] == ["d", "e"] and result.held_out[0].samples == 3989
    assert f"used 2: {CUT_OFF} (d, e)" in capsys.readouterr().err


def test_recordings_beyond_full_scale_are_scaled_and_named(folder):
    soundfile.write(folder / "d.wav", np.round(tone(1, peak=9000)), RATE, subtype="FLOAT")
    soundfile.write(folder / "e.wav", tone(1, peak=2.5), RATE, subtype="FLOAT")
    soundfile.write(folder / "f.wav", tone(1, peak=1e30), RATE, subtype="FLOAT")
    soundfile.write(folder / "g.wav", np.round(tone(1, peak=1e5)), RATE, subtype="FLOAT")
    result = prepared(folder, held_out=1)
    assert result.problems.mended == {
        "integers stored as floats, divided by 32768": ["d"],
        "beyond full scale, divided by its peak": ["e"],
        "integers stored as floats, divided by 8388608": ["g"],
    }
    assert list(result.problems.skipped.values()) == [["f"]]


def test_reading_problems_and_conversion_problems_are_both_named(tmp_path):
    (tmp_path / "wavs").mkdir()
    for name in "ab":
        soundfile.write(tmp_path / f"wavs/{name}.wav", tone(0.5), RATE)
    (tmp_path / "wavs/c.wav").write_bytes(b"")
    (tmp_path / "metadata.csv").write_text("a|x|x\nb|y|y\nc|z|z\nd|w|w\n")
    result = prepare(LJSpeech(str(tmp_path), 1), RATE, minimum_seconds=0.2, progress=False)
    assert sorted(n for names in result.problems.skipped.values() for n in names) == ["c", "d"]
    assert [(r.text, r.speaker) for r in [*result.train, *result.held_out]] == [
        ("x", "LJ"),
        ("y", "LJ"),
    ]


def test_nothing_usable_says_why_and_where(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(RATE), RATE)
    with pytest.raises(CorpusError, match=rf"none of the 1 .*{tmp_path}/a.wav.*silent.*\(a\)"):
        prepared(tmp_path)


def test_too_many_held_out(folder):
    with pytest.raises(CorpusError, match=r"3 usable .*corpus\.held-out=3 leaves none"):
        prepared(folder, held_out=3)


def test_minutes_are_the_first_recordings_and_leave_the_rest_as_it_is(folder):
    whole = prepared(folder)
    assert whole.first(0, RATE) is whole and len(whole.train) == 2
    for seconds, count in [(0.1, 1), (0.5, 1), (0.99, 1), (1.0, 2), (60.0, 2)]:
        part = whole.first(seconds / 60, RATE)
        assert list(part.train) == list(whole.train)[:count]
        assert (part.held_out, part.fingerprint) == (whole.held_out, whole.fingerprint)


def test_the_cache_is_reused_until_a_file_changes(folder, cache):
    first = prepared(folder)
    assert len(list(cache.iterdir())) == 1
    store = Path(first.train[0].store)
    before = store.stat().st_mtime_ns
    assert prepared(folder).train == first.train and store.stat().st_mtime_ns == before
    assert prepared(folder, held_out=2).fingerprint == first.fingerprint
    assert len(list(cache.iterdir())) == 1
    soundfile.write(folder / "a.wav", tone(0.6), RATE, subtype="FLOAT")
    changed = prepared(folder)
    assert changed.train[0].samples == 4800 and changed.fingerprint != first.fingerprint
    assert prepared(folder, rate=4000).fingerprint != changed.fingerprint
    assert len(list(cache.iterdir())) == 3


def test_another_minimum_reads_the_same_cache_and_names_what_is_too_short(folder, cache):
    soundfile.write(folder / "d.wav", np.stack([tone(0.3)] * 2, 1), RATE)
    corpus = AudioFolder(str(folder), held_out=1)
    every = prepare(corpus, RATE, minimum_seconds=0.3, progress=False)
    assert [r.id for r in [*every.train, *every.held_out]] == ["a", "b", "c", "d"]
    assert every.problems.mended == {"2 channels averaged to mono": ["d"]}
    longer = prepare(corpus, RATE, minimum_seconds=0.4, progress=False)
    assert [r.id for r in [*longer.train, *longer.held_out]] == ["a", "b", "c"]
    assert longer.problems.lines() == ["skipped 1: shorter than 0.4 s (d)"]
    assert len(list(cache.iterdir())) == 1
    (folder / "d.wav").unlink()
    assert prepared(folder).fingerprint == longer.fingerprint != every.fingerprint


def test_the_fingerprint_is_of_the_content_not_of_the_place_or_time(folder, tmp_path):
    first = prepared(folder)
    moved = folder.rename(tmp_path / "elsewhere")
    os.utime(moved / "a.wav", (1, 1))
    assert prepared(moved).fingerprint == first.fingerprint


def test_a_damaged_cache_is_an_error_that_names_the_folder(folder):
    store = Path(prepared(folder).train[0].store)
    store.write_bytes(store.read_bytes()[:-2])
    with pytest.raises(CorpusError, match=f"damaged cache, delete {store.parent}"):
        prepared(folder)


def test_a_cache_that_cannot_be_written(folder, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "file/cache"))
    with pytest.raises(CorpusError, match=r"cannot write the cache .*GANSPEECH_CACHE"):
        prepared(folder)


def test_recordings_travel_as_a_few_bytes(folder):
    recording = prepared(folder).train[0]
    copy = pickle.loads(pickle.dumps(recording))
    assert copy == recording and len(pickle.dumps(recording)) < 500
    np.testing.assert_array_equal(copy.audio(), recording.audio())


def test_a_failed_build_leaves_nothing(tmp_path):
    def fail(partial):
        (partial / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_once(tmp_path / "cache/x", fail)
    assert not list((tmp_path / "cache").iterdir())


def test_of_two_builders_one_wins_and_both_see_its_folder(tmp_path):
    barrier, seen = threading.Barrier(2), []

    def fill(partial):
        (partial / "who").write_text(threading.current_thread().name)
        barrier.wait(timeout=10)

    def build():
        seen.append((build_once(tmp_path / "x", fill) / "who").read_text())

    threads = [threading.Thread(target=build) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 2 and len(set(seen)) == 1
    assert [path.name for path in tmp_path.glob("x*")] == ["x"]


def test_a_killed_run_leaves_no_cache_and_its_rest_is_swept_a_day_later(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from ganspeech.data.cache import build_once\n"
        "def fill(p): (p / 'half').write_text('x'); print('half', flush=True); time.sleep(60)\n"
        f"build_once(Path({str(tmp_path / 'x')!r}), fill)\n"
    )
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root
    ) as process:
        assert process.stdout.readline() == b"half\n"
        process.send_signal(signal.SIGKILL)
    (rest,) = tmp_path.glob("x*")
    assert rest.name.startswith("x.partial-")
    build_once(tmp_path / "y", lambda partial: None)
    assert rest.is_dir()
    for path in (rest / "half", rest):
        os.utime(path, (time.time() - 2 * 86400,) * 2)
    assert build_once(tmp_path / "x", lambda partial: None) == tmp_path / "x"
    assert sorted(path.name for path in tmp_path.glob("[xy]*")) == ["x", "y"]


def test_where_the_cache_lies(monkeypatch, tmp_path):
    assert cache_root("given") == Path("given")
    assert cache_root() == tmp_path / "cache"
    monkeypatch.delenv("GANSPEECH_CACHE")
    assert cache_root() == Path.home() / ".cache/ganspeech"


def test_a_real_corpus(recordings):
    result = prepare(
        LJSpeech(str(recordings / "kathleen")), 16000, minimum_seconds=0.5, progress=False
    )
    assert len(result.train) == 533 and len(result.held_out) == 60
    assert not result.problems.skipped
    assert list(result.problems.mended) == ["resampled from 22050 to 16000 Hz"]
    assert 25 < sum(r.samples for r in result.train) / 16000 / 60 < 30
    assert all(abs(np.abs(r.audio()).max() - 0.95) < 1e-3 for r in result.held_out[:5])
