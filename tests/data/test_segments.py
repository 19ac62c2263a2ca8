"""Segments: even, repeatable, resumable, and the same for every number of workers and processes."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ganspeech.data.feed import Feed
from ganspeech.data.pipeline import batches
from ganspeech.data.prepare import prepare
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.segments import segments

RATE, LENGTH = 8000, 400


@pytest.fixture(scope="module")
def recordings_of_ramps(tmp_path_factory):
    """Recordings whose samples tell which recording and which place they are from."""
    root = tmp_path_factory.mktemp("ramps")
    rng = np.random.default_rng(0)
    for i, samples in enumerate((4000, 2000, 1000, 800, 300)):
        soundfile.write(root / f"{i}.wav", rng.uniform(-1, 1, samples), RATE)
    corpus = AudioFolder(str(root), held_out=0)
    return prepare(corpus, RATE, minimum_seconds=0, cache=root / "cache", progress=False).train


def take(recordings, count, **arguments):
    options = {"batch_size": 4, "seed": 7} | arguments
    length = options.pop("length", LENGTH)
    source = segments(recordings, Feed(**options), length=length)
    result = [next(source)["audio"] for _ in range(count)]
    source.close()
    return np.concatenate(result)


def where(recordings, segment):
    """Which recording a segment is from, and where it starts."""
    for i, recording in enumerate(recordings):
        audio = recording.audio()
        for start in np.flatnonzero(audio == segment[0]):
            piece = audio[start : start + LENGTH]
            if np.array_equal(piece, segment[: len(piece)]):
                return i, int(start)
    raise AssertionError("a segment that no recording holds")


def test_an_epoch_covers_recordings_by_their_length(recordings_of_ramps):
    drawn = take(recordings_of_ramps, 21, batch_size=1)  # 10 + 5 + 3 + 2 + 1 places
    assert drawn.shape == (21, LENGTH) and drawn.dtype == np.float32
    places = [where(recordings_of_ramps, segment) for segment in drawn]
    assert np.bincount([i for i, _ in places]).tolist() == [10, 5, 3, 2, 1]
    # Another tenth of the longest recording's starts each.
    assert sorted(start * 10 // 3601 for i, start in places if i == 0) == list(range(10))


def test_short_recordings_are_padded_with_zeros(recordings_of_ramps):
    short = recordings_of_ramps[-1]
    drawn = take([short], 1)
    np.testing.assert_array_equal(drawn[0, : short.samples], short.audio())
    assert not drawn[:, short.samples :].any()


def test_the_seed_and_the_epoch_change_the_segments(recordings_of_ramps):
    one = take(recordings_of_ramps, 42, batch_size=1)
    assert not np.array_equal(one[:21], one[21:])
    assert not np.array_equal(one, take(recordings_of_ramps, 42, batch_size=1, seed=8))
    np.testing.assert_array_equal(one, take(recordings_of_ramps, 42, batch_size=1))


@pytest.mark.parametrize("start", [1, 4, 20, 63])
def test_any_start_goes_on_where_an_earlier_run_stopped(recordings_of_ramps, start):
    whole = take(recordings_of_ramps, 25)
    np.testing.assert_array_equal(
        take(recordings_of_ramps, 5, start=start), whole[start : start + 20]
    )
    np.testing.assert_array_equal(
        take(recordings_of_ramps, 2, start=start, batch_size=8), whole[start : start + 16]
    )


def test_processes_together_see_the_batch_of_one(recordings_of_ramps):
    whole = take(recordings_of_ramps, 6, start=8).reshape(6, 4, LENGTH)
    parts = [
        take(recordings_of_ramps, 6, start=8, process_index=i, process_count=2) for i in range(2)
    ]
    joined = np.concatenate([part.reshape(6, 2, LENGTH) for part in parts], axis=1)
    np.testing.assert_array_equal(joined, whole)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_order_does_not_depend_on_workers(recordings_of_ramps, workers):
    expected = take(recordings_of_ramps, 7, start=5)
    np.testing.assert_array_equal(take(recordings_of_ramps, 7, start=5, workers=workers), expected)


def test_closed_batches_say_so(recordings_of_ramps):
    source = segments(recordings_of_ramps, Feed(1), length=10)
    source.close()
    source.close()
    with pytest.raises(ValueError, match="closed"):
        next(source)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_program_may_end_without_closing_and_wakes_no_device(
    recordings_of_ramps, workers, tmp_path
):
    script = tmp_path / "program.py"
    script.write_text(
        "from ganspeech.data.feed import Feed\n"
        "from ganspeech.data.prepare import Recording\n"
        "from ganspeech.data.segments import segments\n"
        "if __name__ == '__main__':\n"
        f"    feed = Feed(2, workers={workers})\n"
        f"    source = segments([{recordings_of_ramps[0]!r}], feed, length=100)\n"
        "    print(next(source)['audio'].shape)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", script],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "JAX_PLATFORMS": "no_device"},
    )
    assert (done.stdout, done.stderr, done.returncode) == ("(2, 100)\n", "", 0)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"length": 0}, "length must be 1 or more"),
        ({"batch_size": 0}, "batch_size must be 1 or more"),
        ({"workers": -1}, "workers must be 0 or more"),
        ({"start": -1}, "start must be 0 or more"),
        ({"process_count": 3}, "batch_size=4 cannot be shared by 3 processes"),
        ({"process_index": 2, "process_count": 2}, r"process_index must be in 0\.\.1"),
    ],
)
def test_impossible_numbers_are_named(recordings_of_ramps, wrong, message):
    with pytest.raises(ValueError, match=message):
        take(recordings_of_ramps, 1, **wrong)


def test_no_recordings():
    with pytest.raises(ValueError, match="recordings is empty"):
        take([], 1)


def test_batches_serve_any_endless_data_set():
    import grain

    source = batches(grain.MapDataset.range(10).repeat(), Feed(4, start=7))
    assert [next(source).tolist() for _ in range(2)] == [[7, 8, 9, 0], [1, 2, 3, 4]]
    source.close()
