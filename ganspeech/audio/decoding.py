"""Decoding of audio files, block by block and as far as they go, by libsndfile."""

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from jaxtyping import Float32

from ganspeech.audio.full_scale import BeyondAnyScale, scale_of
from ganspeech.audio.headers import closed_wav, is_cut_off, is_mpeg
from ganspeech.process.damage import damage
from ganspeech.process.foreign_logs import unheard

BLOCK = 4096
"""Samples of each channel decoded at once. Few, since the block with the damage is lost, and since
a broken header may promise more than any memory holds."""
LEAST_RATE = 1000
"""Least rate of a file in Hz: one of a broken header, such as 1, would make hours of seconds."""
CUT_OFF = "cut off or damaged, used as far as it goes"

Block = Float32[np.ndarray, "samples channels"]


class AudioFileError(ValueError):
    """A file that cannot be used; the message names the file and the reason."""


class Survey(NamedTuple):
    """What a file holds, known once it has been decoded to its end."""

    rate: int
    """Rate in Hz."""
    samples: int
    """Samples of each channel, as far as the file goes."""
    divisor: float
    """What brings its samples within full scale, see `ganspeech.audio.full_scale`."""
    notes: tuple[str, ...]
    """Faults in spite of which it is used, such as `CUT_OFF`."""

    def scaled(self, block: Block) -> Block:
        """A block within full scale."""
        return block if self.divisor == 1 else block / np.float32(self.divisor)


def survey(path: Path, take: Callable[[Block], object] | None = None) -> Survey:
    """Decodes a file, handing each block to `take` as it is stored.

    Raises `AudioFileError` for a missing, unreadable or empty file, for a rate below `LEAST_RATE`,
    and for samples that are NaN, infinite or beyond any scale.
    """
    peak, samples = 0.0, 0
    with opened(path) as file:
        decoding = Decoding(path, file)
        for block in decoding:
            loudest = float(np.abs(block).max())
            if not math.isfinite(loudest):
                raise AudioFileError(f"{path} holds NaN or infinite samples")
            peak = max(peak, loudest)
            samples += len(block)
            if take is not None:
                take(block)
        rate = file.samplerate
    if not samples:
        raise AudioFileError(f"{path} holds no audio: 0 samples")
    try:
        divisor, scaled = scale_of(peak, lambda: _share_of_whole_numbers(path))
    except BeyondAnyScale as error:
        raise AudioFileError(f"{path} holds {error}") from None
    with damage(AudioFileError, f"cannot read {path} as audio"):
        whole = decoding.whole and not is_cut_off(path)
    notes = ("" if whole else CUT_OFF, scaled)
    return Survey(rate, samples, divisor, tuple(filter(None, notes)))


def _share_of_whole_numbers(path: Path) -> float:
    """Decodes a file again, which is rarely needed, and would slow down each first decoding."""
    whole = samples = 0
    with opened(path) as file:
        for block in Decoding(path, file):
            whole += int(np.count_nonzero(block == np.round(block)))
            samples += block.size
    return whole / samples


class Decoding:
    """The blocks of an opened file, in order, up to its end or to damage further on."""

    def __init__(self, path: Path, file: soundfile.SoundFile):
        self._path, self._file, self._quiet = path, file, _quiet(path)
        self.whole = False
        """Whether there were as many samples as the header promises; known at the end."""

    def __iter__(self) -> Iterator[Block]:
        """Blocks `[samples, channels]`; raises `AudioFileError` for damage in the first."""
        done = 0
        with damage(AudioFileError, f"cannot read {self._path} as audio"):
            while True:
                try:
                    with self._quiet():
                        block = self._file.read(BLOCK, dtype="float32", always_2d=True)
                except soundfile.SoundFileError:
                    if not done:
                        raise
                    return
                if len(block):
                    yield block
                done += len(block)
                if len(block) < BLOCK:
                    break
        self.whole = done >= self._file.frames


@contextmanager
def opened(path: Path) -> Iterator[soundfile.SoundFile]:
    """Opens a file; raises `AudioFileError` for one that is missing, no audio, or of no rate."""
    if not path.is_file():
        raise AudioFileError(f"no such audio file: {path}")
    if not path.stat().st_size:
        raise AudioFileError(f"{path} holds no audio: 0 bytes")
    with ExitStack() as stack:
        with damage(AudioFileError, f"cannot read {path} as audio"), _quiet(path)():
            file = stack.enter_context(_InOrder(path))
            if not file.frames and (content := closed_wav(path)):
                stack.enter_context(closing(content))
                file = stack.enter_context(_InOrder(content))
        if file.samplerate < LEAST_RATE:
            raise AudioFileError(
                f"{path} has a rate of {file.samplerate} Hz, and speech at least {LEAST_RATE}"
            )
        yield file


def _quiet(path: Path) -> Callable[[], AbstractContextManager[None]]:
    """mpg123 writes its own words for damage to standard error, several lines a file."""
    return unheard if is_mpeg(path) else nullcontext


class _InOrder(soundfile.SoundFile):
    """A file that is read from its start to its end.

    soundfile seeks after each read where it can, which is slow, and inexact in MP3.
    """

    def seekable(self) -> bool:
        return False
