"""Reading of NumPy's files from anyone: no pickles, no other things than arrays, no bombs."""

import warnings
import zipfile
from pathlib import Path

import numpy as np

MOST = 1 << 29
"""Bytes of all arrays together; a compressed archive of little more than nothing could hold more
than any memory."""


def read_array(path: Path, *, mapped: bool = False) -> np.ndarray:
    """The array of an `.npy` file, or a view of the file.

    A broken header may promise more than any memory holds, which a view does not need. Raises
    whatever NumPy's parser does, so that callers need `damage` around it.
    """
    with warnings.catch_warnings():
        # Of headers that Python 2 wrote, which are read all the same.
        warnings.simplefilter("ignore", UserWarning)
        return np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Arrays of an `.npz` file by name.

    Raises whatever NumPy's parser does, so that callers need `damage` around it, and ValueError for
    more than `MOST` bytes and for members that are no arrays.
    """
    with open(path, "rb") as file:
        with zipfile.ZipFile(file) as members:
            size = sum(member.file_size for member in members.infolist())
        if size > MOST:
            raise ValueError(f"it holds {size / 1e6:.0f} MB, the most are {MOST / 1e6:.0f} MB")
        file.seek(0)
        with np.load(file, allow_pickle=False) as archive:
            found = dict(archive)
    for name, array in found.items():
        if not isinstance(array, np.ndarray):
            raise ValueError(f"{name} is no array")
    return found
