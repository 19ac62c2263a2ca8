import numpy as np
import pytest

from ganspeech.evaluation.generation import metrics
from ganspeech.evaluation.pages.intervals import statistic_interval


def distance(ours, theirs):
    return metrics.frechet_distance(metrics.fit(ours), metrics.fit(theirs))


def test_inception_score_by_hand():
    assert metrics.inception_score(np.eye(4)) == pytest.approx(4)
    assert metrics.inception_score(np.full((7, 4), 0.25)) == pytest.approx(1)
    assert metrics.inception_score(np.eye(4)[[2, 2, 2]]) == pytest.approx(1)
    # Marginal (5/8, 3/8); KL of each to it, by hand.
    p = np.array([[1.0, 0.0], [0.25, 0.75]])
    first = np.log(8 / 5)
    second = 0.25 * np.log(0.25 * 8 / 5) + 0.75 * np.log(0.75 * 8 / 3)
    assert metrics.inception_score(p) == pytest.approx(np.exp((first + second) / 2))


def test_frechet_distance_of_known_gaussians():
    """Diagonal covariances: |m1 - m2|^2 + sum (s1 - s2)^2."""
    rng = np.random.default_rng(0)
    base = rng.normal(size=(500, 3))
    base = (base - base.mean(0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(base.T))).T
    ours = base * np.array([1.0, 2.0, 3.0])
    theirs = base * np.array([2.0, 2.0, 0.5]) + np.array([1.0, 0.0, -2.0])
    assert distance(ours, theirs) == pytest.approx(5 + 1 + 0 + 6.25)
    assert distance(ours, ours) == pytest.approx(0, abs=1e-9)
    assert distance(theirs, ours) == pytest.approx(12.25)


def test_frechet_distance_of_covariances_that_do_not_commute():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(400, 4)) @ rng.normal(size=(4, 4)), rng.normal(size=(300, 4))
    from scipy.linalg import sqrtm

    root = sqrtm(np.cov(a.T) @ np.cov(b.T)).real
    apart = ((a.mean(0) - b.mean(0)) ** 2).sum()
    wanted = apart + np.trace(np.cov(a.T) + np.cov(b.T) - 2 * root)
    assert distance(a, b) == pytest.approx(wanted)


def test_frechet_distance_of_fewer_examples_than_features():
    rng = np.random.default_rng(2)
    few = rng.normal(size=(5, 20)).astype(np.float32)
    assert np.isfinite(distance(few, few + 1))
    assert distance(few, few + 1) == pytest.approx(20, rel=1e-4)
    with pytest.raises(ValueError, match="two examples"):
        distance(few[:1], few)


def test_diversity_is_a_mean_over_pairs_of_one_class():
    features = np.array([[0.0, 0], [3, 4], [0, 0], [9, 9], [1, 1]])
    labels = np.array([0, 0, 0, 1, 2])
    found = metrics.intra_class_diversity(features, labels, 4)
    assert found[0] == pytest.approx((5 + 0 + 5) / 3) and np.isnan(found[1:]).all()
    assert metrics.intra_class_diversity(np.ones((50, 3)) * 1e3, np.zeros(50, int), 1)[0] == 0


def test_histograms():
    labels = np.array([0, 0, 1, 3])
    assert metrics.class_counts(labels, 4).tolist() == [2, 1, 0, 1]
    assert metrics.class_entropy(labels, 4) == pytest.approx(1.5 * np.log(2) / np.log(4))
    assert metrics.class_distance(labels, 4) == pytest.approx(0.25)
    assert metrics.class_entropy(np.zeros(5, int), 4) == 0
    assert metrics.class_distance(np.zeros(5, int), 4) == pytest.approx(0.75)
    assert metrics.class_entropy(np.arange(8) % 4, 4) == pytest.approx(1)


def test_nearest_neighbors_are_exact_in_blocks(monkeypatch):
    monkeypatch.setattr(metrics, "_BLOCK", 7)
    rng = np.random.default_rng(3)
    base = rng.normal(size=(50, 6)).astype(np.float32) + 100
    queries = np.concatenate([base[[4, 44]], rng.normal(size=(20, 6)).astype(np.float32) + 100])
    distances, places = metrics.nearest(queries, base)
    wanted = np.linalg.norm(queries[:, None].astype(float) - base[None], axis=-1)
    assert places.tolist() == wanted.argmin(1).tolist() and places[:2].tolist() == [4, 44]
    np.testing.assert_allclose(distances, wanted.min(1), atol=1e-6)


def test_copies_are_memorized_and_new_examples_are_not():
    rng = np.random.default_rng(4)
    training, held_out, new = (rng.normal(size=(n, 5)) for n in (400, 400, 400))
    own = metrics.nearest(held_out, training)[0]
    copies = training[rng.integers(0, 400, 300)] + 1e-4
    assert metrics.memorized(metrics.nearest(copies, training)[0], own).mean() == 1
    assert metrics.memorized(metrics.nearest(new, training)[0], own).mean() < 0.12


def test_every_score_is_described_once():
    names = [score.name for score in metrics.SCORES]
    assert len(set(names)) == len(names) and all(score.about for score in metrics.SCORES)


def test_the_interval_of_a_statistic_covers_it():
    values = np.random.default_rng(5).normal(size=400)
    found = statistic_interval(lambda places: float(values[places].mean()), 400)
    assert found.value == pytest.approx(values.mean())
    assert found.high - found.low == pytest.approx(4 * values.std() / 20, rel=0.2)
    # Distinct values are fewer in every draw: the interval lies around the statistic all the same.
    biased = statistic_interval(lambda places: float(len(set(places.tolist()))), 400)
    assert biased.low < biased.value == 400 < biased.high
