"""Acoustic conditions of speech in the training of recognizers and enhancers."""

import math
from dataclasses import dataclass

from ganspeech.process.checks import require_least, require_share


@dataclass(frozen=True)
class Conditions:
    """Speed, silence, room and noise, drawn in this order at each use of an utterance.

    Raises ValueError, naming a field with an invalid value.
    """

    noises: str = ""
    """Folder of noise recordings, at any depth; empty: ten kinds of synthetic noise."""
    unseen: int = 5
    """Number of the last noises, by name, that are never trained on, for evaluation."""
    snr_db: tuple[float, float] = (0.0, 20.0)
    """Lowest and highest signal-to-noise ratio in decibels; drawn uniformly between."""
    noisy: float = 0.0
    """Share of the utterances in noise, 0 to 1."""
    reverberant: float = 0.0
    """Share of the utterances in a synthetic room, 0 to 1."""
    speeds: tuple[float, ...] = (1.0,)
    """Speeds of utterances, each equally often (Ko et al. 2015 use 0.9, 1 and 1.1)."""
    silence: float = 0.0
    """Longest silence before and after an utterance, in seconds, each drawn uniformly from 0 and
    cut to fit its bucket. Room and noise cover it too."""

    def __post_init__(self):
        require_share(self, "conditions", "noisy", "reverberant")
        require_least(self, "conditions", 0, "silence", "unseen")
        if not -math.inf < self.snr_db[0] <= self.snr_db[1] < math.inf:
            raise ValueError(
                "conditions.snr_db must be two numbers of decibels, the lower first, "
                f"not {self.snr_db}"
            )
        if not self.speeds or not all(0.5 <= speed <= 2 for speed in self.speeds):
            raise ValueError(f"conditions.speeds must be 0.5 to 2 each, not {self.speeds}")
