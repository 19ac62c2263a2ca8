"""A pickle of a state dict, by hand, so that tests need no PyTorch."""

import pickle
import struct
import zipfile

import numpy as np

from ganspeech.formats.torch_files import LEGACY_MAGIC


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def number(value: int) -> bytes:
    return b"\x8a\x09" + value.to_bytes(9, "little", signed=True)


def tuple_of(*items: bytes) -> bytes:
    return b"(" + b"".join(items) + b"t"


def name(module: str, word: str) -> bytes:
    return f"c{module}\n{word}\n".encode()


def tensor(
    shape, strides, *, offset=0, key="0", numel=12, storage="FloatStorage", legacy=False
) -> bytes:
    reference = [text("storage"), name("torch", storage), text(key), text("cuda:0"), number(numel)]
    hooks = name("collections", "OrderedDict") + b")R"
    arguments = tuple_of(
        tuple_of(*reference, *([b"N"] if legacy else [])) + b"Q",
        number(offset),
        tuple_of(*map(number, shape)),
        tuple_of(*map(number, strides)),
        b"\x88",
        hooks,
    )
    return name("torch._utils", "_rebuild_tensor_v2") + arguments + b"R"


def dict_of(**items: bytes) -> bytes:
    return b"}(" + b"".join(text(key) + value for key, value in items.items()) + b"u"


def program(value: bytes) -> bytes:
    return b"\x80\x02" + value + b"."


def archive(path, value: bytes, records=None, **other: bytes) -> str:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("voice/data.pkl", program(value))
        for key, raw in (records or {"0": np.arange(12, dtype="<f4").tobytes()}).items():
            file.writestr(f"voice/data/{key}", raw)
        for key, raw in other.items():
            file.writestr(f"voice/{key}", raw)
    return str(path)


def stream(path, value: bytes, storages, keys=None) -> str:
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}
    parts = [pickle.dumps(part, 2) for part in (LEGACY_MAGIC, 1001, system)]
    parts += [program(value), pickle.dumps(keys or sorted(storages), 2)]
    for key in keys or sorted(storages):
        parts += [struct.pack("<q", storages[key].size), storages[key].tobytes()]
    path.write_bytes(b"".join(parts))
    return str(path)
