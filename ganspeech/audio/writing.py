"""Audio written piece by piece, as 16-bit samples; files appear whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np
import soundfile
import soxr
from jaxtyping import Float, Int16

from ganspeech.audio.decoding import BLOCK, AudioFileError
from ganspeech.process.damage import damage
from ganspeech.process.writing import naming_path, partial_of

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


def write_audio(path: str | Path, audio: np.ndarray, rate: int) -> None:
    """Write mono audio `[samples]` in the format of the suffix; values outside [-1, 1] clip.

    wav, flac, aiff and au have 16 bits; ogg is Vorbis. Opus and MP3 have few rates, and audio of
    another one is resampled to the next higher. Raises `AudioFileError` for another suffix, another
    shape, and NaN or infinite samples, and `OSError`, naming the file, where it cannot be written;
    the file appears whole or not at all.
    """
    with AudioWriter(path, rate) as writer:
        writer.write(audio)


class AudioWriter:
    """Writes an audio file piece by piece: `with AudioWriter(path, rate) as writer: ...`.

    Until the end it is `.NAME.PROCESS.partial` beside the target, which an error removes.
    """

    def __init__(self, path: str | Path, rate: int):
        """Format and errors are those of `write_audio`."""
        self._path = path = Path(path)
        if path.suffix.lower() not in WRITABLE:
            raise AudioFileError(
                f"cannot write {path}: the suffix must be one of {' '.join(WRITABLE)}"
            )
        kind, subtype, rates = FORMATS[path.suffix.lower()]
        self._pcm = RatedPcm(rate, rates)
        self._sink = _Sink(path)
        try:
            with self._checked():
                self._file = soundfile.SoundFile(
                    self._sink, "w", self._pcm.rate, 1, format=kind, subtype=subtype
                )
        except BaseException:
            self._sink.discard()
            raise

    def __enter__(self) -> "AudioWriter":
        return self

    def write(self, audio: Float[np.ndarray, " samples"]) -> None:
        """Appends mono audio."""
        audio = np.asarray(audio, np.float32)
        if audio.ndim != 1:
            raise AudioFileError(
                f"cannot write {self._path}: audio must be [samples], not {audio.shape}"
            )
        if not np.isfinite(audio).all():
            raise AudioFileError(f"cannot write {self._path}: NaN or infinite samples")
        self._encode(self._pcm.add(audio))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._encode(self._pcm.end())
            with self._checked():
                self._file.close()
            if error is None:
                self._sink.keep()
        finally:
            self._sink.discard()

    def _encode(self, pcm: np.ndarray) -> None:
        with self._checked():
            # In pieces: libsndfile crashes over minutes of Vorbis at once.
            for start in range(0, len(pcm), BLOCK):
                self._file.write(pcm[start : start + BLOCK])

    @contextmanager
    def _checked(self) -> Iterator[None]:
        """Raises what the disk said, since libsndfile only says that something failed."""
        try:
            with damage(AudioFileError, f"cannot write {self._path}"):
                yield
        finally:
            self._sink.require_written()


class _Sink:
    """A partial file beside its target, unbuffered, so that faults come where it is written to.

    They are kept, since none may pass through libsndfile.
    """

    def __init__(self, path: Path):
        self._path = path
        self._partial = partial_of(path)
        self._fault: OSError | None = None
        with naming_path(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = open(self._partial, "wb", buffering=0)  # noqa: SIM115

    def write(self, data: bytes) -> int:
        done = 0
        try:
            while done < len(data) and self._fault is None:
                done += self._file.write(data[done:])
        except OSError as error:
            self._fault = error
        return done

    def seek(self, offset: int, whence: int) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def require_written(self) -> None:
        """Raises OSError, naming the target, if a write has failed."""
        if self._fault is not None:
            with naming_path(self._path):
                raise self._fault

    def keep(self) -> None:
        """Gives the file its name."""
        self._file.close()
        with naming_path(self._path):
            self._partial.replace(self._path)

    def discard(self) -> None:
        """Removes the partial file, if there still is one."""
        self._file.close()
        self._partial.unlink(missing_ok=True)


def pcm16(audio: Float[np.ndarray, " samples"]) -> Int16[np.ndarray, " samples"]:
    """Audio in [-1, 1] as 16-bit samples; values outside clip."""
    return np.round(np.clip(audio, -1.0, 1.0) * 32767.0).astype(np.int16)


def pcm_bytes(audio: Float[np.ndarray, " samples"]) -> bytes:
    """The same as little-endian bytes."""
    return pcm16(audio).astype("<i2").tobytes()


class RatedPcm:
    """16-bit samples of audio that comes piece by piece, at a rate that a format has."""

    def __init__(self, rate: int, rates: tuple[int, ...]):
        """`rate` is that of the audio in Hz; `rates` are the format's, ascending, empty for all."""
        self.rate = rate
        """The rate of the samples: that of the audio, or the format's next higher one."""
        self._stream = None
        if rates and rate not in rates:
            self.rate = next((other for other in rates if other > rate), rates[-1])
            self._stream = soxr.ResampleStream(rate, self.rate, 1, dtype="float32")

    def add(self, audio: Float[np.ndarray, " samples"]) -> Int16[np.ndarray, " samples"]:
        """Samples that are settled once this audio is added."""
        audio = np.asarray(audio, np.float32)
        return pcm16(audio if self._stream is None else self._stream.resample_chunk(audio))

    def end(self) -> Int16[np.ndarray, " samples"]:
        """The last samples."""
        none = np.zeros(0, np.float32)
        return pcm16(none if self._stream is None else self._stream.resample_chunk(none, last=True))
