"""Sounds in a stream: where they are, whatever the chunks, and what is none."""

import dataclasses

import numpy as np
import pytest

from ganspeech.audio.endpointing import FLOOR_SECONDS, Endpointer, Gate

RATE = 1000
GATE = Gate()


def scene(*parts: tuple[float, float], noise: float = 0.001) -> np.ndarray:
    """Tones of (seconds, loudness) one after another, in noise."""
    total = round(RATE * sum(seconds for seconds, _ in parts))
    audio = np.random.default_rng(0).normal(scale=noise, size=total)
    loud = np.concatenate([np.full(round(RATE * seconds), loud) for seconds, loud in parts])
    return (audio + loud * np.sin(np.arange(total))).astype(np.float32)


def sounds(audio, gate=GATE):
    ears = Endpointer(gate, RATE)
    return ears.feed(audio) + ears.finish()


def test_sounds_are_found_with_what_is_around_them():
    audio = scene((1, 0), (0.4, 0.3), (0.5, 0), (0.3, 0.1), (0.1, 0), (0.3, 0.1), (1, 0))
    first, second = sounds(audio)
    assert (first.start, first.end) == pytest.approx((1.0, 1.4), abs=0.021)
    assert first.heard_from == pytest.approx(first.start - GATE.around)
    heard = round(RATE * first.heard_from)
    np.testing.assert_array_equal(first.audio, audio[heard : heard + len(first.audio)])
    assert len(first.audio) == round(RATE * (first.end - first.start + 2 * GATE.around))
    # A gap shorter than a pause, as in "six", parts nothing.
    assert (second.start, second.end) == pytest.approx((1.9, 2.6), abs=0.021)


def test_a_stream_may_begin_and_end_within_a_word():
    (only,) = sounds(scene((0.31, 0.2)))
    assert (only.start, only.heard_from) == (0.0, 0.0)
    assert only.end == pytest.approx(0.31, abs=0.021)
    assert sounds(np.zeros(0, np.float32)) == []


def test_clicks_whispers_and_offsets_are_no_sounds_and_long_ones_have_no_audio():
    assert sounds(scene((1, 0), (0.05, 0.9), (1, 0))) == []
    assert sounds(scene((1, 0), (0.5, 0.002), (1, 0), noise=1e-5)) == []
    assert sounds(scene((1, 0), (0.3, 0), (1, 0)) + np.float32(0.5)) == []
    (long,) = sounds(scene((4, 0), (2.3, 0.3), (1, 0)))
    assert long.audio is None and long.end - long.start == pytest.approx(2.3, abs=0.041)


def test_the_floor_follows_noise_that_stays():
    gate = dataclasses.replace(GATE, longest=10.0)
    noise = np.random.default_rng(1).normal(scale=0.05, size=12 * RATE).astype(np.float32)
    noise[: 2 * RATE] *= 1e-3
    noise[9 * RATE : 9 * RATE + 400] *= 8
    fan, word = sounds(noise, gate)
    assert fan.start == pytest.approx(2, abs=0.041) and fan.end < 2 + FLOOR_SECONDS
    assert (word.start, word.end) == pytest.approx((9, 9.4), abs=0.041)


@pytest.mark.parametrize("size", [1, 7, 20, 333, 100_000])
def test_chunks_make_no_difference_and_memory_is_bounded(size):
    audio = scene((0.5, 0), (0.3, 0.3), (0.4, 0), (3, 0.2), (1, 0), (0.2, 0.3), (0.05, 0))
    expected = sounds(audio)
    ears, found = Endpointer(GATE, RATE), []
    for start in range(0, len(audio), size):
        new = ears.feed(audio[start : start + size])
        # What comes begins where it said that sounds are yet to come from.
        found += new
        assert all(sound.start < ears.settled for sound in new)
        assert ears.settled <= min((s.start for s in expected[len(found) :]), default=np.inf)
        assert sum(map(len, ears._kept)) <= ears.longest_samples + RATE * GATE.pause
    found += ears.finish()
    assert len(found) == len(expected) == 3
    for one, other in zip(found, expected):
        np.testing.assert_equal(dataclasses.asdict(one), dataclasses.asdict(other))


def test_settings_that_make_no_sense_are_named():
    for wrong, told in (
        ({"pause": 0.0}, r"gate\.pause must be seconds above 0, not 0\.0"),
        ({"longest": np.nan}, r"gate\.longest must be seconds"),
        ({"shortest": 3.0}, r"gate\.shortest, 3 s, must be below gate\.longest"),
        ({"around": 0.5}, r"gate\.around, 0\.5 s, must be at most gate\.pause"),
        ({"margin_db": -1.0}, r"gate\.margin_db must be above 0"),
    ):
        with pytest.raises(ValueError, match=told):
            Gate(**wrong)
