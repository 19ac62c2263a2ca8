"""Acoustic conditions of speech while a recognizer or an enhancer learns."""

import math
from dataclasses import dataclass

from ganspeech.process.checks import require_least, require_share


@dataclass(frozen=True)
class Conditions:
    """Speed, silence, room and noise, each drawn anew whenever an utterance is heard, in turn.

    `ValueError` names a field with an impossible value.
    """

    noises: str = ""
    """Folder of noise recordings, at any depth; empty: ten kinds of noise made up on the spot."""
    unseen: int = 5
    """Number of the last noises, by name, that are never trained on, for evaluation."""
    snr_db: tuple[float, float] = (0.0, 20.0)
    """Speech above noise in decibels, the least and the most; drawn evenly between."""
    noisy: float = 0.0
    """Share of the utterances that are heard in noise, 0 to 1."""
    reverberant: float = 0.0
    """Share of the utterances that are heard in a made-up room, 0 to 1."""
    speeds: tuple[float, ...] = (1.0,)
    """How fast utterances are heard, each equally often (Ko et al. 2015 take 0.9, 1 and 1.1)."""
    silence: float = 0.0
    """Longest silence before and after an utterance, in seconds, each drawn evenly from 0; what
    does not fit into its bucket is left out. Room and noise are heard in it too."""

    def __post_init__(self):
        require_share(self, "conditions", "noisy", "reverberant")
        require_least(self, "conditions", 0, "silence", "unseen")
        if not -math.inf < self.snr_db[0] <= self.snr_db[1] < math.inf:
            raise ValueError(
                "conditions.snr_db must be two numbers of decibels, the least first, "
                f"not {self.snr_db}"
            )
        if not self.speeds or not all(0.5 <= speed <= 2 for speed in self.speeds):
            raise ValueError(f"conditions.speeds must be 0.5 to 2 each, they are {self.speeds}")
