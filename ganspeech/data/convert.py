"""Conversion of a corpus' files to the samples and rows of a table."""

import hashlib
import json
import os
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int16

from ganspeech.audio.decoding import AudioFileError
from ganspeech.audio.files import read_channels, resample
from ganspeech.data.corpus import Utterance
from ganspeech.data.recordings import FULL_SCALE
from ganspeech.data.rows import encoded
from ganspeech.data.table import OUTCOMES, ROW, ROWS, SAMPLES, SPEAKERS, STRINGS, json_lines

PART = 4096
"""Utterances after which what is converted is kept, whatever happens to the process."""
CHUNK = 64
PEAK = 0.95
# Half the range from lowest to highest sample: 60 dB below full scale.
SILENT_BELOW = 1e-3


@dataclass
class Conversion:
    """What became of an utterance."""

    pcm: Int16[np.ndarray, " samples"]
    """Its samples, with the peak at 0.95; none if it is not usable."""
    skipped: tuple[str, ...] = ()
    """Reasons why it is not usable."""
    mended: tuple[str, ...] = ()
    """Changes that made it usable."""
    content: bytes = bytes(16)
    """Digest of its file."""


def convert(utterance: Utterance, sample_rate: int) -> Conversion:
    """Reads an utterance: mono at `sample_rate` Hz."""
    path, nothing = Path(utterance.audio), np.zeros(0, "<i2")
    try:
        channels, rate, notes = read_channels(path)
        content = hashlib.blake2b(path.read_bytes(), digest_size=16).digest()
    except (AudioFileError, OSError) as error:
        return Conversion(nothing, skipped=(str(error).replace(str(path), "the file"),))
    audio = resample(channels.mean(axis=1), rate, sample_rate)
    if not len(audio):
        return Conversion(nothing, skipped=(f"no sample left at {sample_rate} Hz",))
    if np.ptp(audio) / 2 < SILENT_BELOW:
        return Conversion(nothing, skipped=("silent (at least 60 dB below full scale)",))
    mended = list(notes)
    if channels.shape[1] > 1:
        mended.append(f"{channels.shape[1]} channels averaged to mono")
    if rate != sample_rate:
        mended.append(f"resampled from {rate} to {sample_rate} Hz")
    scale = FULL_SCALE * PEAK / np.abs(audio).max()
    return Conversion(np.round(audio * scale).astype("<i2"), (), tuple(mended), content)


def convert_all(
    utterances: Sequence[Utterance],
    folder: Path,
    done: int,
    sample_rate: int,
    progress: Callable[[int], object],
) -> Iterator[int]:
    """Appends the utterances after the first `done` to a table, and yields how many it holds.

    Whenever it does, they are all on disk. `progress` is told how many were converted.
    """
    with _Writer(folder) as table, ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(done, len(utterances), PART):
            part = utterances[start : start + PART]
            # In chunks, because the pool would otherwise run ahead of the writer.
            for first in range(0, len(part), CHUNK):
                chunk = list(part[first : first + CHUNK])
                table.add(chunk, pool.map(partial(convert, sample_rate=sample_rate), chunk))
                progress(len(chunk))
            table.flush()
            yield start + len(part)


class _Writer:
    """Appends to the files of a table."""

    def __init__(self, folder: Path):
        self._files = {
            name: open(folder / name, "ab")  # noqa: SIM115
            for name in (SAMPLES, ROWS, STRINGS, SPEAKERS, OUTCOMES)
        }
        self._numbers: dict[str, dict[Hashable, int]] = {
            name: {_hashable(line): n for n, line in enumerate(json_lines(folder / name))}
            for name in (SPEAKERS, OUTCOMES)
        }

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as stack:
            for file in self._files.values():
                stack.callback(file.close)

    def add(self, utterances: Sequence[Utterance], conversions: Iterator[Conversion]) -> None:
        """Appends utterances with what became of them."""
        rows = []
        offset, start = self._files[SAMPLES].tell() // 2, self._files[STRINGS].tell()
        for utterance, found in zip(utterances, conversions):
            id, text = encoded(utterance.id), encoded(utterance.text)
            speaker = self._number(SPEAKERS, utterance.speaker)
            outcome = self._number(OUTCOMES, (found.skipped, found.mended))
            place = (offset, len(found.pcm), start, len(id), len(text))
            rows.append((*place, speaker, outcome, found.content))
            self._files[SAMPLES].write(found.pcm.tobytes())
            self._files[STRINGS].write(id + text)
            offset, start = offset + len(found.pcm), start + len(id) + len(text)
        self._files[ROWS].write(np.array(rows, ROW).tobytes())

    def _number(self, name: str, value: Hashable) -> int:
        numbers = self._numbers[name]
        if value not in numbers:
            numbers[value] = len(numbers)
            self._files[name].write(json.dumps(value).encode() + b"\n")
        return numbers[value]

    def flush(self) -> None:
        """Waits until all that was added is on disk."""
        for file in self._files.values():
            file.flush()
            os.fsync(file.fileno())


def _hashable(value: Any) -> Hashable:
    """What JSON made lists of, as tuples again."""
    return tuple(map(_hashable, value)) if isinstance(value, list) else value
