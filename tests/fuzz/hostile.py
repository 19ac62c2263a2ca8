"""Files that would run code, reach other files or expand without end, were they believed."""

import gzip
import io
import os
import pickle
import struct
import tarfile
import zlib

import numpy as np
from piper_files import field, node
from tiny_archives import member_of, tar_of, zip_of

MARKER = "made-by-code-of-a-file"
"""File that code of a hostile file would create, in the folder at work."""


class Calls:
    """An object whose pickle calls a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def pickles() -> list[bytes]:
    """Pickles that create `MARKER` when they are loaded, of every protocol and way."""
    create = f"open({MARKER!r}, 'w')"
    objects = [
        Calls(os.system, f"touch {MARKER}"),
        Calls(eval, create),
        Calls(exec, create),
        Calls(open, MARKER, "w"),
        {"generator": {"weight": Calls(eval, create)}},
        [Calls(getattr, Calls(__import__, "os"), "system")],
    ]
    found = [pickle.dumps(one, protocol) for one in objects for protocol in (0, 2, 4)]
    found.append(b"cos\nsystem\n(S'touch " + MARKER.encode() + b"'\ntR.")
    found.append(b"(S'touch " + MARKER.encode() + b"'\nios\nsystem\n.")
    found.append(b"\x80\x04" + b"(" * 50_000 + b"t" * 50_000 + b".")
    found.append(b"\x80\x02]" + b"q\x00" + b"h\x00a" * 1000 + b".")
    return found


def torch_files() -> list[bytes]:
    """Those pickles as files of `torch.save`, old and new."""
    return [*pickles(), *(zip_of({"archive/data.pkl": one}) for one in pickles())]


def numpy_files() -> list[bytes]:
    """Arrays of objects, whose pickles create `MARKER`, as `.npz`."""
    array = np.array([Calls(os.system, f"touch {MARKER}")], object)
    file = io.BytesIO()
    np.savez(file, log_mel=array, spec=array, x_train=array)
    return [file.getvalue(), *(zip_of({"log_mel.npy": one, "spec.npy": one}) for one in pickles())]


def arrays_of_any_size() -> list[bytes]:
    """`.npz` whose arrays claim more numbers than any memory holds."""
    found = []
    for shape in ("(1000000000000, 80)", "(-1, 80)", "(0, 80)", f"({'9' * 400},)", "(2**40,)"):
        array = array_of(shape) + bytes(320)
        found.append(zip_of({"log_mel.npy": array, "spec.npy": array, "x_train.npy": array}))
    return found


def zip_bomb(name: str, start: bytes, blocks: int = 140) -> bytes:
    """A member of 16 MB of zeros a block behind its start, in an archive of 16 KB a block."""
    deflate = zlib.compressobj(wbits=-15)
    first = deflate.compress(start) + deflate.flush(zlib.Z_FULL_FLUSH)
    zeros = deflate.compress(bytes(1 << 24)) + deflate.flush(zlib.Z_FULL_FLUSH)
    packed = first + zeros * blocks + deflate.flush()
    size = len(start) + (blocks << 24)
    # No digest is right, which a reader only learns at the end.
    about = struct.pack("<HHHHIIIHH", 0, 8, 0, 0, 0, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<H", 20) + about + name.encode()
    entry = b"PK\x01\x02" + struct.pack("<HH", 20, 20) + about + bytes(14) + name.encode()
    place = len(local) + len(packed)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), place, 0)
    return local + packed + entry + end


def gzip_bomb(blocks: int = 140) -> bytes:
    """A line of 16 MB a block, in 16 KB a block."""
    return gzip.compress(b"a" * (1 << 24), 9, mtime=0) * blocks


def array_of(shape: str, kind: str = "<f4") -> bytes:
    """Start of an `.npy` file."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header


def onnx_files() -> list[bytes]:
    """Graphs whose weights lie in other files."""
    place = field(1, "location") + field(2, "/etc/passwd")
    tensor = field(1, 4) + field(2, 1) + field(8, "enc_p.emb.weight") + field(13, place)
    graph = field(1, node("Gather", "", ["enc_p.emb.weight"], "y"))
    return [field(7, graph + field(5, tensor + field(14, 1)))]


def archives() -> list[bytes]:
    """Archives whose members would lie elsewhere, or are links and devices."""
    names = ("../escaped", "/tmp/escaped", "c/../../escaped", "C:\\escaped", "c/./../..//escaped")
    zips = [zip_of({name: b"1", "c/one.txt": b"1"}) for name in names]
    zips.append(zip_of({"c/link": b"/etc"}, mode=0o120777))
    tars = [tar_of([(member_of(name, size=1), b"1")]) for name in names]
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        tars.append(tar_of([(member_of("c/one", kind, "/etc/passwd"), b"")]))
    return zips + tars
