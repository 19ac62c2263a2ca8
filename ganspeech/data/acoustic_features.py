"""Log-mels that an acoustic model made beside the recordings of a corpus.

A vocoder tuned on them learns the errors of that model, which its own log-mels do not have; users
of HiFi-GAN (Kong et al. 2020, section 4.4) call them ground-truth-aligned (GTA).
"""

import functools
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from ganspeech.audio.feature_files import load_features
from ganspeech.audio.foreign_features import (
    FOREIGN_SUFFIXES,
    LogMel,
    read_foreign_features,
)
from ganspeech.audio.mel import mel_filterbank
from ganspeech.audio.spec import AudioSpec
from ganspeech.audio.stft import hann_window
from ganspeech.data.cache import build_once, digest
from ganspeech.data.corpus import CorpusError, Names, Problems, chosen
from ganspeech.data.recordings import Recording, read_store

VERSION = 1
SUFFIXES = (".npz", *FOREIGN_SUFFIXES)
MELS, ROWS, PROBLEMS = "mels.float32", "rows.npy", "problems.json"
"""Files of a store: all frames; the first frame and their number of each recording; problems."""
SPARE_FRAMES = 3
"""Frames by which the length may differ: programs pad the ends of audio differently."""
LOUD = 3.0
"""Nepers above the floor of values that are compared with those of the recording."""
SHIFTED, FAR = 0.1, 2.0
"""Nepers of level, and of mean distance from the recording's own, that are worth a word."""
CHUNK = 64


class LogMels(NamedTuple):
    """Log-mels of recordings, in their order."""

    folder: str
    bands: int
    places: np.ndarray
    """Rows of the store, one a recording."""

    def of(self, index: int, start: int = 0, stop: int | None = None) -> LogMel:
        """Frames `start` to `stop` of a recording, clipped to it."""
        first, frames = _rows(self.folder)[self.places[index]].tolist()
        start, stop, _ = slice(start, stop).indices(frames)
        size = 4 * self.bands
        store = str(Path(self.folder) / MELS)
        data = read_store(store, size * max(stop - start, 0), size * (first + start))
        return np.frombuffer(data, "<f4").reshape(-1, self.bands)


@functools.lru_cache(maxsize=4)
def _rows(folder: str) -> np.ndarray:
    return np.load(Path(folder) / ROWS)


def acoustic_features(
    recordings: Sequence[Recording],
    features: str,
    spec: AudioSpec,
    *,
    cache: Path,
    progress: bool = True,
) -> tuple[Sequence[Recording], LogMels, Problems]:
    """Recordings that have log-mels, these, and problems with others.

    `features` is a folder of `ID.npz`, `.npy`, `.pt` or `.pth`, those without a spec being of
    `spec`. Their level is brought to that of the prepared recordings, whose peaks are normalized.
    They are read once, into a store in `cache`. Raises `CorpusError` if there is no such folder.
    """
    root = Path(features).expanduser()
    if not root.is_dir():
        raise CorpusError(f"no folder {features!r}; name it with --corpus.features")
    paths = [_path_of(root, recording.id) for recording in recordings]
    sounds = [[recording.id, recording.store, recording.offset] for recording in recordings]
    key = digest([VERSION, spec.digest(), sounds, [_identity(path) for path in paths]])
    folder = cache / f"features-{key}"

    def fill(partial: Path) -> None:
        bar = tqdm(total=len(paths), desc="reading features", unit="file", disable=not progress)
        with bar:
            _fill(partial, _aligned(recordings, paths, spec, bar))

    build_once(folder, fill)
    found = json.loads((folder / PROBLEMS).read_text(encoding="utf-8"))
    problems = Problems(*({why: Names(ids) for why, ids in kind.items()} for kind in found))
    usable = _rows(str(folder))[:, 1] > 0
    mels = LogMels(str(folder), spec.n_mels, np.flatnonzero(usable))
    return chosen(recordings, usable), mels, problems


def _path_of(root: Path, id: str) -> Path | None:
    paths = (root / f"{id}{suffix}" for suffix in SUFFIXES)
    return next((path for path in paths if path.is_file()), None)


def _identity(path: Path | None) -> list[object]:
    if path is None:
        return []
    found = os.stat(path)
    return [str(path.resolve()), found.st_size, found.st_mtime_ns]


class _Aligned(NamedTuple):
    id: str
    log_mel: LogMel
    skipped: str
    mended: tuple[str, ...]


def _fill(folder: Path, found: Iterator[_Aligned]) -> None:
    problems, rows, first = Problems(), [], 0
    with open(folder / MELS, "wb") as file:
        for one in found:
            file.write(one.log_mel.astype("<f4").tobytes())
            rows.append((first, len(one.log_mel)))
            first += len(one.log_mel)
            if one.skipped:
                problems.skip(one.skipped, one.id)
            for reason in one.mended:
                problems.mend(reason, one.id)
    np.save(folder / ROWS, np.array(rows, np.int64).reshape(-1, 2))
    text = json.dumps([problems.skipped, problems.mended], ensure_ascii=True)
    (folder / PROBLEMS).write_text(text, encoding="utf-8")


def _aligned(
    recordings: Sequence[Recording], paths: Sequence[Path | None], spec: AudioSpec, bar: tqdm
) -> Iterator[_Aligned]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(0, len(paths), CHUNK):
            chunk = slice(start, start + CHUNK)
            for one in pool.map(lambda r, p: _align(r, p, spec), recordings[chunk], paths[chunk]):
                yield one
                bar.update()


def _align(recording: Recording, path: Path | None, spec: AudioSpec) -> _Aligned:
    """Features with a frame for each hop of the recording, at its level."""
    nothing, mended = np.zeros((0, spec.n_mels), np.float32), list[str]()
    if path is None:
        return _Aligned(recording.id, nothing, "no features", ())
    try:
        given = _read(path, spec, mended)
    except ValueError as error:
        return _Aligned(recording.id, nothing, str(error).replace(str(path), "the file"), ())
    own = _log_mel(recording.audio(), spec)
    frames = recording.samples // spec.hop_length
    if abs(len(given) - frames) > SPARE_FRAMES:
        reason = "features of another length than the recording"
        return _Aligned(recording.id, nothing, reason, ())
    given = np.pad(given, ((0, max(frames - len(given), 0)), (0, 0)), mode="edge")[:frames]
    unit = 1.0 if spec.log_base == "e" else 1 / np.log(10.0)
    loud = np.minimum(own[:frames], given) > spec.silence + LOUD * unit
    if loud.any():
        apart = (own[:frames] - given)[loud]
        level = np.median(apart)
        if abs(level) > SHIFTED * unit:
            mended.append("features brought to the level of the prepared recording")
        if np.mean(np.abs(apart - level)) > FAR * unit:
            mended.append("features unlike the recording's own: of another spec or recording?")
        given = np.maximum(given + np.float32(level), np.float32(spec.silence))
    return _Aligned(recording.id, given, "", tuple(mended))


def _read(path: Path, spec: AudioSpec, mended: list[str]) -> LogMel:
    if path.suffix != ".npz":
        return read_foreign_features(path, spec, mended.append)
    log_mel, its_spec = load_features(path)
    spec.require_same(its_spec)
    return log_mel


def _log_mel(audio: np.ndarray, spec: AudioSpec) -> LogMel:
    """`ganspeech.audio.log_mel` on the host, for lengths of all kinds."""
    padded = np.pad(audio, spec.pads(), mode=spec.pad_mode)
    frames = np.lib.stride_tricks.sliding_window_view(padded, spec.n_fft)[:: spec.hop_length]
    spectrum = np.abs(np.fft.rfft(frames * hann_window(spec)))
    mel = (spectrum**spec.power) @ mel_filterbank(spec)
    log = np.log if spec.log_base == "e" else np.log10
    return log(np.maximum(mel, spec.log_floor)).astype(np.float32)
