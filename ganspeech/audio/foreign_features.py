"""Log-mels in files of other programs: arrays that say nothing of how they were made.

NumPy's `.npy` and PyTorch's `.pt` or `.pth`, with one array. What can be told from it is: its
orientation by its shape, decibels by their range. The audio spec must be named by who reads it.
"""

from pathlib import Path

import numpy as np

from ganspeech.audio.decoding import AudioFileError
from ganspeech.audio.feature_files import check_features
from ganspeech.audio.files import Note, tell
from ganspeech.audio.pieces import LogMel
from ganspeech.audio.spec import AudioSpec
from ganspeech.formats.tensors import ForeignFileError
from ganspeech.formats.torch_files import read_tensor
from ganspeech.process.arrays import read_array
from ganspeech.process.damage import damage

FOREIGN_SUFFIXES = (".npy", ".pt", ".pth")
DECIBELS_BELOW, DECIBELS_ABOVE = -30.0, 15.0
"""No logarithm of mel values is below or above: e^-30 is silence, e^15 beyond any full scale."""
NORMALIZED_ABOVE = -3.0
"""Lowest natural logarithm that some band of speech is always below."""


def read_foreign_features(path: str | Path, spec: AudioSpec, note: Note | None = None) -> LogMel:
    """Read log-mels: float32 `[frames, mels]` in the spec's logarithm.

    The array is `[frames, mels]` or `[mels, frames]`, perhaps within axes of length 1. Values
    below -30 or above 15 are taken for decibels, 20 log10 of magnitudes (10 log10 of powers), and
    converted. What was changed, and what looks as if it had been normalized, is handed to `note`,
    or printed on standard error with the file's name. Raises `AudioFileError` for a missing or
    unreadable file, and for an array of another shape or type, or with NaN or infinite values.
    """
    path = Path(path)
    array = _array(path)
    inner = array.reshape([size for size in array.shape if size != 1])
    if inner.ndim != 2 or spec.n_mels not in inner.shape:
        raise AudioFileError(
            f"{path}: log-mels must be [frames, {spec.n_mels}] or [{spec.n_mels}, frames], "
            f"not {list(array.shape)}"
        )
    faults = []
    if inner.shape == (spec.n_mels, spec.n_mels):
        faults.append(f"{spec.n_mels} frames of as many bands, taken as [frames, mels]")
    elif inner.shape[0] == spec.n_mels:
        inner = inner.T
        faults.append("transposed from [mels, frames]")
    check_features(path, inner, spec)
    log_mel = inner.astype(np.float32)
    unit = 1.0 if spec.log_base == "e" else np.log(10.0)
    if log_mel.min() < DECIBELS_BELOW / unit or log_mel.max() > DECIBELS_ABOVE / unit:
        log_mel *= np.float32(np.log(10.0) / (20.0 / spec.power) / unit)
        faults.append("converted from decibels")
    elif log_mel.min() > NORMALIZED_ABOVE / unit:
        faults.append(
            f"no value below {NORMALIZED_ABOVE / unit:.2g}: normalized, or not a logarithm?"
        )
    tell(path, faults, note)
    return np.maximum(log_mel, np.float32(spec.silence))


def _array(path: Path) -> np.ndarray:
    if not path.is_file():
        raise AudioFileError(f"no such feature file: {path}")
    if path.suffix.lower() == ".npy":
        with damage(AudioFileError, f"{path} is not an array of NumPy"):
            return read_array(path, mapped=True)
    with damage(AudioFileError, f"cannot read {path}"):
        try:
            return read_tensor(path)
        except ForeignFileError as error:
            raise AudioFileError(str(error)) from error
