"""Pitch: fundamental frequency, voicing and periodicity of speech."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import soxr
from jaxtyping import Bool, Float

from ganspeech.audio.quality import Undefined

RATE = 16000
"""Hz; both recordings of a pair are brought here, so that every corpus is measured alike."""
HOP = 256
FMIN, FMAX = 65.0, 500.0
VOICED = 0.5
"""Periodicity from which a frame counts as voiced: the tracker is calibrated to it."""


@dataclass(frozen=True)
class Pitch:
    """A pitch track with a frame each 16 ms."""

    frequency: Float[np.ndarray, "frames"]
    """Hz; NaN where unvoiced."""
    voiced: Bool[np.ndarray, "frames"]
    periodicity: Float[np.ndarray, "frames"]
    """Probability of voicing, 0 to 1."""


def pitch(audio: Float[np.ndarray, "samples"], rate: int) -> Pitch:
    """Track the pitch between 65 and 500 Hz by swift-f0, a small convolutional network.

    `benchmarks/pitch.py` compares it with pYIN (Mauch & Dixon 2014) and CREPE (Kim et al. 2018).
    The last tracks are kept, so the three metrics on pitch share one of each recording, and all
    systems share the reference's. `Undefined` if there is no audio.
    """
    return _track(np.ascontiguousarray(audio, np.float32).tobytes(), rate)


@lru_cache(maxsize=8)
def _track(samples: bytes, rate: int) -> Pitch:
    audio = soxr.resample(np.frombuffer(samples, np.float32), rate, RATE)
    if not len(audio):
        raise Undefined("no audio")
    found = _tracker().detect(audio, RATE, FMIN, FMAX)
    voiced = found.confidence >= VOICED
    return Pitch(np.where(voiced, found.pitch_hz, np.nan), voiced, found.confidence)


@cache
def _tracker() -> Any:
    """The network with a single thread: sentences run in parallel already."""
    from swift_f0 import SwiftF0  # of the extra `eval`

    return SwiftF0(threads=1)
