"""Reading of folders of features, ours or another program's."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import safetensors
from jaxtyping import Float32

from ganspeech.data.cache import digest
from ganspeech.data.corpus import CorpusError
from ganspeech.data.features.settings import SETTINGS, FeatureSettings, read_settings
from ganspeech.process.arrays import read_array
from ganspeech.process.damage import damage

SUFFIXES = (".npy", ".safetensors")
"""Files that are read, each with one array."""

Frames = Float32[np.ndarray, "frames width"]


class FeatureFile(NamedTuple):
    """A file of features, of which the header was read."""

    path: Path
    frames: int


@dataclasses.dataclass(frozen=True)
class FeatureFolder:
    """Features of recordings by id: the path of a file within the folder, without its suffix."""

    settings: FeatureSettings
    """What made them, their rate and their width."""
    files: Mapping[str, FeatureFile]
    """Where they are, sorted by id."""

    @property
    def frames(self) -> dict[str, int]:
        """Number of frames of each id."""
        return {id: file.frames for id, file in self.files.items()}

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[tuple[str, Frames]]:
        """Yield ids and their features, in order, one file in memory at a time."""
        return ((id, self.read(id)) for id in self.files)

    def read(self, id: str) -> Frames:
        """Features of an id; raises CorpusError, naming the file, if any is NaN or infinite."""
        path = self.files[id].path
        with damage(CorpusError, f"{path} cannot be read"):
            array = np.asarray(_array(path), np.float32)
        if array.shape != (self.files[id].frames, self.settings.width):
            raise CorpusError(f"{path} was changed while it was read")
        if not np.isfinite(array).all():
            raise CorpusError(f"{path}: features are NaN or infinite: make the file anew")
        return array


def read_features(folder: str | Path, rate: float | None = None) -> FeatureFolder:
    """Opens a folder of `ganspeech features`, or of `.npy` and `.safetensors` of other programs.

    Each file holds one array `[frames, width]` of real numbers; files lie at any depth, and only
    their headers are read here. `rate`, in frames a second, is for folders without `features.json`,
    of which nobody says what made them: `labeled` is then None, and the fingerprint that of names
    and shapes. Raises CorpusError, naming the file, for a folder that is missing or holds no
    features, and for an array of another shape, type or width than the others', or without frames.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CorpusError(f"no such folder of features: {folder}")
    found = _found(folder)
    shapes = {id: _shape(path) for id, path in found.items()}
    first = next(iter(found))
    settings = _settings(folder, rate, shapes)
    whose = f"{found[first]} has"
    if (folder / SETTINGS).is_file():
        whose = f"{folder / SETTINGS} says"
    for id, (frames, width) in shapes.items():
        if width != settings.width:
            raise CorpusError(
                f"{found[id]}: its frames have {width} numbers, but {whose} {settings.width}"
            )
        if not frames:
            raise CorpusError(f"{found[id]} has no frame: remove it")
    files = {id: FeatureFile(found[id], frames) for id, (frames, _) in shapes.items()}
    return FeatureFolder(settings, files)


def _settings(
    folder: Path, rate: float | None, shapes: Mapping[str, tuple[int, int]]
) -> FeatureSettings:
    if (folder / SETTINGS).is_file():
        settings = read_settings(folder)
        if rate is not None and rate != settings.rate:
            raise CorpusError(f"{folder / SETTINGS}: rate is {settings.rate}, not {rate}")
        return settings
    if rate is None:
        raise CorpusError(
            f"{folder} has no {SETTINGS}: say how many frames a second they are, by the rate, or "
            "make them with `ganspeech features`"
        )
    if not 0 < rate < float("inf"):
        raise CorpusError(f"the rate must be a number of frames a second above 0, not {rate}")
    return FeatureSettings(
        encoder=folder.resolve().name,
        layer=None,
        rate=float(rate),
        width=next(iter(shapes.values()))[1],
        labeled=None,
        fingerprint=digest({id: list(shape) for id, shape in shapes.items()}),
    )


def _found(folder: Path) -> dict[str, Path]:
    """Files by id, sorted; two of one id are an error."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or path.name.startswith(".") or not path.is_file():
            continue
        id = path.relative_to(folder).with_suffix("").as_posix()
        if id in found:
            raise CorpusError(f"{found[id]} and {path} are features of one name: remove one")
        found[id] = path
    if not found:
        raise CorpusError(f"{folder} holds no features, {' or '.join(SUFFIXES)}, at any depth")
    return dict(sorted(found.items()))


def _shape(path: Path) -> tuple[int, int]:
    with damage(CorpusError, f"{path} cannot be read"):
        if path.suffix.lower() == ".npy":
            array = read_array(path, mapped=True)
            shape, real = array.shape, array.dtype.kind == "f"
        else:
            shape, real = _header(path)
    if len(shape) != 2 or not shape[1]:
        raise CorpusError(f"{path}: features must be [frames, width], not {list(shape)}")
    if not real:
        raise CorpusError(f"{path}: features must be floating-point numbers")
    return shape[0], shape[1]


def _header(path: Path) -> tuple[tuple[int, ...], bool]:
    """Shape of the one tensor of a safetensors file, and whether it is of real numbers."""
    with safetensors.safe_open(path, framework="numpy") as file:
        part = file.get_slice(_only(path, file.keys()))
        return tuple(part.get_shape()), part.get_dtype() in ("F16", "F32", "F64")


def _array(path: Path) -> np.ndarray:
    if path.suffix.lower() == ".npy":
        return read_array(path)
    with safetensors.safe_open(path, framework="numpy") as file:
        return file.get_tensor(_only(path, file.keys()))


def _only(path: Path, names: list[str]) -> str:
    if len(names) != 1:
        raise CorpusError(f"{path} holds {len(names)} tensors, where one is looked for")
    return names[0]
