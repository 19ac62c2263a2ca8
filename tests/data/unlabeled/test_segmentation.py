"""Segments of made-up frames whose clusters are known."""

import dataclasses

import numpy as np
import pytest

from ganspeech.data.corpus import CorpusError
from ganspeech.data.unlabeled.segmentation import SAMPLE, Segmentation

CENTERS = np.array([[0, 0, 0], [9, 0, 0], [0, 9, 0], [0, 0, 9]], np.float32)
RUNS = [(0, 3), (1, 5), (0, 1), (3, 2), (2, 6)]


def frames(runs=RUNS, seed=0):
    rng = np.random.default_rng(seed)
    rows = np.concatenate([np.repeat(CENTERS[c][None], n, axis=0) for c, n in runs])
    return (rows + rng.normal(0, 0.1, rows.shape)).astype(np.float32)


def utterances():
    return [frames(seed=seed) for seed in range(20)]


def test_runs_of_one_cluster_are_averaged():
    fitted = Segmentation(clusters=4, merge=False).fit(utterances(), 0)
    features = frames()
    features_of, clusters, ends = fitted(features)
    assert ends.tolist() == [3, 8, 9, 11, 17]
    starts = [0, *ends[:-1]]
    for mean, start, end in zip(features_of, starts, ends):
        np.testing.assert_allclose(mean, features[start:end].mean(axis=0), rtol=1e-5, atol=1e-6)
    assert len({*clusters.tolist()}) == 4 and clusters[0] == clusters[2]
    assert (features_of.dtype, clusters.dtype, ends.dtype) == (np.float32, np.int32, np.int32)


def test_pairs_of_runs_are_joined_and_an_odd_one_stays():
    single = Segmentation(clusters=4, merge=False).fit(utterances(), 0)(frames())
    pairs = Segmentation(clusters=4).fit(utterances(), 0)(frames())
    assert pairs.ends.tolist() == [8, 11, 17]
    np.testing.assert_allclose(
        pairs.features[0], single.features[:2].mean(axis=0), rtol=1e-5, atol=1e-6
    )
    assert pairs.clusters.tolist() == single.clusters[[1, 3, 4]].tolist()  # the longer ones


def test_frames_may_stay_as_they_are_with_their_clusters():
    features = frames()
    features_of, clusters, ends = Segmentation("none", clusters=4).fit(utterances(), 0)(features)
    np.testing.assert_array_equal(features_of, features)
    assert ends.tolist() == list(range(1, 18)) and len(clusters) == 17


def test_components_are_orthonormal_and_keep_most_of_the_variance():
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(2, 6))
    made = [(rng.normal(size=(50, 2)) @ mixing).astype(np.float32) + 3 for _ in range(10)]
    fitted = Segmentation("none", clusters=2, pca=2).fit(made, 0)
    np.testing.assert_allclose(fitted.components.T @ fitted.components, np.eye(2), atol=1e-5)
    kept = np.concatenate([fitted(one).features for one in made])
    whole = np.concatenate(made)
    assert kept.shape == (500, 2)
    np.testing.assert_allclose(kept.var(axis=0).sum(), whole.var(axis=0).sum(), rtol=1e-4)
    np.testing.assert_allclose(kept.mean(axis=0), 0, atol=1e-3)
    assert kept.var(axis=0)[0] > kept.var(axis=0)[1]


def test_the_same_seed_gives_the_same_segments():
    settings = Segmentation(clusters=8, pca=2)
    one, two = (settings.fit(utterances(), 3)(frames(seed=99)) for _ in range(2))
    for ours, theirs in zip(one, two):
        np.testing.assert_array_equal(ours, theirs)


def test_many_frames_are_learned_from_a_sample_of_all_utterances():
    far = np.full((SAMPLE // 2, 1), 9, np.float32)
    made = [np.zeros((SAMPLE, 1), np.float32), far, far]
    fitted = Segmentation(clusters=2).fit(made, 0)
    np.testing.assert_allclose(np.sort(fitted.centers[:, 0]), [0, 9], atol=0.1)
    assert abs(fitted.middle[0] - 4.5) < 0.1


def test_a_file_says_where_segments_end(tmp_path):
    file = tmp_path / "ends.txt"
    file.write_text("u_1 2 8 17\nother 3\n")
    settings = Segmentation(clusters=4, pca=2, boundaries=str(file))
    fitted = settings.fit(utterances(), 0)
    means, clusters, ends = fitted(frames(), "u 1")
    assert ends.tolist() == [2, 8, 17] and len(clusters) == 3
    plain = dataclasses.replace(settings.of_frames(), clusters=4).fit(utterances(), 0)
    of_frames = plain(frames()).features
    for mean, start, end in zip(means, (0, 2, 8), ends):
        np.testing.assert_allclose(mean, of_frames[start:end].mean(axis=0), rtol=1e-4, atol=1e-5)
    # Five of the second segment's six frames are of the second run.
    assert clusters[1] == plain(frames()).clusters[4]
    assert fitted.has("u 1") and not fitted.has("u") and plain.has("u")
    with pytest.raises(CorpusError, match=r"ends.txt: other ends after 3 frames, but it has 17"):
        fitted(frames(), "other")


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"clusters": 1}, r"segmentation\.clusters must be at least 2, not 1"),
        ({"pca": -1}, r"segmentation\.pca must be at least 0, not -1"),
    ],
)
def test_impossible_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        Segmentation(**settings)


def test_more_clusters_than_frames_and_components_than_features_are_refused():
    with pytest.raises(CorpusError, match=r"17 frames cannot have 128 clusters"):
        Segmentation().fit([frames()], 0)
    with pytest.raises(CorpusError, match=r"segmentation\.pca is 4, but a frame has 3 features"):
        Segmentation(clusters=4, pca=4).fit([frames()], 0)
