"""What a run remembers of ratings."""

import numpy as np
import pytest

from ganspeech.runs.checkpoints import CheckpointError
from ganspeech.training.ratings import Ratings


def rated(first, count=3):
    return {"x": np.arange(first, first + count), "rating": np.linspace(0, 1, count)}


def test_one_rating_is_due_in_every_so_many_steps(tmp_path):
    ratings = Ratings(tmp_path, 0)
    assert ratings.due(0, 10)
    ratings.add(0, rated(0), write=False)
    assert not ratings.due(9, 10) and ratings.due(10, 10) and ratings.due(12, 10)
    ratings.add(12, rated(10), write=False)
    assert not ratings.due(19, 10) and ratings.due(20, 10)


def test_a_run_goes_on_with_what_was_rated_before_its_step(tmp_path):
    ratings = Ratings(tmp_path, 0)
    for step in (0, 10, 20):
        ratings.add(step, rated(step), write=True)
    resumed = Ratings(tmp_path, 10)
    assert not resumed.due(10, 10) and resumed.due(20, 10)
    drawn = resumed.draw(np.random.default_rng(0), 50)
    assert {int(one["x"]) for one in drawn} <= {0, 1, 2, 10, 11, 12}
    assert not list(tmp_path.rglob("*.partial"))


def test_damaged_ratings_are_named(tmp_path):
    Ratings(tmp_path, 0).add(0, rated(0), write=True)
    (tmp_path / "ratings" / "notes.npz").write_bytes(b"of no step")
    Ratings(tmp_path, 10)
    (tmp_path / "ratings" / "5.npz").write_bytes(b"damaged")
    with pytest.raises(CheckpointError, match=r"5\.npz are damaged"):
        Ratings(tmp_path, 10)
    Ratings(tmp_path, 4)


def test_most_are_new_and_a_sixth_are_remembered(tmp_path):
    ratings = Ratings(tmp_path, 0)
    for step in (0, 10):
        ratings.add(step, rated(step), write=False)
    drawn = ratings.draw(np.random.default_rng(0), 6000)
    share = np.mean([one["x"] < 10 for one in drawn])
    assert abs(share - 1 / 6) < 0.02


def test_processes_share_one_draw(tmp_path):
    ratings = Ratings(tmp_path, 0)
    ratings.add(0, rated(0, 100), write=False)
    whole = ratings.beside({"a": np.zeros(4)}, np.random.default_rng(1), process=0, of=1)
    halves = [
        ratings.beside({"a": np.zeros(2)}, np.random.default_rng(1), process=n, of=2)
        for n in range(2)
    ]
    np.testing.assert_array_equal(whole["x"], np.concatenate([half["x"] for half in halves]))
