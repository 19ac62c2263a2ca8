"""Damage of files, drawn from a seed: of bytes, and of the lines and numbers of texts."""

import random
import re
from collections.abc import Callable, Sequence

Mutation = Callable[[random.Random, bytes], bytes]
"""Draws a damaged copy of a content."""
Layer = Callable[[random.Random, bytes, Sequence[bytes]], tuple[str, bytes]]
"""Draws what was done to a content, and the damaged copy; the last are other contents."""

NUMBERS = (
    *(b"0", b"-1", b"-0", b"1", b"2", b"3.5", b"1e999", b"-1e999", b"1e-999", b"nan", b"inf"),
    *(b"4294967295", b"4294967296", b"9223372036854775807", b"9223372036854775808", b"1e5"),
    *(b"100000000", b"-9223372036854775809", b"9" * 400, b"9" * 5000, b"0x10", b"1_000", b""),
)
"""Numbers as text that take the place of others."""
ODD_TEXTS = (
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\r"),
    *(b"\x1b[2J", b"\xf0\x9f\x98\x80", b"\xd9\xa3", b"\xc2\xb2", b"\x0c", b"..", b"/", b"~", b"%s"),
    *(b"\xe2\x80\xae", b"\xcc\x81" * 200, b"\x85", b"\x1c", b'"', b"'", b"\\", b"|", b"\t"),
    *(b",", b"=", b"#"),
)  # fmt: skip
OPENINGS = (b"[", b'{"a":', b"(", b"<", b"- ", b"[[", b"{", b"\\", b"&a [", b"a.")
"""What is nested without end."""
PARTS = (b"a", b"a ", b"9", b"1,", b"|", b"\t", b"ab-", b"(", b"\xc3\xa9", b"$1 ", b".")
"""Parts of very long lines."""
MOST_MUTATIONS = 3
HEADER = 200
"""Bytes at the start of a file, where headers are."""


def mutated(rng: random.Random, content: bytes, others: Sequence[bytes]) -> tuple[str, bytes]:
    """A damaged copy of a content, and the names of one to three mutations; `others` to splice."""
    names = []
    for _ in range(rng.randint(1, MOST_MUTATIONS)):
        if rng.random() < 0.1:
            names.append("spliced")
            content = spliced(rng, content, rng.choice(others))
            continue
        mutation = rng.choice(MUTATIONS)
        names.append(mutation.__name__)
        content = mutation(rng, content)
    return " ".join(names), content


def spliced(rng: random.Random, content: bytes, other: bytes) -> bytes:
    """The start of one content and the end of another."""
    return content[: _place(rng, content)] + other[_place(rng, other) :]


def flipped_bits(rng: random.Random, content: bytes) -> bytes:
    found = bytearray(content)
    for _ in range(rng.choice((1, 1, 4, 30))):
        if found:
            found[_place(rng, content) % len(found)] ^= 1 << rng.randrange(8)
    return bytes(found)


def replaced_bytes(rng: random.Random, content: bytes) -> bytes:
    found = bytearray(content)
    for _ in range(rng.choice((1, 4, 30))):
        if found:
            found[_place(rng, content) % len(found)] = rng.choice((0, 255, 127, rng.randrange(256)))
    return bytes(found)


def truncated(rng: random.Random, content: bytes) -> bytes:
    return content[: _place(rng, content)]


def emptied(rng: random.Random, content: bytes) -> bytes:
    return b"" if rng.random() < 0.3 else content[: rng.randrange(16)]


def inserted(rng: random.Random, content: bytes) -> bytes:
    at = _place(rng, content)
    return content[:at] + rng.randbytes(rng.choice((1, 4, 100, 5000))) + content[at:]


def removed(rng: random.Random, content: bytes) -> bytes:
    at = _place(rng, content)
    return content[:at] + content[at + rng.choice((1, 4, 100, 5000)) :]


def duplicated(rng: random.Random, content: bytes) -> bytes:
    at = _place(rng, content)
    block = content[at : at + rng.choice((1, 8, 100, 5000))]
    return content[:at] + block * rng.choice((2, 3, 50)) + content[at:]


def extreme_sizes(rng: random.Random, content: bytes) -> bytes:
    """Numbers of 2 to 8 bytes, as headers have them, at the ends of their range."""
    found = bytearray(content)
    for _ in range(rng.choice((1, 1, 3))):
        width = rng.choice((2, 4, 8))
        top = 1 << 8 * width
        value = rng.choice((0, 1, top - 1, top // 2, top // 2 - 1, top // 16, 1 << 31, 1 << 20))
        at = _place(rng, content) & ~(width - 1)
        order = rng.choice(("little", "big"))
        found[at : at + width] = (value % top).to_bytes(width, order)
    return bytes(found)


def other_numbers(rng: random.Random, content: bytes) -> bytes:
    """Numbers in digits replaced by extreme ones."""
    places = list(re.finditer(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", content[: 1 << 16]))
    for found in sorted(rng.sample(places, min(len(places), rng.choice((1, 1, 2, 5))))[::-1],
                        key=lambda found: -found.start()):  # fmt: skip
        content = content[: found.start()] + rng.choice(NUMBERS) + content[found.end() :]
    return content


def odd_texts(rng: random.Random, content: bytes) -> bytes:
    for _ in range(rng.choice((1, 1, 5))):
        at = _place(rng, content)
        content = content[:at] + rng.choice(ODD_TEXTS) + content[at:]
    return content


def moved_lines(rng: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    first, second = (rng.randrange(len(lines)) for _ in range(2))
    lines[first], lines[second] = lines[second], lines[first]
    if rng.random() < 0.5:
        del lines[first]
    return b"\n".join(lines)


def long_line(rng: random.Random, content: bytes) -> bytes:
    at = _place(rng, content)
    return content[:at] + rng.choice(PARTS) * rng.choice((1000, 20_000)) + content[at:]


def nested(rng: random.Random, content: bytes) -> bytes:
    at = _place(rng, content)
    return content[:at] + rng.choice(OPENINGS) * rng.choice((100, 20_000)) + content[at:]


MUTATIONS: tuple[Mutation, ...] = (
    *(flipped_bits, replaced_bytes, truncated, emptied, inserted, removed, duplicated),
    *(extreme_sizes, extreme_sizes, other_numbers, other_numbers, odd_texts, odd_texts),
    *(moved_lines, long_line, nested),
)


def _place(rng: random.Random, content: bytes) -> int:
    """A place in a content, half of them in what may be its header."""
    most = len(content) if rng.random() < 0.5 else min(len(content), HEADER)
    return rng.randint(0, most)
