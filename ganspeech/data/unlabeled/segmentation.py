"""Segments of speech: runs of frames of one cluster, or of a file, with the mean of their features.

As wav2vec-U has it (Baevski et al. 2021, section 3): k-means of the frames, principal components,
means over runs of one cluster, and over pairs of these. A file has boundaries that were learned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float32, Int32

from ganspeech.data.corpus import CorpusError
from ganspeech.data.labels.id_lines import written_id
from ganspeech.data.unlabeled.boundary_files import Ends, read_boundaries

SAMPLE = 200_000
"""Most frames that clusters and components are learned from."""
FRAMES_AT_ONCE = 16_384

Features = Float32[np.ndarray, "frames width"]


class Pooled(NamedTuple):
    """Segments of an utterance."""

    features: Float32[np.ndarray, "segments width"]
    """Mean of each segment's frames, in principal components if there are any."""
    clusters: Int32[np.ndarray, " segments"]
    """Cluster of each segment; of a pair, that of the longer one."""
    ends: Ends
    """The frame after the last of each segment."""


@dataclass(frozen=True)
class Segmentation:
    """How utterances are divided into segments."""

    kind: Literal["clusters", "none"] = "clusters"
    """Segments are runs of frames of one cluster, or single frames."""
    clusters: int = 128
    """Number of clusters of frames, at least 2."""
    pca: int = 0
    """Number of principal components that are kept; 0: the features as they are."""
    merge: bool = True
    """Whether each two neighboring runs become one segment."""
    boundaries: str = ""
    """File of lines ID END END…, as `ganspeech unpaired-boundaries` writes it, that says where
    segments end, whatever the kind; empty: none."""

    def __post_init__(self):
        if self.clusters < 2:
            raise ValueError(f"segmentation.clusters must be at least 2, not {self.clusters}")
        if self.pca < 0:
            raise ValueError(f"segmentation.pca must be at least 0, not {self.pca}")

    def of_frames(self) -> "Segmentation":
        """The same features with each frame as a segment."""
        return replace(self, kind="none", boundaries="")

    def fit(self, utterances: Iterable[Features], seed: int) -> "Segmenter":
        """Learns clusters and components from at most `SAMPLE` frames drawn from all utterances.

        Raises `CorpusError` when there are fewer frames than clusters, or fewer features than
        components, and for a file of boundaries that cannot be read.
        """
        from sklearn.cluster import MiniBatchKMeans  # takes a second to import

        boundaries = read_boundaries(self.boundaries) if self.boundaries else {}
        frames = _sample(utterances, seed)
        if len(frames) < self.clusters:
            raise CorpusError(
                f"{len(frames)} frames cannot have {self.clusters} clusters: lower "
                "segmentation.clusters"
            )
        if self.pca > frames.shape[1]:
            raise CorpusError(
                f"segmentation.pca is {self.pca}, but a frame has {frames.shape[1]} features"
            )
        means = MiniBatchKMeans(self.clusters, batch_size=4096, n_init=3, random_state=seed)
        means.fit(frames)
        middle = frames.mean(axis=0, dtype=np.float64)
        components = _components(frames - middle, self.pca) if self.pca else None
        centers = means.cluster_centers_.astype(np.float32)
        return Segmenter(self, centers, middle.astype(np.float32), components, boundaries)


@dataclass(frozen=True, eq=False)
class Segmenter:
    """Clusters and components that were learned."""

    settings: Segmentation
    centers: Float32[np.ndarray, "clusters width"]
    middle: Float32[np.ndarray, " width"]
    components: Float32[np.ndarray, "width pca"] | None
    """Orthonormal directions of greatest variance, the greatest first."""
    boundaries: Mapping[str, Ends] = field(default_factory=dict)
    """Ends of segments by id, where a file says them."""

    def has(self, id: str) -> bool:
        """Whether an utterance can be divided: a file of boundaries may lack it."""
        return not self.settings.boundaries or written_id(id) in self.boundaries

    def __call__(self, features: Features, id: str = "") -> Pooled:
        """Divides an utterance that it has, of at least one frame; only a file asks for its id.

        Raises `CorpusError` for boundaries of another number of frames.
        """
        features = np.asarray(features, np.float32)
        if self.settings.boundaries:
            return self._given(features, id)
        clusters = self._nearest(features)
        features = self._projected(features)
        if self.settings.kind == "none":
            return Pooled(features, clusters, np.arange(1, len(features) + 1, dtype=np.int32))
        changes = np.flatnonzero(clusters[1:] != clusters[:-1]) + 1
        starts = np.concatenate([[0], changes])
        runs = Pooled(_means(features, starts), clusters[starts], _ends(starts, len(features)))
        return _pairs(runs, starts) if self.settings.merge else runs

    def _given(self, features: Features, id: str) -> Pooled:
        ends = self.boundaries[written_id(id)]
        if ends[-1] != len(features):
            raise CorpusError(
                f"{self.settings.boundaries}: {id} ends after {ends[-1]} frames, but it has "
                f"{len(features)}: the boundaries are of other features"
            )
        starts = np.append(0, ends[:-1])
        clusters = self._nearest(_means(features, starts))
        return Pooled(_means(self._projected(features), starts), clusters, ends)

    def _projected(self, features: Features) -> Features:
        return features if self.components is None else (features - self.middle) @ self.components

    def _nearest(self, features: np.ndarray) -> Int32[np.ndarray, " frames"]:
        # The frame's own square is the same for all centers.
        squares = (self.centers**2).sum(axis=1) / 2
        parts = [
            np.argmin(squares - features[n : n + FRAMES_AT_ONCE] @ self.centers.T, axis=1)
            for n in range(0, len(features), FRAMES_AT_ONCE)
        ]
        return np.concatenate(parts).astype(np.int32)


def _pairs(runs: Pooled, starts: np.ndarray) -> Pooled:
    """Joins the first and second run, the third and fourth, and so on.

    Runs count alike, however long they are, as published.
    """
    firsts = np.arange(0, len(starts), 2)
    lasts = np.minimum(firsts + 1, len(starts) - 1)
    lengths = runs.ends - starts
    longer = np.where(lengths[lasts] > lengths[firsts], lasts, firsts)
    return Pooled(_means(runs.features, firsts), runs.clusters[longer], runs.ends[lasts])


def _means(features: np.ndarray, starts: np.ndarray) -> Float32[np.ndarray, "segments width"]:
    sums = np.add.reduceat(features, starts, axis=0, dtype=np.float64)
    counts = np.diff(np.append(starts, len(features)))
    return (sums / counts[:, None]).astype(np.float32)


def _ends(starts: np.ndarray, frames: int) -> Int32[np.ndarray, " segments"]:
    return np.append(starts[1:], frames).astype(np.int32)


def _sample(utterances: Iterable[Features], seed: int) -> Features:
    """At most `SAMPLE` frames, those of the least random numbers; one pass, whatever the number."""
    rng = np.random.default_rng(seed)
    found: list[np.ndarray] = []
    drawn: list[np.ndarray] = []
    limit = 1.0
    for one in utterances:
        numbers = rng.random(len(one))
        found.append(np.asarray(one[numbers < limit], np.float32))
        drawn.append(numbers[numbers < limit])
        if sum(map(len, drawn)) > 2 * SAMPLE:
            frames, numbers = _least(found, drawn)
            found, drawn, limit = [frames], [numbers], numbers.max()
    return _least(found, drawn)[0]


def _least(found: Sequence[np.ndarray], drawn: Sequence[np.ndarray]) -> tuple[Features, np.ndarray]:
    frames, numbers = np.concatenate(found), np.concatenate(drawn)
    if len(frames) <= SAMPLE:
        return frames, numbers
    places = np.sort(np.argpartition(numbers, SAMPLE)[:SAMPLE])
    return frames[places], numbers[places]


def _components(centered: np.ndarray, count: int) -> Float32[np.ndarray, "width count"]:
    """Eigenvectors of the covariance, the largest entry of each positive, to be the same always."""
    _, vectors = np.linalg.eigh(centered.T @ centered)
    vectors = vectors[:, ::-1][:, :count]
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(count)]
    return (vectors * np.sign(largest)).astype(np.float32)
