"""Recordings of any length, read and turned into log-mels or magnitudes piece by piece."""

import functools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import jax
import numpy as np
import soxr
from jaxtyping import Float, Float32

from ganspeech.audio.decoding import Decoding, opened, survey
from ganspeech.audio.files import Note, tell
from ganspeech.audio.mel import log_mel
from ganspeech.audio.spec import AudioSpec
from ganspeech.audio.stft import magnitude, require_length, stft

ROUND_HOPS = 64
"""Audio is padded to a multiple of this many hops, so that few lengths are compiled."""

Audio = Float32[np.ndarray, " samples"]
LogMel = Float[np.ndarray, "frames mels"]
Magnitude = Float[np.ndarray, "frames bins"]
Features = Callable[..., jax.Array]


class AudioPieces:
    """An audio file as pieces of any length, which together are what `read_audio` returns.

    The file is decoded twice, since its scale is known only at its end.
    """

    def __init__(self, path: str | Path, sample_rate: int, note: Note | None = None):
        """Decodes the file once; raises `AudioFileError`, and tells of faults, as `read_audio`."""
        self._path, self._rate = Path(path), sample_rate
        self._found = survey(self._path)
        tell(path, self._found.notes, note)

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self._found.samples / self._found.rate

    @property
    def peak(self) -> float:
        """Largest absolute sample of the pieces, for which they are all read."""
        return max((np.abs(piece).max() for piece in self), default=0.0)

    def __iter__(self) -> Iterator[Audio]:
        """Mono pieces at `sample_rate`, in order, none of them empty."""
        with opened(self._path) as file:
            blocks = map(self._found.scaled, Decoding(self._path, file))
            mono = (block.mean(axis=1) for block in blocks)
            yield from filter(len, resampled(mono, self._found.rate, self._rate))


def resampled(pieces: Iterable[Audio], from_rate: int, to_rate: int) -> Iterator[Audio]:
    """Yield pieces at another rate in Hz; together they are the `resample` of all the audio."""
    if from_rate == to_rate:
        yield from pieces
        return
    stream = soxr.ResampleStream(from_rate, to_rate, 1, dtype="float32")
    for piece in pieces:
        yield stream.resample_chunk(piece)
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)


def log_mel_pieces(pieces: Iterable[Audio], spec: AudioSpec, *, frames: int) -> Iterator[LogMel]:
    """Yield the log-mel of pieces of audio, about `frames` frames at a time.

    Together they are the `log_mel` of all the audio; audio of at most `frames` frames gives one.
    Raises `ValueError` for audio that is too short for the spec.
    """
    return _feature_pieces(pieces, spec, frames, _log_mel)


def magnitude_pieces(
    pieces: Iterable[Audio], spec: AudioSpec, *, frames: int
) -> Iterator[Magnitude]:
    """Yield the magnitudes of the STFT of pieces of audio, as `log_mel_pieces` yields log-mels."""
    return _feature_pieces(pieces, spec, frames, _magnitude)


def _feature_pieces(
    pieces: Iterable[Audio], spec: AudioSpec, frames: int, features: Features
) -> Iterator[np.ndarray]:
    hop = spec.hop_length
    # Windows of samples overlap: the first frames of each but the first would see its padding.
    margin = -(-spec.pads()[0] // hop)
    window = (margin + frames) * hop + spec.n_fft
    kept, spoiled, samples = np.zeros(0, np.float32), 0, 0
    for piece in _gathered(pieces, window):
        samples += len(piece)
        kept = np.concatenate([kept, piece])
        # More than a window, since the end has a padding of its own.
        while len(kept) > window + spec.n_fft:
            yield _rounded(features, kept[:window], spec)[spoiled : margin + frames]
            kept, spoiled = kept[frames * hop :], margin
    require_length(samples, spec)
    yield _whole(features, kept, spec)[spoiled:]


def compiled_log_mel(samples: Audio, spec: AudioSpec) -> LogMel:
    """`log_mel`, compiled once for many lengths."""
    require_length(len(samples), spec)
    return _whole(_log_mel, samples, spec)


def _whole(features: Features, samples: Audio, spec: AudioSpec) -> np.ndarray:
    # The frames kept depend on the recording and its own padding, not on the zeros after it.
    padded = np.pad(samples, (0, spec.pads()[1]), mode=spec.pad_mode)
    return _rounded(features, padded, spec)[: spec.frames(len(samples))]


def _rounded(features: Features, samples: Audio, spec: AudioSpec) -> np.ndarray:
    rest = -len(samples) % (ROUND_HOPS * spec.hop_length)
    return np.asarray(features(np.pad(samples, (0, rest)), spec))


@functools.partial(jax.jit, static_argnums=1)
def _log_mel(samples: jax.Array, spec: AudioSpec) -> jax.Array:
    return log_mel(samples, spec)


@functools.partial(jax.jit, static_argnums=1)
def _magnitude(samples: jax.Array, spec: AudioSpec) -> jax.Array:
    return magnitude(stft(samples, spec))


def _gathered(pieces: Iterable[Audio], least: int) -> Iterator[Audio]:
    """Pieces of at least so many samples, but for the last."""
    waiting, samples = list[Audio](), 0
    for piece in pieces:
        waiting.append(piece)
        samples += len(piece)
        if samples >= least:
            yield np.concatenate(waiting)
            waiting, samples = [], 0
    if waiting:
        yield np.concatenate(waiting)
