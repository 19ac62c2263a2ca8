"""PESQ, reported in tables and predicted by metric discriminators."""

import numpy as np
import soxr
from jaxtyping import Float

RATE = 16000
"""Sample rate of wide-band PESQ, in Hz."""


class Undefined(ValueError):
    """A metric has no value for this pair; the message says why."""


def pesq_wb(
    reference: Float[np.ndarray, " samples"], degraded: Float[np.ndarray, " samples"], rate: int
) -> float:
    """Perceptual evaluation of speech quality, wide band (ITU-T P.862.2): 1.04 to 4.64.

    Audio of another rate is resampled to 16 kHz. Raises `Undefined` for silence and where PESQ
    finds no speech, and `ImportError` without the package of the extra `pesq`.
    """
    from pesq import PesqError, pesq

    if not (np.any(reference) and np.any(degraded)):
        raise Undefined("silence")
    ours, theirs = (
        audio if rate == RATE else soxr.resample(audio, rate, RATE)
        for audio in (reference, degraded)
    )
    value = pesq(RATE, ours, theirs, "wb", PesqError.RETURN_VALUES)
    if value < 0:
        raise Undefined("PESQ finds no utterance, or too short a one")
    return float(value)
