"""Settings of speech, checked in advance: speed, seed, speaker and the two noises."""

import json
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from jaxtyping import Float32

from ganspeech.models.speakers import Weights
from ganspeech.process.messages import printable

SPEEDS = (0.25, 4.0)
"""Slowest and fastest speed."""
NOISES = (0.0, 2.0)
"""Range of both noises' standard deviations; voices are trained with 1, and speak best below."""
LENGTH_SCALES = (0.1, 10.0)
"""Range of the factor on durations."""
SAMPLE_RATES = (1000, 384_000)
"""Range of sample rates in Hz."""
SCALES = ("noise_scale", "duration_noise", "length_scale")
"""Settings of a voice that share one entry of its file."""

Noise = Float32[np.ndarray, "rows columns"]


@dataclass(frozen=True)
class VoiceSettings:
    """Settings of speech, as the network takes them. Raises ValueError, naming an invalid one."""

    speed: float
    seed: int
    speaker: Weights | None
    noise_scale: float
    duration_noise: float

    def __post_init__(self):
        if not SPEEDS[0] <= self.speed <= SPEEDS[1]:
            raise ValueError(f"speed must be from {SPEEDS[0]} to {SPEEDS[1]}, not {self.speed}")
        if not isinstance(self.seed, int | np.integer) or self.seed < 0:
            raise ValueError(f"seed must be an integer of at least 0, not {self.seed!r}")
        require_within("noise_scale", self.noise_scale, NOISES)
        require_within("duration_noise", self.duration_noise, NOISES)

    # Each sentence has its own draws, by its index and without padding, so that neither padding nor
    # the length of other sentences changes it.

    def for_durations(self, place: int, tokens: int) -> Noise:
        """Noise of the durations of a sentence's tokens, `[tokens, 2]`."""
        return _normal([self.seed, place, 0], (tokens, 2), self.duration_noise)

    def for_frames(self, place: int, frames: int, latent: int) -> Noise:
        """Noise of its latent frames, `[frames, latent]`."""
        return _normal([self.seed, place, 1], (frames, latent), self.noise_scale)


def require_within(name: str, value: Any, bounds: tuple[float, float]) -> None:
    """Raises ValueError unless a setting of a voice is a number within bounds."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not bounds[0] <= value <= bounds[1]:
        raise ValueError(
            f"{name} must be from {bounds[0]:g} to {bounds[1]:g}, not {printable(repr(value))}"
        )


def _normal(seed: list[int], shape: tuple[int, int], scale: float) -> Noise:
    return np.float32(scale) * np.random.default_rng(seed).standard_normal(shape, np.float32)


def scales_of(header: dict[str, str]) -> dict[str, Any]:
    """Scales in a file's header; missing ones have their defaults."""
    message = f"its scales must be a JSON object of {', '.join(SCALES)}"
    try:
        scales = json.loads(header.get("scales", ""))
    except ValueError:
        raise ValueError(message) from None
    if not isinstance(scales, dict):
        raise ValueError(message)
    if strange := [name for name in scales if name not in SCALES]:
        raise ValueError(f"{message}, not {printable(strange[0])}")
    return scales
