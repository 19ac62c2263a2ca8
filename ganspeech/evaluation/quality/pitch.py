"""Pitch: fundamental frequency, voicing and periodicity of speech."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import soxr
from jaxtyping import Bool, Float

RATE = 16000
"""Hz; both recordings of a pair are brought here, so that every corpus is measured alike."""
HOP = 256
FRAME = 1024
FMIN, FMAX = 65.0, 500.0


@dataclass(frozen=True)
class Pitch:
    """A pitch track with a frame each 16 ms."""

    frequency: Float[np.ndarray, "frames"]
    """Hz; NaN where unvoiced."""
    voiced: Bool[np.ndarray, "frames"]
    periodicity: Float[np.ndarray, "frames"]
    """Probability of voicing, 0 to 1."""


def pitch(audio: Float[np.ndarray, "samples"], rate: int) -> Pitch:
    """Track the pitch between 65 and 500 Hz by pYIN (Mauch & Dixon 2014).

    The last tracks are kept, so the three metrics on pitch share one of each recording, and all
    systems share the reference's.
    """
    return _track(np.ascontiguousarray(audio, np.float32).tobytes(), rate)


@lru_cache(maxsize=8)
def _track(samples: bytes, rate: int) -> Pitch:
    import librosa  # slow to import, and only needed here

    audio = soxr.resample(np.frombuffer(samples, np.float32), rate, RATE)
    frequency, voiced, probability = librosa.pyin(
        audio, sr=RATE, fmin=FMIN, fmax=FMAX, frame_length=FRAME, hop_length=HOP
    )
    return Pitch(frequency, voiced, probability)
