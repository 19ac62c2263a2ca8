"""Reverberation of synthetic rooms."""

import numpy as np
from jaxtyping import Float32

REVERBERATION_SECONDS = (0.2, 0.8)
"""Range of the time of a decay by 60 dB: from a furnished room to a hall."""
DIRECT_DB = (0.0, 12.0)
"""Range of the direct-to-reverberant ratio in dB: from across a room to close by."""
DECAY = 3 * np.log(10)  # of the amplitude, to a thousandth


def reverberated(
    speech: Float32[np.ndarray, " samples"], sample_rate: int, rng: np.random.Generator
) -> Float32[np.ndarray, " samples"]:
    """Adds the reflections of a random room to speech, cut to its own length.

    A room's response is the direct sound and then Gaussian noise that decays exponentially (Polack
    1988). The direct sound is unchanged and comes without delay, so speech with and without the
    room is aligned. Values may exceed 1.
    """
    decay_samples = rng.uniform(*REVERBERATION_SECONDS) * sample_rate
    # Later reflections fall behind the end of the speech.
    samples = min(int(decay_samples), len(speech))
    times = np.arange(samples, dtype=np.float32)
    response = rng.standard_normal(samples, np.float32) * np.exp(times * (-DECAY / decay_samples))
    below = 10 ** (-rng.uniform(*DIRECT_DB) / 20)
    response *= below / np.linalg.norm(response)
    response[0] = 1
    from scipy.signal import fftconvolve  # takes more than half a second to import

    return fftconvolve(speech, response.astype(np.float32))[: len(speech)]
