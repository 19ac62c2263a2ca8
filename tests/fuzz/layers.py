"""Damage inside of what digests and compression protect: there, a parser goes further."""

import gzip
import io
import json
import random
import struct
import zipfile
from collections.abc import Sequence
from typing import Any

from fuzz.mutations import Layer, mutated

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 7, 0.5, -0.0, 1e308, -1e308, 1e-320, 10**12, 10**30),
    *(2**31, 2**63, -(2**63), float("nan"), float("inf"), "", "a", "x" * 10_000, "\0", "\ud800"),
    *("\n", "é", "../../etc/passwd", "/dev/zero", "__class__", "nan", [], {}, [[]], [0], [None]),
    *([-1, 0], {"": 0}, {"class": "Experiment"}, {"class": "os.system", "command": "true"}),
    *({"class": ""}, [1] * 5000, 10**400),
)  # fmt: skip


def in_json(rng: random.Random, content: bytes, others: Sequence[bytes]) -> tuple[str, bytes]:
    """JSON, or lines of JSON, of other structure and values; half of the time other bytes."""
    if rng.random() < 0.4:
        return mutated(rng, content, others)
    text = content.decode()
    try:
        return "JSON", _written(_changed(rng, json.loads(text)))
    except ValueError:
        lines = text.splitlines()
        at = rng.randrange(len(lines))
        lines[at] = _written(_changed(rng, json.loads(lines[at]))).decode()
        return f"JSON of line {at + 1}", "\n".join(lines).encode()


def in_safetensors(
    rng: random.Random, content: bytes, others: Sequence[bytes]
) -> tuple[str, bytes]:
    """A safetensors file whose header is another; a third of the time other bytes."""
    if rng.random() < 0.35:
        return mutated(rng, content, others)
    (size,) = struct.unpack("<Q", content[:8])
    header = _written(_changed(rng, json.loads(content[8 : 8 + size])))
    return "header", struct.pack("<Q", len(header)) + header + content[8 + size :]


def in_zip(rng: random.Random, content: bytes, others: Sequence[bytes]) -> tuple[str, bytes]:
    """An archive with a damaged member under right digests; a third of the time other bytes."""
    if rng.random() < 0.35:
        return mutated(rng, content, others)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(list(members))
    how, members[name] = mutated(rng, members[name], list(members.values()))
    if rng.random() < 0.1:
        del members[name]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", rng.choice((0, 0, zipfile.ZIP_DEFLATED))) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return f"{name}: {how}", file.getvalue()


def in_gzip(rng: random.Random, content: bytes, others: Sequence[bytes]) -> tuple[str, bytes]:
    """A compressed file of damaged content; half of the time damaged itself."""
    if rng.random() < 0.5:
        return mutated(rng, content, others)
    how, inner = mutated(rng, gzip.decompress(content), [gzip.decompress(content)])
    return f"inside: {how}", gzip.compress(inner, mtime=0)


def in_ogg(rng: random.Random, content: bytes, others: Sequence[bytes]) -> tuple[str, bytes]:
    """An Ogg stream whose damaged pages have right digests."""
    how, damaged = mutated(rng, content, others)
    return how, _with_digests(damaged)


def by_content(rng: random.Random, content: bytes, others: Sequence[bytes]) -> tuple[str, bytes]:
    """Damage as it suits a content: JSON, safetensors, an archive, or bytes."""
    if content[:1] in (b"{", b"["):
        layer: Layer = in_json
    elif content[8:9] == b"{":
        layer = in_safetensors
    else:
        layer = in_zip if content[:4] == b"PK\x03\x04" else mutated
    return layer(rng, content, others)


def _written(value: Any) -> bytes:
    return json.dumps(value).encode()


def _changed(rng: random.Random, value: Any) -> Any:
    """A copy with one to three values changed; texts of JSON are changed within."""
    for _ in range(rng.randint(1, 3)):
        value = _once(rng, value)
    return value


def _once(rng: random.Random, value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "[") and rng.random() < 0.9:
        try:
            return json.dumps(_once(rng, json.loads(value)))
        except ValueError:
            return rng.choice(VALUES)
    if not isinstance(value, dict | list) or not value or rng.random() < 0.05:
        return _nested() if rng.random() < 0.05 else rng.choice(VALUES)
    found: Any = dict(value) if isinstance(value, dict) else list(value)
    at = rng.choice(list(found)) if isinstance(found, dict) else rng.randrange(len(found))
    chance = rng.random()
    if chance < 0.1:
        del found[at]
    elif chance < 0.15:
        add = found.copy()
        found = [*add, add[at]] if isinstance(add, list) else {**add, f"{at}s": add[at]}
    elif isinstance(found, list) or chance < 0.95:
        found[at] = _once(rng, found[at])
    else:
        found[rng.choice(("", "x" * 3000, "\0", "é", "..", "name"))] = found.pop(at)
    return found


def _nested() -> Any:
    value: Any = 0
    for _ in range(300):
        value = [value]
    return value


def _with_digests(content: bytes) -> bytes:
    """Pages with their checksums (RFC 3533) set right."""
    found = bytearray(content)
    at = found.find(b"OggS")
    while at >= 0 and at + 27 <= len(found):
        sizes = found[at + 27 : at + 27 + found[at + 26]]
        end = min(at + 27 + len(sizes) + sum(sizes), len(found))
        found[at + 22 : at + 26] = bytes(4)
        found[at + 22 : at + 26] = struct.pack("<I", _ogg_checksum(found[at:end]))
        at = found.find(b"OggS", at + 4)
    return bytes(found)


def _ogg_checksum(page: bytes) -> int:
    register = 0
    for byte in page:
        register = (register << 8 & 0xFFFFFFFF) ^ _TABLE[register >> 24 ^ byte]
    return register


def _row(value: int) -> int:
    register = value << 24
    for _ in range(8):
        register = (register << 1 ^ (0x04C11DB7 if register >> 31 else 0)) & 0xFFFFFFFF
    return register


_TABLE = tuple(map(_row, range(256)))
