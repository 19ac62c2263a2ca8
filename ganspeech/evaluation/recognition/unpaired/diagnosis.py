"""Diagnoses: which known failure a reader without labels shows, and the knob to turn.

The failures are those of Lin et al. 2022, "Analyzing the robustness of unsupervised speech
recognition". All but the probe is found without labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from ganspeech.data.unlabeled.unpaired import SILENCE
from ganspeech.evaluation.pages.choice import at_even_places
from ganspeech.evaluation.recognition.accuracy import ErrorRate
from ganspeech.evaluation.recognition.unpaired.probe import JUDGED, centered
from ganspeech.evaluation.recognition.unpaired.readings import Readings
from ganspeech.evaluation.recognition.unpaired.score import UnsupervisedScore

NARROW = 0.5
"""Share of the text's perplexity, and of its phones in use, below which a reader has collapsed.
Errors at random make the distribution of phones wider, never that narrow."""
TOO_LONG = 1.5
"""Ratio of mean lengths, either way, that is no chance: where utterances are as long as sentences,
a third of the phones at least are then inserted or deleted, whatever is read."""
FREQUENT, EXPECTED = 0.01, 10
"""Share of the text from which a phone is frequent, and how often it must then be expected in what
was read, for zero to be no chance (1 in 20 000)."""
MISSING = 0.05
"""Share of the text in frequent phones that are never read: a rare phone or two are often lost."""
DIVERGENT = 0.25
"""Nats between the distributions of phones read and of the text's, which the game makes alike; half
the phones right give less, and a thousand phones 0.02 by chance."""
LIKELY = 0.25
"""Nats a phone above the text's own likelihood, up to which what is read is likely."""
EXPLAINED = 0.12
"""Share of the segments' variance that phones explain in any case: noise of 32 features that a
convolution of four taps reads explains 0.04, since what it reads depends on it."""
TIGHTER = 0.03
"""How much tighter clusters of segments are than those of noise, for there to be some structure;
noise itself varies by 0.01, and vectors of phones in noise of their own size reach 0.1."""
CLUSTERED = 4000
"""Segments that are clustered, evenly over all."""
LOST = 0.9
"""Place of the likelihood of what is read between that of the text, 0, and that of random phones
with the text's frequencies, 1, from which it says nothing."""
PAIRS = 4000
"""Pairs of segments whose distances are drawn."""


@dataclass(frozen=True)
class Diagnosis:
    """One failure, found or not."""

    name: str
    found: bool
    figures: str
    """The numbers it was decided by, in words."""
    remedy: str
    """What to change."""

    judged: bool = True
    """False where a collapse leaves nothing to judge by."""

    @property
    def title(self) -> str:
        """What was found, or not."""
        if not self.judged:
            return f"{self.name} not judged after a collapse"
        return self.name if self.found else f"no {self.name}"

    def line(self) -> str:
        """All of it in one line; without the remedy where nothing was found."""
        return f"{self.title}: {self.figures}{f'; {self.remedy}' * self.found}"


def diagnose(
    readings: Readings,
    score: UnsupervisedScore,
    *,
    text_nll: float,
    random_nll: float,
    probed: ErrorRate | None = None,
) -> list[Diagnosis]:
    """Looks for each failure.

    `text_nll` is the text's own likelihood, `random_nll` that of random phones, and `probed` has
    the errors of a linear reader with labels. Phones of a reader that has collapsed say nothing of
    the inventory, which is then not judged; nothing is called not learned that has another cause.
    """
    collapse = _collapse(readings)
    found = [
        collapse,
        _lengths(readings),
        _inventory(readings, score, text_nll, collapse.found),
        _features(readings, probed),
    ]
    place = (score.nll - text_nll) / max(random_nll - text_nll, 1e-6)
    unlearned = Diagnosis(
        "unlearned mapping",
        place >= LOST and not any(one.found for one in found),
        f"a phone read has {score.nll:.2f} nats, the text's {text_nll:.2f}, random ones "
        f"{random_nll:.2f}",
        "train longer, or vary seeds and weights of losses in a population",
    )
    return [*found, unlearned]


def _collapse(readings: Readings) -> Diagnosis:
    counts = readings.counts(readings.read)
    # As many phones of the text, or few would always seem fewer.
    drawn = np.random.default_rng(0).multinomial(
        max(counts.sum(), 1), readings.text_counts / readings.text_counts.sum()
    )
    used, due = int((counts > 0).sum()), int((drawn > 0).sum())
    ours, theirs = _perplexity(counts), _perplexity(drawn)
    return Diagnosis(
        "mode collapse",
        used < NARROW * due or ours < NARROW * theirs,
        f"{used} phones in use, of perplexity {ours:.1f}; as much text has {due}, of {theirs:.1f}",
        "raise --task.diversity, or take another seed",
    )


def _lengths(readings: Readings) -> Diagnosis:
    ours = _mean_length(readings.read)
    theirs = _mean_length(readings.texts)
    segments = _mean_length([one.features for one in readings.utterances])
    known = [one.phones for one in readings.utterances if one.phones is not None]
    said = f"; {_mean_length(known):.1f} were said" if known else ""
    if ours > theirs:
        remedy = (
            "raise --task.smoothness, lower --corpus.segmentation.clusters or merge segments, "
            "and use texts as long as utterances"
        )
    else:
        remedy = (
            "lower --task.smoothness, raise --corpus.segmentation.clusters or do not merge "
            "segments, cut less as silence, and use texts as long as utterances"
        )
    return Diagnosis(
        "length mismatch",
        not theirs / TOO_LONG <= ours <= theirs * TOO_LONG,
        f"{ours:.1f} phones read in an utterance of {segments:.1f} segments, {theirs:.1f} in a "
        f"sentence of the text{said}",
        remedy,
    )


def _inventory(
    readings: Readings, score: UnsupervisedScore, text_nll: float, collapsed: bool
) -> Diagnosis:
    missing = never_read(readings)
    shares = readings.text_counts / readings.text_counts.sum()
    lost, apart = float(shares[missing].sum()), divergence(readings)
    named = " ".join(readings.phones[phone] for phone in missing[np.argsort(-shares[missing])])
    likely = score.nll <= text_nll + LIKELY
    return Diagnosis(
        "inventory or language-model mismatch",
        not collapsed and (lost >= MISSING or (apart >= DIVERGENT and likely)),
        f"frequent phones that are never read are {100 * lost:.1f} % of the text"
        f"{f' ({named})' * bool(named)}; distributions of phones are {apart:.2f} nats apart, and a "
        f"phone has {score.nll:.2f} nats, the text's {text_nll:.2f}",
        "use texts of the same domain, another --corpus.pronunciation.front or another "
        "--corpus.pronunciation.inventory",
        judged=not collapsed,
    )


def _features(readings: Readings, probed: ErrorRate | None) -> Diagnosis:
    share, tight = explained(readings), tighter_than_noise(readings)
    by_labels = ""
    if probed is not None:
        by_labels = f"; with labels, a linear reader of them errs in {probed.value:.0f} % of phones"
    return Diagnosis(
        "features without phonetic content",
        share < EXPLAINED and tight < TIGHTER,
        f"phones that were read explain {100 * share:.0f} % of the segments' variance, whose "
        f"clusters are {100 * tight:.0f} % tighter than those of noise{by_labels}",
        "use another layer or encoder, or other --corpus.segmentation.pca",
    )


def never_read(readings: Readings) -> Int[np.ndarray, " missing"]:
    """Frequent phones of the text that are never read, though expected often."""
    counts = readings.counts(readings.read)
    shares = readings.text_counts / readings.text_counts.sum()
    due = (shares >= FREQUENT) & (shares * counts.sum() >= EXPECTED)
    return np.flatnonzero(due & (counts == 0))


def divergence(readings: Readings) -> float:
    """Kullback-Leibler divergence of phones read from the text's, in nats; 0 if none is read.

    One of each phone is added to the text, so that it is finite.
    """
    counts, text = (
        np.delete(x, SILENCE).astype(float)
        for x in (readings.counts(readings.read), readings.text_counts + 1)
    )
    if not counts.sum():
        return 0.0
    ours, theirs = counts / counts.sum(), text / text.sum()
    some = ours > 0
    return float(np.sum(ours[some] * np.log(ours[some] / theirs[some])))


def explained(readings: Readings) -> float:
    """Share of the segments' variance that the phones read in them explain, 1 at most.

    Within utterances, and adjusted for the number of phones, so that phones at random explain 0 on
    average (Fisher 1925); the rest is the squared distance of segments with the same phone,
    relative to any two.
    """
    x, labels = assigned(readings)
    phones, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if len(x) <= len(phones):
        return 0.0
    sums = np.zeros((len(phones), x.shape[1]))
    np.add.at(sums, places, x)
    total = np.sum(x**2)
    within = total - np.sum(sums**2 / counts[:, None])
    if not total:
        return 0.0
    return float(1 - within / total * (len(x) - 1) / (len(x) - len(phones)))


def tighter_than_noise(readings: Readings) -> float:
    """How much less variance is left in clusters of segments than in those of noise, 1 at most.

    There are as many clusters as phones, by k-means, and noise is normal with the same covariance,
    as in the gap statistic (Tibshirani et al. 2001). What is read plays no part. 0 for too few
    different segments.
    """
    x, _ = assigned(readings)
    x = x[np.linspace(0, len(x) - 1, min(CLUSTERED, len(x))).astype(int)]
    count = len(readings.phones)
    if len(np.unique(x, axis=0)) <= 2 * count:
        return 0.0
    noise = np.random.default_rng(0).multivariate_normal(
        np.zeros(x.shape[1]), np.cov(x, rowvar=False), len(x), method="eigh"
    )
    ours, theirs = _left(x, count), _left(noise, count)
    return 1 - ours / theirs if theirs else 0.0


def _left(x: Float[np.ndarray, "segments width"], clusters: int) -> float:
    from sklearn.cluster import KMeans  # takes a second to import

    return float(KMeans(clusters, n_init=1, max_iter=50, random_state=0).fit(x).inertia_)


def assigned(
    readings: Readings,
) -> tuple[Float[np.ndarray, "segments width"], Int[np.ndarray, " segments"]]:
    """Segments of at most `JUDGED` utterances, without the utterance's mean, and their phones."""
    x, labels = [], []
    read = list(zip(readings.utterances, readings.steps, strict=True))
    for one, steps in at_even_places(read, JUDGED):
        x.append(centered(one.features))
        # A step may be of several segments.
        labels.append(steps.argmax(1)[np.arange(len(x[-1])) * len(steps) // len(x[-1])])
    return np.concatenate(x), np.concatenate(labels)


def distances(
    readings: Readings,
) -> tuple[Float[np.ndarray, " alike"], Float[np.ndarray, " pairs"]]:
    """Distances of segments with the same phone, and of any two, drawn at random."""
    x, labels = assigned(readings)
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, len(x), (2, PAIRS))
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], labels[first])
    ends = np.searchsorted(labels[order], labels[first], side="right")
    mate = order[rng.integers(starts, ends)]
    other = mate != first
    alike = np.linalg.norm(x[first[other]] - x[mate[other]], axis=1)
    return alike, np.linalg.norm(x[first] - x[second], axis=1)


def _perplexity(counts: Int[np.ndarray, " phones"]) -> float:
    shares = counts[counts > 0] / max(counts.sum(), 1)
    return float(np.exp(-np.sum(shares * np.log(shares)))) if len(shares) else 0.0


def _mean_length(rows: Sequence) -> float:
    return float(np.mean([len(row) for row in rows]))
