"""Reading and writing audio files, and feature files that carry their audio spec."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile
import soxr

from ganspeech.audio.spec import AudioSpec
from ganspeech.process.damage import damage
from ganspeech.process.writing import write_whole

AUDIO_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".au")
"""Suffixes of audio files in folders."""
WRITABLE = (".wav", ".flac")
BLOCK = 1 << 22
"""Samples that are decoded at once: a broken header may promise more than any memory holds."""


class AudioFileError(ValueError):
    """A file that cannot be used; the message names the file and the reason."""


def read_audio(path: str | Path, sample_rate: int | None = None) -> tuple[np.ndarray, int]:
    """Read any format libsndfile knows: mono float32 `[samples]` in [-1, 1], and its rate in Hz.

    Channels are averaged, and the audio is resampled when `sample_rate` differs from the
    file's. Raises `AudioFileError` for a missing, unreadable or empty file and for NaN or
    infinite samples.
    """
    channels, rate = read_channels(path)
    mono = channels.mean(axis=1)
    if sample_rate is None or sample_rate == rate:
        return mono, rate
    return resample(mono, rate, sample_rate), sample_rate


def read_channels(path: str | Path) -> tuple[np.ndarray, int]:
    """Read a file as it is: float32 `[samples, channels]` in [-1, 1], and its rate in Hz.

    Raises `AudioFileError` like `read_audio`.
    """
    path = Path(path)
    with _opened(path) as file, damage(AudioFileError, f"cannot read {path} as audio"):
        audio, rate = _decoded(file), file.samplerate
    if not len(audio):
        raise AudioFileError(f"{path} holds no audio: 0 samples")
    if not np.isfinite(audio).all():
        raise AudioFileError(f"{path} holds NaN or infinite samples")
    return audio, rate


def rate_of(path: str | Path) -> int:
    """Rate of a file in Hz, by its header alone; raises `AudioFileError`."""
    with _opened(Path(path)) as file:
        return file.samplerate


@contextmanager
def _opened(path: Path) -> Iterator[soundfile.SoundFile]:
    if not path.is_file():
        raise AudioFileError(f"no such audio file: {path}")
    with damage(AudioFileError, f"cannot read {path} as audio"):
        file = soundfile.SoundFile(path)
    with file:
        yield file


def _decoded(file: soundfile.SoundFile) -> np.ndarray:
    """All samples `[samples, channels]`: as many as there are, whatever the header says."""
    blocks: list[np.ndarray] = []
    most = max(BLOCK // file.channels, 1)
    while not blocks or len(blocks[-1]) == most:
        blocks.append(file.read(most, dtype="float32", always_2d=True))
    return np.concatenate(blocks)


def write_audio(path: str | Path, audio: np.ndarray, rate: int) -> None:
    """Write mono audio `[samples]` as 16-bit `.wav` or `.flac`; values outside [-1, 1] clip.

    Raises `AudioFileError` for another suffix, another shape, and NaN or infinite samples; the
    file appears whole or not at all.
    """
    path = Path(path)
    audio = np.asarray(audio, np.float32)
    if path.suffix.lower() not in WRITABLE:
        raise AudioFileError(f"cannot write {path}: the suffix must be {' or '.join(WRITABLE)}")
    if audio.ndim != 1:
        raise AudioFileError(f"cannot write {path}: audio must be [samples], not {audio.shape}")
    if not np.isfinite(audio).all():
        raise AudioFileError(f"cannot write {path}: NaN or infinite samples")
    buffer = io.BytesIO()
    pcm = np.round(np.clip(audio, -1.0, 1.0) * 32767.0).astype(np.int16)
    soundfile.write(buffer, pcm, rate, format=path.suffix[1:].upper(), subtype="PCM_16")
    write_whole(path, buffer.getvalue())


def save_features(path: str | Path, log_mel: np.ndarray, spec: AudioSpec) -> None:
    """Save features `[frames, mels]` and their spec as `.npz`."""
    path = Path(path)
    log_mel = np.asarray(log_mel, np.float32)
    if path.suffix != ".npz":
        raise AudioFileError(f"cannot write {path}: the suffix must be .npz")
    _check_features(path, log_mel, spec)
    buffer = io.BytesIO()
    np.savez(buffer, log_mel=log_mel, spec=np.array(spec.to_json()))
    write_whole(path, buffer.getvalue())


def load_features(path: str | Path) -> tuple[np.ndarray, AudioSpec]:
    """Read a file of `save_features`: float32 `[frames, mels]` and their spec.

    Raises `AudioFileError` for a missing, unreadable, empty or inconsistent file. Callers compare
    specs by `spec.require_same`.
    """
    path = Path(path)
    if not path.is_file():
        raise AudioFileError(f"no such feature file: {path}")
    with damage(AudioFileError, f"{path} is not a feature file (.npz with log_mel and spec)"):
        archive = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
        log_mel, spec = archive["log_mel"], AudioSpec.from_json(str(archive["spec"]))
    _check_features(path, log_mel, spec)
    return log_mel.astype(np.float32), spec


def resample(audio: np.ndarray, from_rate: int, to_rate: int) -> np.ndarray:
    """Resample `[samples]` between rates in Hz with soxr at high quality; float32."""
    audio = np.asarray(audio, np.float32)
    return audio if from_rate == to_rate else soxr.resample(audio, from_rate, to_rate)


def _check_features(path: Path, log_mel: np.ndarray, spec: AudioSpec) -> None:
    if log_mel.ndim != 2 or log_mel.shape[1] != spec.n_mels or not len(log_mel):
        raise AudioFileError(
            f"{path}: features must be [frames, {spec.n_mels}] with at least one frame, "
            f"not {list(log_mel.shape)}"
        )
    if log_mel.dtype.kind not in "fiu":
        raise AudioFileError(f"{path}: features must be real numbers, not {log_mel.dtype}")
    if not np.isfinite(log_mel).all():
        raise AudioFileError(f"{path}: features are NaN or infinite")
