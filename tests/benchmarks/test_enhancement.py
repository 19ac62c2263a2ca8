"""Enhancers on known and unseen speakers: who is which."""

from types import SimpleNamespace

import enhancement
import pytest


def recordings(speaker, count):
    return [SimpleNamespace(id=f"{speaker}-{n}", speaker=speaker) for n in range(count)]


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(enhancement, "recording_of", lambda line: line)
    train = recordings("known", 3)
    held_out = [*recordings("known", 4), *recordings("new", 6)]
    return SimpleNamespace(recordings=SimpleNamespace(train=train, held_out=held_out))


def test_speakers_are_known_who_are_in_the_training(run):
    found = enhancement.of_each_kind(run, None)
    assert found["known speakers"] == {f"known-{n}" for n in range(4)}
    assert found["unseen speakers"] == {f"new-{n}" for n in range(6)}


def test_fewer_sentences_are_spread_evenly(run):
    found = enhancement.of_each_kind(run, 2)
    assert found["known speakers"] == {"known-0", "known-2"}
    assert found["unseen speakers"] == {"new-0", "new-3"}


def test_a_kind_that_nobody_is_of_has_no_table(run):
    run.recordings.train = recordings("other", 1)
    assert list(enhancement.of_each_kind(run, None)) == ["unseen speakers"]
