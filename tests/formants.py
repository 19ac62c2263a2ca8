"""Speech-like signals: a gliding voice with two formants, pauses, and a little breath."""

import numpy as np
from scipy.signal import lfilter

RATE = 16000


def voice(seconds: float = 1.6, frequency: float = 140.0, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * RATE)) / RATE
    phase = np.cumsum(frequency * (1 + 0.1 * np.sin(2 * np.pi * 0.8 * time))) / RATE
    pulses = np.diff(np.floor(phase), prepend=0.0)
    audio = pulses + 0.002 * rng.standard_normal(len(time))
    for formant, width in ((600, 80), (1700, 120)):
        radius = np.exp(-np.pi * width / RATE)
        audio = lfilter(
            [1.0], [1, -2 * radius * np.cos(2 * np.pi * formant / RATE), radius**2], audio
        )
    audio *= np.clip(5 * np.abs(np.sin(2 * np.pi * 1.1 * time + seed)), 0, 1)
    audio *= (time > 0.2) & (time < seconds - 0.2)
    return (0.7 * audio / np.abs(audio).max()).astype(np.float32)


def noisy(audio: np.ndarray, level: float, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(len(audio))
    return np.clip(audio + level * noise, -1, 1).astype(np.float32)
