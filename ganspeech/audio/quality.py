"""PESQ, which tables report and which discriminators learn to predict."""

import numpy as np
import soxr
from jaxtyping import Float

RATE = 16000
"""Samples a second that the wide band works at."""


class Undefined(ValueError):
    """A metric has no value for this pair; the message says why."""


def pesq_wb(
    reference: Float[np.ndarray, " samples"], degraded: Float[np.ndarray, " samples"], rate: int
) -> float:
    """Perceptual evaluation of speech quality, wide band (ITU-T P.862.2): 1.04 to 4.64.

    It works at 16 kHz, whatever the rate. `Undefined` for silence and for what it finds no speech
    in; `ImportError` without the package of the extra `pesq`.
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
