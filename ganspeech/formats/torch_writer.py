"""Writer of state dicts for PyTorch, as `torch.save` would write them, without PyTorch."""

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import ml_dtypes  # noqa: F401  (numpy learns bfloat16 by it)
import numpy as np

from ganspeech.formats.pickle_reader import STORAGES
from ganspeech.process.writing import write_whole

_STORAGE_OF = {dtype: name for name, dtype in STORAGES.items()}
_ARCHIVE_VERSION = b"3\n"


def write_state_dict(
    path: str | Path, tensors: Mapping[str, np.ndarray], wrap: str = "generator"
) -> None:
    """Writes `{wrap: {name: tensor}}`, whole or not at all.

    `torch.load` reads it, also with `weights_only`. Raises ValueError, naming a tensor of a type
    that PyTorch has no storage for.
    """
    arrays = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    for name, array in arrays.items():
        if str(array.dtype) not in _STORAGE_OF:
            raise ValueError(f"{path}: {name} is {array.dtype}, which PyTorch has no storage for")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", _pickle(arrays, wrap))
        archive.writestr("archive/byteorder", b"little")
        for key, array in enumerate(arrays.values()):
            raw = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
            archive.writestr(f"archive/data/{key}", raw)
        archive.writestr("archive/version", _ARCHIVE_VERSION)
    write_whole(Path(path), buffer.getvalue())


def _pickle(arrays: Mapping[str, np.ndarray], wrap: str) -> bytes:
    """Returns the pickle, protocol 2, of the nested dict; storages are numbered in its order."""
    items = b"".join(
        _text(name) + _tensor(key, array) for key, (name, array) in enumerate(arrays.items())
    )
    return b"\x80\x02" + b"}" + _text(wrap) + b"}(" + items + b"u" + b"s."


def _tensor(key: int, array: np.ndarray) -> bytes:
    """Pickles `_rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())`."""
    strides = [step // array.itemsize for step in array.strides]
    storage = _tuple(
        _text("storage"),
        _global("torch", _STORAGE_OF[str(array.dtype)]),
        _text(str(key)),
        _text("cpu"),
        _integer(array.size),
    )
    no_hooks = _global("collections", "OrderedDict") + b")R"
    arguments = _tuple(
        storage + b"Q",
        _integer(0),
        _tuple(*map(_integer, array.shape)),
        _tuple(*map(_integer, strides)),
        b"\x89",
        no_hooks,
    )
    return _global("torch._utils", "_rebuild_tensor_v2") + arguments + b"R"


def _global(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def _tuple(*items: bytes) -> bytes:
    return b"(" + b"".join(items) + b"t"


def _text(text: str) -> bytes:
    encoded = text.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def _integer(number: int) -> bytes:
    if number < 2**31:
        return b"J" + struct.pack("<i", number)
    return b"\x8a\x08" + struct.pack("<q", number)
