"""Writing of features, file by file, of recordings of any length."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import Float

from ganspeech.data.corpus import CorpusError
from ganspeech.data.features.settings import (
    SETTINGS,
    FeatureSettings,
    read_settings,
    write_settings,
)
from ganspeech.process.writing import naming_path, partial_of


class FeatureWriter:
    """A folder of features of the same settings, to which files are added."""

    def __init__(self, folder: Path, settings: FeatureSettings):
        """Raises CorpusError if the folder holds anything but features of these settings."""
        self._folder, self._settings = folder, settings
        if (folder / SETTINGS).is_file():
            settings.require_same(read_settings(folder), folder)
        elif folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir()):
            raise CorpusError(
                f"{folder} holds files, and no {SETTINGS} that says how they were made: "
                "name another folder"
            )

    def write(self, path: Path, pieces: Iterable[Float[np.ndarray, "frames width"]]) -> None:
        """Writes the features of one recording as `.npy`, float32, whole or not at all.

        Raises CorpusError for features that are NaN or infinite, and OSError, naming the file.
        """
        partial = partial_of(path)
        with naming_path(path):
            if not (self._folder / SETTINGS).is_file():
                write_settings(self._folder, self._settings)
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with open(partial, "wb") as file:
                    self._write(file, pieces)
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)

    def _write(self, file: BinaryIO, pieces: Iterable[np.ndarray]) -> None:
        # The number of frames is known only at the end; NumPy leaves room for any in its header.
        frames = 0
        self._head(file, frames)
        for piece in pieces:
            if not np.isfinite(piece).all():
                raise CorpusError("its features are NaN or infinite")
            file.write(np.asarray(piece, "<f4").tobytes())
            frames += len(piece)
        file.seek(0)
        self._head(file, frames)

    def _head(self, file: BinaryIO, frames: int) -> None:
        shape = (frames, self._settings.width)
        head = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, head)
