"""Reader of `torch.save` files without PyTorch.

Since 1.6 PyTorch writes a zip archive: the pickle `data.pkl` and one record of raw numbers per
storage. Earlier versions wrote one stream: three pickles of preliminaries, the object's pickle, a
pickle of the storages' keys, and the storages.
"""

import io
import math
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ml_dtypes  # noqa: F401  (numpy learns bfloat16 by it)
import numpy as np

from ganspeech.formats.pickle_reader import Storage, Tensor, read_pickle
from ganspeech.formats.tensors import ForeignFileError
from ganspeech.process.damage import damage
from ganspeech.process.messages import printable

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
"""First value in a file of the old format."""
NESTS = ("generator", "state_dict", "model", "model_state")
"""Names under which projects keep the weights of what is used."""
DEEPEST = 4
"""Maximum depth of nested dicts that are searched for weights."""


def is_torch_file(path: str | Path) -> bool:
    """Returns whether a file starts like one of `torch.save`: as a zip archive or a pickle."""
    with open(path, "rb") as file:
        start = file.read(4)
    return start == b"PK\x03\x04" or (start[:1] == b"\x80" and start[1:2] in b"\x02\x03\x04\x05")


def read_state_dict(path: str | Path) -> dict[str, np.ndarray]:
    """Reads the one dict of tensors in a `torch.save` file, by name; nothing in it is run.

    A nested dict is found if it is the only one, or the only one with a name of `NESTS`. Arrays are
    read-only and keep their type. Raises ForeignFileError, in one line that names the file, if it
    is empty, truncated or of another kind, holds no such dict or several, or if its pickle names
    anything a state dict does not need.
    """
    value, storage_bytes, source = _open(path)
    named = _one_state_dict(value, source)
    arrays: dict[str, np.ndarray] = {}
    storages: dict[str, np.ndarray] = {}
    for name, tensor in named.items():
        key = tensor.storage.key
        if key not in storages:
            storages[key] = storage_bytes(tensor.storage)
        arrays[name] = _view(storages[key], tensor, f"{source}: {name[:60]!r}")
    return arrays


def read_tensor(path: str | Path) -> np.ndarray:
    """Reads the one tensor in a `torch.save` file, saved alone or in a dict; nothing in it is run.

    The array is read-only and keeps its type. Raises ForeignFileError, as `read_state_dict` does,
    if there is none or more than one.
    """
    value, storage_bytes, source = _open(path)
    tensors = [value] if isinstance(value, Tensor) else list(_all_tensors(value))
    if len(tensors) != 1:
        raise ForeignFileError(f"{source} holds {len(tensors)} tensors where one is looked for")
    return _view(storage_bytes(tensors[0].storage), tensors[0], source)


def _open(path: str | Path) -> tuple[Any, Callable[[Storage], np.ndarray], str]:
    """Object in a file, the reader of its storages, and the file's name for messages."""
    source = str(path)
    content = Path(path).read_bytes()
    return *(_open_zip if content[:2] == b"PK" else _open_legacy)(content, source), source


def _open_zip(content: bytes, source: str) -> tuple[Any, Callable[[Storage], np.ndarray]]:
    with damage(ForeignFileError, f"{source} is a damaged or truncated archive"):
        archive = zipfile.ZipFile(io.BytesIO(content))
    records = {record.filename: record for record in archive.infolist()}
    # PyTorch does not compress, so all records together cannot be larger than the file.
    stored = all(record.compress_type == zipfile.ZIP_STORED for record in records.values())
    if not stored or sum(record.file_size for record in records.values()) > len(content):
        raise ForeignFileError(
            f"{source} is no file of torch.save: its archive is compressed or overlaps itself"
        )
    pickles = [name for name in records if name == "data.pkl" or name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise ForeignFileError(f"{source} is an archive without a data.pkl: no file of torch.save")
    folder = pickles[0].removesuffix("data.pkl")

    def read(name: str) -> bytes:
        if folder + name not in records:
            raise ForeignFileError(f"{source} lacks the record {name[:40]!r}: it is damaged")
        with damage(ForeignFileError, f"{source}: record {name[:40]!r} is damaged"):
            return archive.read(folder + name)

    order = read("byteorder") if folder + "byteorder" in records else b"little"
    if order not in (b"little", b"big"):
        raise ForeignFileError(f"{source}: unknown byte order {order[:20]!r}")
    value = read_pickle(io.BytesIO(read("data.pkl")), source)

    def storage_bytes(storage: Storage) -> np.ndarray:
        return _numbers(read(f"data/{storage.key}"), storage, order == b"big", source)

    return value, storage_bytes


def _open_legacy(content: bytes, source: str) -> tuple[Any, Callable[[Storage], np.ndarray]]:
    file = io.BytesIO(content)
    if not content or read_pickle(file, source) != LEGACY_MAGIC:
        raise ForeignFileError(f"{source} is no file of torch.save")
    read_pickle(file, source)  # the protocol's version, always 1001
    system = read_pickle(file, source)
    big = isinstance(system, dict) and system.get("little_endian") is False
    value = read_pickle(file, source)
    keys = read_pickle(file, source)
    kinds = {tensor.storage.key: tensor.storage for tensor in _all_tensors(value)}
    found: dict[str, np.ndarray] = {}
    for key in keys if isinstance(keys, list) else ():
        if not isinstance(key, str) or key not in kinds:
            raise ForeignFileError(f"{source}: a storage belongs to no tensor: it is damaged")
        count = file.read(8)
        numel = int.from_bytes(count, "little")
        if len(count) < 8 or numel != kinds[key].numel:
            raise ForeignFileError(f"{source}: storage {key[:40]!r} is truncated or damaged")
        raw = file.read(min(numel * np.dtype(kinds[key].dtype).itemsize, len(content)))
        found[key] = _numbers(raw, kinds[key], big, source)

    def storage_bytes(storage: Storage) -> np.ndarray:
        if storage.key not in found or storage != kinds[storage.key]:
            raise ForeignFileError(
                f"{source} lacks the storage {storage.key[:40]!r}: it is damaged"
            )
        return found[storage.key]

    return value, storage_bytes


def _numbers(raw: bytes, storage: Storage, big_endian: bool, source: str) -> np.ndarray:
    dtype = np.dtype(storage.dtype)
    if len(raw) != storage.numel * dtype.itemsize:
        raise ForeignFileError(
            f"{source}: storage {storage.key[:40]!r} has {len(raw)} bytes for {storage.numel} "
            f"numbers of {storage.dtype}: it is truncated or damaged"
        )
    numbers = np.frombuffer(raw, dtype)
    return numbers.byteswap() if big_endian else numbers


def _view(numbers: np.ndarray, tensor: Tensor, where: str) -> np.ndarray:
    if numbers.size != tensor.storage.numel or numbers.dtype != tensor.storage.dtype:
        raise ForeignFileError(f"{where} sees its storage as another tensor does not: damaged")
    if math.prod(tensor.shape) == 0:
        raise ForeignFileError(f"{where} is empty")
    steps = [step if size > 1 else 0 for size, step in zip(tensor.shape, tensor.strides)]
    last = tensor.offset + sum((size - 1) * step for size, step in zip(tensor.shape, steps))
    if last >= numbers.size:
        raise ForeignFileError(f"{where} reaches beyond its storage of {numbers.size} numbers")
    strides = [step * numbers.itemsize for step in steps]
    start = numbers[tensor.offset :]
    return np.lib.stride_tricks.as_strided(start, tensor.shape, strides, writeable=False)


def _one_state_dict(value: Any, source: str) -> dict[str, Tensor]:
    found = {
        path: tensors
        for path, holder in _dicts(value)
        if (tensors := {k: v for k, v in holder.items() if _is_named_tensor(k, v)})
    }
    chosen = [path for path in found if path and path[-1] in NESTS]
    if not chosen:
        chosen = [()] if () in found else list(found)
    if not chosen:
        raise ForeignFileError(f"{source} holds no dict of named tensors")
    if len(chosen) > 1:
        places = ", ".join(printable(".".join(path)) for path in chosen[:6])
        raise ForeignFileError(
            f"{source} holds {len(chosen)} dicts of tensors ({places}): save the one you mean alone"
        )
    return found[chosen[0]]


def _is_named_tensor(key: Any, value: Any) -> bool:
    return isinstance(key, str) and isinstance(value, Tensor)


def _dicts(value: Any) -> Iterator[tuple[tuple[str, ...], dict[Any, Any]]]:
    """Yields all dicts within a value, each once, with their paths."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    seen: set[int] = set()
    for path, holder in waiting:  # grows during iteration, outermost first
        if not isinstance(holder, dict) or id(holder) in seen or len(path) > DEEPEST:
            continue
        seen.add(id(holder))
        yield path, holder
        waiting += [((*path, str(key)), item) for key, item in holder.items()]


def _all_tensors(value: Any) -> Iterator[Tensor]:
    """Yields all tensors within a value, at any depth."""
    waiting = [value]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, Tensor):
            yield item
        elif isinstance(item, dict | list | tuple) and id(item) not in seen:
            seen.add(id(item))
            waiting += item.values() if isinstance(item, dict) else item
