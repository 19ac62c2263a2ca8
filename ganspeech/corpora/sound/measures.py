"""What is measured of a clip: its level, noise, clipping, and how much of it is speech."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float32

from ganspeech.audio.quality import Undefined
from ganspeech.corpora.sound.activity import FRAME, ON
from ganspeech.corpora.sound.duplicates import levels
from ganspeech.evaluation.quality.metrics import DNSMOS, dnsmos_overall

CELL = 0.03
"""Seconds of the windows whose level is taken."""
QUIET = 0.05
"""Share of windows at or below the noise between words."""
MOST_SNR = 60.0
"""dB at which a signal-to-noise ratio ends: digital silence has none."""
NEAR_PEAK, RUN = 0.999, 3
"""Share of a recording's peak, and samples in a row there, that are clipped."""
FLAT_PEAK = 0.1
"""Least peak of a recording that may be clipped: no converter clips below."""
WINDOW = 144160
"""Samples at 16 kHz that DNSMOS hears at once: 9.01 s."""

Audio = Float32[np.ndarray, " samples"]


@dataclass(frozen=True)
class Measures:
    """Of one clip."""

    level: float
    """Level of its speech in dB relative to full scale."""
    snr: float
    """dB between that and the quietest windows: little in noise, music and echoes."""
    clipped: float
    """Share of samples that are cut off at the recording's peak."""
    speech: float
    """Share of frames with speech, between its first and its last."""
    dnsmos: float | None
    """Overall quality by DNSMOS, 1 to 5; None without its packages."""


def measure(
    clip: Audio, rate: int, clipped: float, probabilities: Float32[np.ndarray, " frames"]
) -> Measures:
    """Measures a clip; `probabilities` are those of its speech, `clipped` is its share of clipping.

    The level is that of windows with speech, as ITU-T P.56 means it.
    """
    found = _levels(clip, rate)
    places = np.minimum((np.arange(len(found)) + 0.5) * CELL / FRAME, len(probabilities) - 1)
    spoken = probabilities[places.astype(int)] >= ON
    powers = 10 ** (found[spoken if spoken.any() else slice(None)] / 10)
    level = 10 * math.log10(powers.mean())
    noise = float(np.quantile(found, QUIET))
    there = np.flatnonzero(probabilities >= ON)
    extent = there[-1] + 1 - there[0] if len(there) else len(probabilities)
    return Measures(
        level=level,
        snr=min(level - noise, MOST_SNR),
        clipped=clipped,
        speech=len(there) / extent,
        dnsmos=_dnsmos(clip, rate),
    )


def clipped_samples(audio: Audio) -> np.ndarray:
    """Which samples of a whole recording stay at its peak, `RUN` or more in a row.

    Peaks of low tones last as long for a sample or two, so that few of them prove nothing.
    """
    peak = float(np.abs(audio).max(initial=0))
    if peak < FLAT_PEAK:
        return np.zeros(len(audio), bool)
    at_peak = np.concatenate([[0], (np.abs(audio) >= NEAR_PEAK * peak).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(at_peak)).reshape(-1, 2)
    found = np.zeros(len(audio), bool)
    for begin, end in edges[edges[:, 1] - edges[:, 0] >= RUN]:
        found[begin:end] = True
    return found


@cache
def lacking() -> tuple[str, ...]:
    """Packages of DNSMOS that are not installed."""
    return tuple(DNSMOS.missing_packages())


def _levels(clip: Audio, rate: int) -> np.ndarray:
    """dB of each window of a clip, without its offset."""
    cell = round(CELL * rate)
    found = levels(clip - clip.mean(), cell)
    # The last window is padded, hence too quiet.
    return found[:-1] if len(clip) % cell and len(found) > 1 else found


def _dnsmos(clip: Audio, rate: int) -> float | None:
    if lacking():
        return None
    try:
        # It repeats shorter clips until it hears many windows of the same: one is enough.
        return dnsmos_overall(clip, np.resize(clip, WINDOW), rate)
    except Undefined:
        return None
