"""Feature files that carry their audio spec."""

import io
from pathlib import Path

import numpy as np

from ganspeech.audio.decoding import AudioFileError
from ganspeech.audio.spec import AudioSpec
from ganspeech.process.arrays import read_arrays
from ganspeech.process.damage import damage
from ganspeech.process.writing import write_whole


def save_features(path: str | Path, log_mel: np.ndarray, spec: AudioSpec) -> None:
    """Save features `[frames, mels]` and their spec as `.npz`."""
    path = Path(path)
    log_mel = np.asarray(log_mel, np.float32)
    if path.suffix != ".npz":
        raise AudioFileError(f"cannot write {path}: the suffix must be .npz")
    check_features(path, log_mel, spec)
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
    check_features(path, log_mel, spec)
    return log_mel.astype(np.float32), spec


def check_features(path: Path, log_mel: np.ndarray, spec: AudioSpec) -> None:
    """Raise `AudioFileError` unless an array holds features of a spec: real, finite numbers."""
    if log_mel.ndim != 2 or log_mel.shape[1] != spec.n_mels or not len(log_mel):
        raise AudioFileError(
            f"{path}: features must be [frames, {spec.n_mels}] with at least one frame, "
            f"not {list(log_mel.shape)}"
        )
    if log_mel.dtype.kind not in "fiu":
        raise AudioFileError(f"{path}: features must be real numbers, not {log_mel.dtype}")
    if not np.isfinite(log_mel).all():
        raise AudioFileError(f"{path}: features are NaN or infinite")
