"""Words in a stream: what is counted as found, mistaken, taken and heard from nothing."""

from itertools import pairwise

import numpy as np
import pytest
import spotting
from spotting import Counts, Said

from ganspeech.models.spotter import REJECTED, Spotted

RATE = 8000


def heard(*words):
    return [Spotted(word, 1.0, start, start + 0.3) for word, start in words]


def test_what_became_of_everything_is_counted():
    said = [Said("one", 1, 1.4), Said("", 2, 2.5), Said("two", 3, 3.4), Said("six", 4, 4.4)]
    found = heard(("one", 1.05), ("nine", 2.1), ("three", 3.0), (REJECTED, 4.0), ("four", 5.0))
    assert spotting.counted(said, found) == Counts(found=1, mistaken=1, taken=1, from_nothing=1)
    assert spotting.counted(said, []) == Counts(0, 0, 0, 0)


def test_a_digit_cut_in_two_counts_once():
    said = [Said("six", 4, 5), Said("", 6, 7)]
    found = heard(("two", 4.0), ("six", 4.5), ("two", 6.0), ("two", 6.5))
    assert spotting.counted(said, found) == Counts(1, 0, 1, 0)


def test_everything_is_said_once_with_pauses():
    clips = [np.full(800 * n, 0.5, np.float32) for n in (1, 2, 3)]
    audio, said = spotting.stream(clips, ["one", "two", ""], RATE)
    assert sorted(one.word for one in said) == ["", "one", "two"]
    assert all(b.start - a.end >= spotting.PAUSES[0] - 1e-3 for a, b in pairwise(said))
    for one in said:
        part = audio[round(one.start * RATE) : round(one.end * RATE)]
        assert len(part) == {"one": 800, "two": 1600, "": 2400}[one.word]
        assert 0.5 * 10 ** (spotting.QUIETEST_DB / 20) - 0.01 < part.mean() <= 0.51


def test_noise_lies_so_many_decibels_below_what_is_said():
    rng = np.random.default_rng(0)
    clips = [(0.1 * rng.normal(size=4000)).astype(np.float32) for _ in range(4)]
    audio, said = spotting.stream(clips, list("abcd"), RATE)
    noises = [rng.normal(size=900).astype(np.float32) for _ in range(2)]
    noise = spotting.in_noise(audio, said, noises, 20.0, RATE) - audio
    spoken = np.concatenate([audio[int(o.start * RATE) : int(o.end * RATE)] for o in said])
    assert 20 * np.log10(spoken.std() / noise.std()) == pytest.approx(20, abs=0.5)
