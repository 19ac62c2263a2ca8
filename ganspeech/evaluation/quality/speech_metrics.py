"""Metrics of speech that keeps no timing: a text spoken anew is warped onto its recording.

Dynamic time warping (Sakoe & Chiba 1978) finds which frame of the one is which of the other: the
path through both, without a step back, on which their mel-cepstra are nearest. All metrics here
hear both recordings to their ends and share one path.
"""

import dataclasses
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float, Int

from ganspeech.audio.quality import Undefined
from ganspeech.evaluation.quality.metrics import (
    CEPSTRAL_HOP,
    DISTORTION,
    DNSMOS,
    METRICS,
    PITCH,
    Audio,
    Metric,
    chosen,
    mel_cepstra,
)
from ganspeech.evaluation.quality.pitch import HOP, Pitch, pitch
from ganspeech.evaluation.quality.speakers import SIMILARITY


@dataclasses.dataclass(frozen=True)
class Warp:
    """A path through the frames of two recordings, of 5 ms each."""

    ours: Int[np.ndarray, " steps"]
    """The reference's frame at every step."""
    theirs: Int[np.ndarray, " steps"]
    """The other's."""
    distances: Float[np.ndarray, " steps"]
    """Number of mel-cepstra."""


def warp(reference: Audio, spoken: Audio, rate: int) -> Warp:
    """The path on which the sum of distances is least; `Undefined` for a silent reference.

    The last paths are kept, since all metrics of a pair share one.
    """
    samples = (np.ascontiguousarray(x, np.float32).tobytes() for x in (reference, spoken))
    return _warp(*samples, rate)


def warped_cepstral_distortion(reference: Audio, spoken: Audio, rate: int) -> float:
    """Mel-cepstral distortion (Kubichek 1993) in dB, mean over the steps of the warping path.

    The cepstra are those of `metrics.mel_cepstral_distortion`. Another take of the same text by
    the same speaker does not have 0, and a rightly spoken text has a few dB.
    """
    return float(DISTORTION * warp(reference, spoken, rate).distances.mean())


def warped_log_f0_rmse(reference: Audio, spoken: Audio, rate: int) -> float:
    """Root mean square difference of the natural log of F0, over steps voiced in both."""
    ours, theirs, both = _pitches(reference, spoken, rate)
    if not both.any():
        raise Undefined("no step is voiced in both")
    difference = np.log(ours.frequency[both]) - np.log(theirs.frequency[both])
    return float(np.sqrt((difference**2).mean()))


def warped_voicing_f1(reference: Audio, spoken: Audio, rate: int) -> float:
    """F1 of the voiced steps of the warping path, the reference's decision being the truth."""
    ours, theirs, both = _pitches(reference, spoken, rate)
    if not (ours.voiced.any() or theirs.voiced.any()):
        raise Undefined("no step is voiced")
    return float(2 * both.sum() / (ours.voiced.sum() + theirs.voiced.sum()))


def duration_error(reference: Audio, spoken: Audio, rate: int) -> float:
    """How much longer or shorter than the reference, in seconds, silence at the ends counted."""
    return abs(len(spoken) - len(reference)) / rate


def relative_duration_error(reference: Audio, spoken: Audio, rate: int) -> float:
    """The same in % of the reference's duration."""
    if not len(reference):
        raise Undefined("the reference has no audio")
    return 100.0 * duration_error(reference, spoken, rate) / (len(reference) / rate)


SPEECH_METRICS = (
    Metric(
        "warped_mcd",
        "Mel-cepstral distortion, warped",
        "dB",
        False,
        warped_cepstral_distortion,
        whole=True,
    ),
    Metric(
        "warped_f0",
        "log-F0 RMSE, warped",
        "ln Hz",
        False,
        warped_log_f0_rmse,
        PITCH,
        digits=3,
        whole=True,
    ),
    Metric(
        "warped_vuv",
        "Voiced/unvoiced F1, warped",
        "",
        True,
        warped_voicing_f1,
        PITCH,
        digits=3,
        whole=True,
    ),
    Metric("duration", "Duration error", "s", False, duration_error, whole=True),
    Metric(
        "relative_duration",
        "Duration error, relative",
        "%",
        False,
        relative_duration_error,
        digits=1,
        whole=True,
    ),
    SIMILARITY,
    dataclasses.replace(DNSMOS, whole=True),
)
"""Metrics of a spoken text beside its recording."""


@lru_cache(maxsize=4)
def _warp(reference: bytes, spoken: bytes, rate: int) -> Warp:
    import librosa  # slow to import, and only needed here
    from scipy.spatial.distance import cdist

    ours, theirs = mel_cepstra(
        np.frombuffer(reference, np.float32), np.frombuffer(spoken, np.float32), rate
    )
    distances = cdist(ours.T, theirs.T)
    _, path = librosa.sequence.dtw(C=distances)
    rows, columns = path[::-1].T
    return Warp(rows, columns, distances[rows, columns])


def require_usable(names: Sequence[str]) -> None:
    """Raises ValueError for a name that no metric has, and for a metric whose package is missing.

    Metrics that nobody asks for by name are left out instead.
    """
    for metric in chosen((*METRICS, *SPEECH_METRICS), names) if names else ():
        if packages := metric.missing_packages():
            raise ValueError(f"--metrics {metric.name} needs pip install {' '.join(packages)}")


def _pitches(
    reference: Audio, spoken: Audio, rate: int
) -> tuple[Pitch, Pitch, Bool[np.ndarray, " steps"]]:
    """The pitch of both at every step, and where both are voiced."""
    path = warp(reference, spoken, rate)
    ours, theirs = _at(pitch(reference, rate), path.ours), _at(pitch(spoken, rate), path.theirs)
    return ours, theirs, ours.voiced & theirs.voiced


def _at(track: Pitch, frames: Int[np.ndarray, " steps"]) -> Pitch:
    """A pitch track at frames of mel-cepstra."""
    places = np.minimum(np.rint(frames * CEPSTRAL_HOP / HOP).astype(int), len(track.voiced) - 1)
    return Pitch(track.frequency[places], track.voiced[places], track.periodicity[places])
