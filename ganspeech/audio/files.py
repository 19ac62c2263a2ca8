"""Reading and writing audio files, and feature files that carry their audio spec."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
import soxr
from tqdm import tqdm

from ganspeech.audio.full_scale import BeyondAnyScale, within_full_scale
from ganspeech.audio.headers import closed_wav, is_cut_off, is_mpeg
from ganspeech.audio.spec import AudioSpec
from ganspeech.process.arrays import read_arrays
from ganspeech.process.damage import damage
from ganspeech.process.foreign_logs import unheard
from ganspeech.process.writing import write_whole

AUDIO_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".au")
"""Suffixes of audio files in folders."""
OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
FORMATS: dict[str, tuple[str, str, tuple[int, ...]]] = {
    ".wav": ("WAV", "PCM_16", ()),
    ".flac": ("FLAC", "PCM_16", ()),
    ".ogg": ("OGG", "VORBIS", ()),
    ".opus": ("OGG", "OPUS", OPUS_RATES),
    ".mp3": ("MP3", "MPEG_LAYER_III", MP3_RATES),
    ".aiff": ("AIFF", "PCM_16", ()),
    ".aif": ("AIFF", "PCM_16", ()),
    ".au": ("AU", "PCM_16", ()),
}
"""Format and coding of written files by suffix, and the rates in Hz of those that have few."""
WRITABLE = tuple(FORMATS)
BLOCK = 1 << 24
"""Samples that are decoded at once: a broken header may promise more than any memory holds."""
SMALL_BLOCK = 4096
"""Samples of each channel decoded at once up to damage. Few, since the last block is lost, and no
use for whole files, since soundfile seeks after each, which MP3 does not do exactly."""
LEAST_RATE = 1000
"""Least rate of a file in Hz: one of a broken header, such as 1, would make hours of seconds."""
CUT_OFF = "cut off or damaged, used as far as it goes"


class AudioFileError(ValueError):
    """A file that cannot be used; the message names the file and the reason."""


class Decoded(NamedTuple):
    """A file as it is, with notes about what is wrong with it."""

    channels: np.ndarray
    """float32 `[samples, channels]` in [-1, 1]."""
    rate: int
    """Rate in Hz."""
    notes: tuple[str, ...]
    """Faults in spite of which it is used, such as `CUT_OFF`."""


def read_audio(
    path: str | Path,
    sample_rate: int | None = None,
    note: Callable[[str], object] | None = None,
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
    for fault in notes:
        if note is None:
            tqdm.write(f"{path}: {fault}", file=sys.stderr)
        else:
            note(fault)
    mono = channels.mean(axis=1)
    if sample_rate is None or sample_rate == rate:
        return mono, rate
    return resample(mono, rate, sample_rate), sample_rate


def read_channels(path: str | Path) -> Decoded:
    """Read all channels of a file, as far as it goes if it is cut off or damaged further on.

    Raises `AudioFileError` like `read_audio`.
    """
    path = Path(path)
    with _opened(path) as file, damage(AudioFileError, f"cannot read {path} as audio"):
        audio, whole = _decoded(file)
        rate = file.samplerate
        notes = () if whole and not is_cut_off(path) else (CUT_OFF,)
    if not len(audio):
        raise AudioFileError(f"{path} holds no audio: 0 samples")
    if not np.isfinite(audio).all():
        raise AudioFileError(f"{path} holds NaN or infinite samples")
    try:
        audio, scaled = within_full_scale(audio)
    except BeyondAnyScale as error:
        raise AudioFileError(f"{path} holds {error}") from None
    return Decoded(audio, rate, (*notes, *filter(None, [scaled])))


def rate_of(path: str | Path) -> int:
    """Rate of a file in Hz, by its header alone; raises `AudioFileError`."""
    with _opened(Path(path)) as file:
        return file.samplerate


@contextmanager
def _opened(path: Path) -> Iterator[soundfile.SoundFile]:
    if not path.is_file():
        raise AudioFileError(f"no such audio file: {path}")
    # mpg123 writes its own words for damage to standard error, several lines a file.
    with damage(AudioFileError, f"cannot read {path} as audio"):
        quiet = unheard() if is_mpeg(path) else nullcontext()
    with quiet:
        with damage(AudioFileError, f"cannot read {path} as audio"):
            file = soundfile.SoundFile(path)
            if not file.frames and (content := closed_wav(path)):
                file.close()
                file = soundfile.SoundFile(content)
        with file:
            if file.samplerate < LEAST_RATE:
                raise AudioFileError(
                    f"{path} has a rate of {file.samplerate} Hz, and speech at least {LEAST_RATE}"
                )
            yield file


def _decoded(file: soundfile.SoundFile) -> tuple[np.ndarray, bool]:
    """All samples `[samples, channels]` up to an error, and whether the header promised no more.

    Raises soundfile's error if it is in the first block.
    """
    try:
        audio = np.concatenate(list(_blocks(file, max(BLOCK // file.channels, 1))))
        return audio, len(audio) >= file.frames
    except soundfile.SoundFileError as error:
        file.seek(0)
        blocks: list[np.ndarray] = []
        with suppress(soundfile.SoundFileError):
            blocks.extend(_blocks(file, SMALL_BLOCK))
        if not blocks:
            raise error
        return np.concatenate(blocks), False


def _blocks(file: soundfile.SoundFile, most: int) -> Iterator[np.ndarray]:
    block = file.read(most, dtype="float32", always_2d=True)
    yield block
    while len(block) == most:
        block = file.read(most, dtype="float32", always_2d=True)
        yield block


def write_audio(path: str | Path, audio: np.ndarray, rate: int) -> None:
    """Write mono audio `[samples]` in the format of the suffix; values outside [-1, 1] clip.

    wav, flac, aiff and au have 16 bits; ogg is Vorbis. Opus and MP3 have few rates, and audio of
    another one is resampled to the next higher. Raises `AudioFileError` for another suffix, another
    shape, and NaN or infinite samples; the file appears whole or not at all.
    """
    path = Path(path)
    audio = np.asarray(audio, np.float32)
    if path.suffix.lower() not in WRITABLE:
        raise AudioFileError(f"cannot write {path}: the suffix must be one of {' '.join(WRITABLE)}")
    if audio.ndim != 1:
        raise AudioFileError(f"cannot write {path}: audio must be [samples], not {audio.shape}")
    if not np.isfinite(audio).all():
        raise AudioFileError(f"cannot write {path}: NaN or infinite samples")
    kind, subtype, rates = FORMATS[path.suffix.lower()]
    if rates and rate not in rates:
        near = next((other for other in rates if other > rate), rates[-1])
        audio, rate = resample(audio, rate, near), near
    buffer = io.BytesIO()
    pcm = np.round(np.clip(audio, -1.0, 1.0) * 32767.0).astype(np.int16)
    with (
        damage(AudioFileError, f"cannot write {path}"),
        soundfile.SoundFile(buffer, "w", rate, 1, format=kind, subtype=subtype) as file,
    ):
        # In pieces: libsndfile crashes over minutes of Vorbis at once.
        for start in range(0, len(pcm), SMALL_BLOCK):
            file.write(pcm[start : start + SMALL_BLOCK])
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
        archive = read_arrays(path)
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
