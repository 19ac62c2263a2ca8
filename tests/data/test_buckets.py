"""Bucketed batches: few shapes, fair shares, repeatable draws, the same for every reader."""

from collections import Counter

import numpy as np
import pytest
import soundfile

from ganspeech.data.buckets import bucket_of, bucketed, shapes
from ganspeech.data.feed import Feed
from ganspeech.data.labels.transcribed import LabeledRecording
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import Noises
from ganspeech.data.prepare import prepare
from ganspeech.data.readers.folder import AudioFolder

RATE = 8000
BUCKETS = (0.05, 0.1, 0.4)
LENGTHS = (300, 310, 390, 400, 200, 350, 700, 800, 500, 3000)
"""Six of the first bucket, three of the second, one of the third."""
QUIET = Noises({}, {})
NOISY = Conditions(noisy=0.7, reverberant=0.5, speeds=(0.9, 1.0, 1.1), snr_db=(0.0, 10.0))


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Line i has i + 1 labels, all of them i + 1, and other samples than any other line."""
    root = tmp_path_factory.mktemp("noise")
    rng = np.random.default_rng(0)
    for i, samples in enumerate(LENGTHS):
        soundfile.write(root / f"{i}.wav", rng.uniform(-1, 1, samples), RATE)
    corpus = AudioFolder(str(root), held_out=0)
    found = prepare(corpus, RATE, minimum_seconds=0, cache=root / "cache", progress=False).train
    return [LabeledRecording(recording, (i + 1,) * (i + 1)) for i, recording in enumerate(found)]


@pytest.fixture(scope="module")
def noises():
    rng = np.random.default_rng(5)
    seen = {name: rng.standard_normal(n).astype(np.float32) for name, n in (("a", 99), ("b", 9999))}
    return Noises(seen, {"c": np.full(100, np.nan, np.float32)})


def take(lines, count, conditions=None, noises=QUIET, **arguments):
    options = {"batch_size": 4, "seed": 7} | arguments
    buckets = options.pop("buckets", BUCKETS)
    source = bucketed(
        lines,
        Feed(**options),
        buckets=buckets,
        sample_rate=RATE,
        conditions=conditions or Conditions(),
        noises=noises,
    )
    found = [next(source) for _ in range(count)]
    source.close()
    return found


def same(ours, theirs):
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert one.keys() == other.keys()
        for name in one:
            np.testing.assert_array_equal(one[name], other[name])


def joined(parts):
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def test_a_batch_is_of_one_bucket_and_padded_with_zeros(lines):
    for batch in take(lines, 20):
        assert {name: value.dtype for name, value in batch.items()} == {
            "audio": np.float32,
            "clean": np.float32,
            "samples": np.int32,
            "labels": np.int32,
            "label_lengths": np.int32,
            "speaker": np.int32,
        }
        for i in range(4):
            samples, labels = int(batch["samples"][i]), int(batch["label_lengths"][i])
            line = lines[batch["labels"][i, 0] - 1]
            assert tuple(batch["labels"][i, :labels]) == line.labels
            assert not batch["labels"][i, labels:].any()
            np.testing.assert_array_equal(batch["audio"][i, :samples], line.recording.audio())
            assert not batch["audio"][i, samples:].any()
            least = bucket_of(samples, BUCKETS, RATE)
            assert batch["audio"].shape == (4, least)
        np.testing.assert_array_equal(batch["clean"], batch["audio"])


def test_the_shapes_are_known_beforehand(lines):
    # So many compilations: the width of a bucket is that of its longest labels.
    expected = [(400, 6), (800, 9), (3200, 10)]
    assert shapes(lines, BUCKETS, RATE) == expected
    drawn = {(b["audio"].shape[1], b["labels"].shape[1]) for b in take(lines, 60)}
    assert drawn == set(expected)
    speeds = (0.5, 1.0)
    drawn = take(lines, 60, Conditions(speeds=speeds))
    found = {(b["audio"].shape[1], b["labels"].shape[1]) for b in drawn}
    assert found == set(shapes(lines, BUCKETS, RATE, speeds))
    assert shapes(lines[:2], BUCKETS, RATE) == [(400, 2)]


def test_every_line_is_heard_equally_often(lines):
    # Ten batches a cycle: four epochs of each bucket.
    heard = Counter(int(n) for batch in take(lines, 20) for n in batch["labels"][:, 0])
    assert heard == {n: 8 for n in range(1, 11)}
    first = take(lines, 10)
    assert Counter(batch["audio"].shape[1] for batch in first) == {400: 6, 800: 3, 3200: 1}
    order = [int(n) for b in first if b["audio"].shape[1] == 800 for n in b["labels"][:, 0]]
    for epoch in range(4):
        assert sorted(order[3 * epoch : 3 * epoch + 3]) == [7, 8, 9]
    assert len({tuple(order[3 * epoch : 3 * epoch + 3]) for epoch in range(4)}) > 1


def test_the_speeds_are_drawn_evenly_and_change_the_length(lines):
    found = take(lines[:2], 30, Conditions(speeds=(0.8, 1.0, 1.25)))
    lengths = Counter(int(n) for batch in found for n in batch["samples"])
    assert set(lengths) == {375, 300, 240, 388, 310, 248}
    assert set(lengths.values()) == {20}


def test_a_faster_word_is_the_same_word_higher(tmp_path):
    tone = np.sin(2 * np.pi * 500 * np.arange(RATE) / RATE)
    soundfile.write(tmp_path / "tone.wav", tone, RATE)
    corpus = AudioFolder(str(tmp_path), held_out=0)
    found = prepare(corpus, RATE, minimum_seconds=0, cache=tmp_path, progress=False).train
    (batch,) = take(
        [LabeledRecording(found[0], (1,))], 1, Conditions(speeds=(1.25,)), buckets=(1.0,)
    )
    assert set(batch["samples"]) == {6400}
    spectrum = np.abs(np.fft.rfft(batch["audio"][0, :6400]))
    assert np.argmax(spectrum) == 500 * 1.25 * 6400 / RATE


def test_a_speed_that_labels_or_buckets_do_not_allow_is_not_used(lines):
    tight = LabeledRecording(lines[0].recording, (1,), least_samples=290)
    assert {int(n) for b in take([tight], 9, Conditions(speeds=(1.25,))) for n in b["samples"]} == {
        300
    }
    speeds = Conditions(speeds=(0.9,))
    assert {int(n) for b in take(lines[9:], 9, speeds) for n in b["samples"]} == {3000}
    assert {int(n) for b in take(lines[9:], 9, speeds, buckets=(1.0,)) for n in b["samples"]} == {
        3333
    }


def test_noise_lies_over_the_speech_alone_at_the_ratios_asked(lines, noises):
    for batch in take(lines, 30, Conditions(noisy=1.0, snr_db=(3.0, 9.0)), noises):
        for i, samples in enumerate(batch["samples"]):
            clean = batch["clean"][i, :samples].astype(np.float64)
            added = batch["audio"][i, :samples] - clean
            assert 2.99 < 10 * np.log10(np.mean(clean**2) / np.mean(added**2)) < 9.01
            assert not batch["audio"][i, samples:].any()
            assert np.abs(batch["audio"][i]).max() <= 1


def test_silence_lies_around_an_utterance_and_counts_as_heard(lines):
    conditions = Conditions(silence=0.05)
    for batch in take(lines, 60, conditions):
        bucket = batch["audio"].shape[1]
        for audio, samples in zip(batch["clean"], batch["samples"]):
            said = np.flatnonzero(audio)
            assert said[-1] < samples <= bucket
            assert not audio[samples:].any()
    plain = np.concatenate([batch["samples"] for batch in take(lines, 60)])
    longer = np.concatenate([batch["samples"] for batch in take(lines, 60, conditions)])
    assert len(np.unique(longer)) > len(np.unique(plain))
    assert longer.sum() > plain.sum()


def test_shares_are_heard_in_noise_and_in_rooms(lines, noises):
    def changed(conditions):
        found = take(lines[:6], 60, conditions, noises)
        return np.mean([np.any(b["audio"] != b["clean"], axis=1) for b in found])

    assert changed(Conditions(noisy=0.3)) == pytest.approx(0.3, abs=0.08)
    assert changed(Conditions(reverberant=0.6)) == pytest.approx(0.6, abs=0.08)
    assert changed(Conditions()) == 0


def test_the_order_does_not_depend_on_workers(lines, noises):
    expected = take(lines, 7, NOISY, noises, start=8)
    same(take(lines, 7, NOISY, noises, start=8, workers=2), expected)


@pytest.mark.parametrize("start", [1, 5, 31])
def test_any_start_goes_on_where_an_earlier_run_stopped(lines, noises, start):
    whole = take(lines, 36, NOISY, noises)
    same(take(lines, 4, NOISY, noises, start=4 * start), whole[start : start + 4])


def test_processes_together_see_the_batch_of_one(lines, noises):
    whole = take(lines, 6, NOISY, noises, start=8)
    parts = [
        take(lines, 6, NOISY, noises, start=8, process_index=i, process_count=2) for i in range(2)
    ]
    same([joined(pair) for pair in zip(*parts, strict=True)], whole)


def test_another_seed_is_another_order_of_the_same_shapes(lines, noises):
    ours, theirs = (take(lines, 20, NOISY, noises, seed=seed) for seed in (0, 1))
    assert [b["audio"].shape for b in ours] == [b["audio"].shape for b in theirs]
    assert not any(np.array_equal(a["audio"], b["audio"]) for a, b in zip(ours, theirs))
    same(ours, take(lines, 20, NOISY, noises, seed=0))


def test_a_run_of_batches_is_of_one_bucket(lines):
    found = [batch["audio"].shape for batch in take(lines, 30, together=3)]
    assert all(len(set(found[i : i + 3])) == 1 for i in range(0, 30, 3))
    assert len(set(found)) == 3
    same(take(lines, 4, together=3, start=4 * 5), take(lines, 9, together=3)[5:])


def test_buckets_hold_what_is_not_longer():
    assert [bucket_of(n, BUCKETS, RATE) for n in (1, 400, 401, 3200)] == [400, 400, 800, 3200]
    with pytest.raises(ValueError, match=r"0\.50 s are longer than the longest bucket, 0\.4 s"):
        bucket_of(4000, BUCKETS, RATE)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"start": 6}, "start=6 must be a multiple of batch_size=4"),
        ({"batch_size": 0}, "batch_size must be 1 or more"),
        ({"together": 0}, "together must be 1 or more"),
        ({"conditions": Conditions(noisy=0.1)}, "no noises to train with"),
        ({"buckets": (0.01,)}, "longer than the longest bucket"),
    ],
)
def test_what_is_impossible_is_named(lines, wrong, told):
    with pytest.raises(ValueError, match=told):
        take(lines, 1, **wrong)


def test_no_lines():
    with pytest.raises(ValueError, match="lines is empty"):
        take([], 1)
