"""Speech and silence of a recording, by its level."""

import numpy as np
from jaxtyping import Bool, Float32

CELL_SECONDS = 0.01
WINDOW_CELLS = 3
"""Cells over which the level is averaged: two periods of the lowest voices."""
FLOOR, LOUD = 0.05, 0.95
"""Quantiles of the level: that of pauses, and that of loud vowels."""
SHARE = 0.25
"""Share of the decibels between both above which there is speech."""
BELOW_LOUD_DB = 25.0
"""Decibels below loud vowels at which there always is speech: a recording may have no pauses."""
SILENT_DB = -60.0
"""Level of loud vowels, relative to full scale, below which there is no speech at all."""
PAUSE_SECONDS = 0.2
"""Longest quiet inside of words, such as the closure of a plosive."""
SHORTEST_SECONDS = 0.05
"""Shortest sound that is speech."""
AROUND_SECONDS = 0.1
"""Seconds that are kept before and after loud parts: words begin and end softly."""


def speech_frames(
    audio: Float32[np.ndarray, " samples"], sample_rate: int, rate: float
) -> Bool[np.ndarray, " frames"]:
    """Tells which frames hold speech, `rate` of them a second.

    Frame n is from n to n + 1 of them after the beginning, the last one perhaps shorter. Speech is
    what exceeds the floor of the whole recording, as far as this stands out against the loudest;
    with loud noise all is speech. Raises ValueError for a rate that is not above 0.
    """
    if rate <= 0 or sample_rate <= 0:
        raise ValueError(f"rates must be above 0, not {rate} and {sample_rate}")
    frames = int(np.ceil(len(audio) * rate / sample_rate))
    if not frames:
        return np.zeros(0, bool)
    levels = _levels(audio, round(CELL_SECONDS * sample_rate))
    kept = np.zeros(len(levels), bool)
    for start, end in _spans(_loud(levels)):
        kept[start:end] = True
    middles = (np.arange(frames) + 0.5) / rate / CELL_SECONDS
    return kept[np.minimum(middles.astype(int), len(levels) - 1)]


def _levels(audio: np.ndarray, cell: int) -> np.ndarray:
    """Decibels of each cell and its neighbors; cheap microphones have an offset, which is none."""
    cells = np.pad(audio - audio.mean(), (0, -len(audio) % cell))
    powers = np.square(cells.reshape(-1, cell), dtype=np.float64).mean(axis=1)
    padded = np.pad(powers, WINDOW_CELLS // 2, mode="edge")
    windows = np.convolve(padded, np.full(WINDOW_CELLS, 1 / WINDOW_CELLS), "valid")
    return 10 * np.log10(windows + 1e-12)


def _loud(levels: np.ndarray) -> np.ndarray:
    floor, loud = np.quantile(levels, (FLOOR, LOUD))
    if loud < SILENT_DB:
        return np.zeros(len(levels), bool)
    return levels > min(floor + SHARE * (loud - floor), loud - BELOW_LOUD_DB)


def _spans(loud: np.ndarray) -> list[tuple[int, int]]:
    """First cell of each stretch of speech, and the one after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    joined: list[tuple[int, int]] = []
    for start, end in edges.reshape(-1, 2).tolist():
        if joined and start - joined[-1][1] <= PAUSE_SECONDS / CELL_SECONDS:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    around = round(AROUND_SECONDS / CELL_SECONDS)
    return [
        (max(start - around, 0), end + around)
        for start, end in joined
        if end - start >= SHORTEST_SECONDS / CELL_SECONDS
    ]
