"""Audio files read as a whole."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soxr
from tqdm import tqdm

from ganspeech.audio.decoding import Block, opened, survey
from ganspeech.process.messages import one_line

AUDIO_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".au")
"""Suffixes of audio files in folders."""

Note = Callable[[str], object]
"""Takes a fault in spite of which a file is used."""


class Decoded(NamedTuple):
    """A file as it is, with notes about what is wrong with it."""

    channels: np.ndarray
    """float32 `[samples, channels]` in [-1, 1]."""
    rate: int
    """Rate in Hz."""
    notes: tuple[str, ...]
    """Faults in spite of which it is used, such as `ganspeech.audio.decoding.CUT_OFF`."""


def read_audio(
    path: str | Path, sample_rate: int | None = None, note: Note | None = None
) -> tuple[np.ndarray, int]:
    """Read any format libsndfile knows: mono float32 `[samples]` in [-1, 1], and its rate in Hz.

    Channels are averaged, and the audio is resampled when `sample_rate` differs from the
    file's. `note` is called with each fault in spite of which the file is used; without it they
    are printed on standard error, with the file's name. Recordings beyond full scale are brought
    within it by the rule of `ganspeech.audio.full_scale`. Raises `AudioFileError` for a missing,
    unreadable or empty file, for a rate below `LEAST_RATE`, and for samples that are NaN, infinite
    or beyond any scale.
    """
    channels, rate, notes = read_channels(path)
    tell(path, notes, note)
    mono = channels.mean(axis=1)
    if sample_rate is None or sample_rate == rate:
        return mono, rate
    return resample(mono, rate, sample_rate), sample_rate


def read_channels(path: str | Path) -> Decoded:
    """Read all channels of a file, as far as it goes if it is cut off or damaged further on.

    Raises `AudioFileError` like `read_audio`.
    """
    blocks: list[Block] = []
    found = survey(Path(path), blocks.append)
    return Decoded(found.scaled(np.concatenate(blocks)), found.rate, found.notes)


def rate_of(path: str | Path) -> int:
    """Rate of a file in Hz, by its header alone; raises `AudioFileError`."""
    with opened(Path(path)) as file:
        return file.samplerate


def tell(path: str | Path, faults: Sequence[str], note: Note | None) -> None:
    """Hands faults to `note`, or prints them with the file's name if it is None."""
    for fault in faults:
        if note is None:
            tqdm.write(one_line(f"{path}: {fault}"), file=sys.stderr)
        else:
            note(fault)


def resample(audio: np.ndarray, from_rate: int, to_rate: int) -> np.ndarray:
    """Resample `[samples]` between rates in Hz with soxr at high quality; float32."""
    audio = np.asarray(audio, np.float32)
    return audio if from_rate == to_rate else soxr.resample(audio, from_rate, to_rate)
